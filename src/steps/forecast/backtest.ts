/**
 * forecast/backtest: the newest weeks held out, forecast from the weeks before, and judged.
 *
 * In: a panel.
 * Out: the forecasts of the held-out weeks, what happened, and the errors of each series.
 * Invariant: nothing that is learned, of any series, has seen a held-out week.
 */
import { judge, type Judged } from './accuracy.ts'
import { forecastPanel, type OnProgress, type SeriesForecast } from './panel.ts'
import type { WeeklySeries } from './prepare.ts'

export interface HeldOut {
  /** Index in the panel. */
  readonly index: number
  /** Weeks before the held-out ones. */
  readonly historyWeeks: number
  readonly forecast: SeriesForecast
  /** float64[horizonWeeks], NaN where not known. */
  readonly actual: Float64Array
  readonly judged: Judged
}

/** Series of no more than the horizon's weeks have nothing to learn from, and are left out. */
export function backtest(
  panel: readonly WeeklySeries[],
  horizonWeeks: number,
  onProgress?: OnProgress,
): readonly HeldOut[] {
  const long = panel.flatMap((series, index) => {
    const historyWeeks = series.values.length - horizonWeeks
    const seen = { ...series, values: series.values.subarray(0, Math.max(0, historyWeeks)) }
    return seen.values.some((value) => !Number.isNaN(value)) ? [{ index, historyWeeks, series, seen }] : []
  })
  const forecasts = forecastPanel(
    long.map(({ seen }) => seen),
    horizonWeeks,
    onProgress,
  )
  return long.map(({ index, historyWeeks, series, seen }, at) => {
    const actual = series.values.subarray(historyWeeks)
    return { index, historyWeeks, forecast: forecasts[at], actual, judged: judge(seen, forecasts[at], actual) }
  })
}
