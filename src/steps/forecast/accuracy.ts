/**
 * forecast/accuracy: how wrong forecasts were, beside naive ones.
 *
 * In: forecasts of weeks that are known by now, and the weeks before them.
 * Out: MASE, WAPE, pinball loss and coverage of one series and of many.
 * Invariant: all methods are judged on the same weeks; what cannot be judged is null, not 0.
 *
 * MASE: mean absolute error over the mean absolute change from year to year in the weeks before (from week to week
 * where they are fewer than one and a half years), averaged over the series that ever change. WAPE: sum of absolute
 * errors over the sum of what happened. Pinball: mean of the losses of the three quantiles, over the mean of what
 * happened. Coverage: share of weeks within the 80 % interval.
 */
import { pinball, type Quantiles } from './intervals.ts'
import { prepare, WEEKS_A_YEAR, type WeeklySeries } from './prepare.ts'

const QUANTILES = [
  ['p10', 0.1],
  ['p50', 0.5],
  ['p90', 0.9],
] as const

export interface Accuracy {
  readonly mase: number | null
  readonly wape: number | null
}

export interface Backtest extends Accuracy {
  readonly pinball: number | null
  /** 0 to 1. */
  readonly coverage: number | null
  readonly naive: Accuracy
  readonly seasonalNaive: Accuracy
  /** Series and weeks that could be judged. */
  readonly series: number
  readonly weeks: number
}

/** Sums over the judged weeks of one series. */
export interface Judged {
  readonly weeks: number
  readonly actual: number
  readonly error: number
  readonly naiveError: number
  readonly seasonalNaiveError: number
  readonly pinball: number
  readonly within: number
  /** Mean absolute change before; 0 where nothing ever changed. */
  readonly scale: number
}

/**
 * @param series the weeks before
 * @param actual float64[horizonWeeks], NaN where not known
 */
export function judge(series: WeeklySeries, forecast: Quantiles, actual: Float64Array): Judged {
  // Naive forecasts repeat what was seen, outliers too; only where a week is not known they take its bridge.
  const bridged = prepare(series).values
  const values = series.values.map((value, week) => (Number.isNaN(value) ? bridged[week] : value))
  const n = values.length
  const isShort = n < WEEKS_A_YEAR
  const sums = { weeks: 0, actual: 0, error: 0, naiveError: 0, seasonalNaiveError: 0, pinball: 0, within: 0 }
  for (const [step, value] of actual.entries()) {
    if (Number.isNaN(value)) continue
    const lastYear = isShort ? values[n - 1] : values[n - WEEKS_A_YEAR + (step % WEEKS_A_YEAR)]
    sums.weeks += 1
    sums.actual += value
    sums.error += Math.abs(value - forecast.p50[step])
    sums.naiveError += Math.abs(value - values[n - 1])
    sums.seasonalNaiveError += Math.abs(value - lastYear)
    for (const [name, at] of QUANTILES) sums.pinball += pinball(value - forecast[name][step], at) / QUANTILES.length
    sums.within += value >= forecast.p10[step] && value <= forecast.p90[step] ? 1 : 0
  }
  return { ...sums, scale: changeOf(series.values) }
}

/** Of all series together; MASE is the mean of theirs. */
export function accuracyOf(all: readonly Judged[]): Backtest {
  const judged = all.filter(({ weeks }) => weeks > 0)
  const sum = (of: (one: Judged) => number): number => judged.reduce((total, one) => total + of(one), 0)
  const weeks = sum((one) => one.weeks)
  const actual = sum((one) => one.actual)
  const moving = judged.filter(({ scale }) => scale > 0)
  const ofMethod = (error: (one: Judged) => number): Accuracy => ({
    mase:
      moving.length === 0
        ? null
        : moving.reduce((total, one) => total + error(one) / one.weeks / one.scale, 0) / moving.length,
    wape: actual > 0 ? sum(error) / actual : null,
  })
  return {
    ...ofMethod((one) => one.error),
    pinball: actual > 0 ? sum((one) => one.pinball) / actual : null,
    coverage: weeks > 0 ? sum((one) => one.within) / weeks : null,
    naive: ofMethod((one) => one.naiveError),
    seasonalNaive: ofMethod((one) => one.seasonalNaiveError),
    series: judged.length,
    weeks,
  }
}

function changeOf(values: Float64Array): number {
  const lag = values.length >= 1.5 * WEEKS_A_YEAR ? WEEKS_A_YEAR : 1
  let sum = 0
  let count = 0
  for (let week = lag; week < values.length; week += 1) {
    const change = Math.abs(values[week] - values[week - lag])
    if (Number.isNaN(change)) continue
    sum += change
    count += 1
  }
  return count > 0 ? sum / count : 0
}
