/**
 * forecast/trend: the next weeks of every value of one dimension, with an interval and its own error.
 *
 * In: weekly shares of attention.
 * Out: rows of `mart.trend_forecast`, without the run's date.
 * Invariant: p10 <= p50 <= p90, nothing below 0, the medians of a dimension sum to at most 1.
 */
import { addDays } from '../../parts/shopdb/shop-day.ts'
import type { Attention } from './attention.ts'
import { backtest, scaleOf, type SeriesErrors } from './backtest.ts'
import { clampShare, forecastShares } from './ensemble.ts'
import { WEEKS_A_YEAR } from './seasonal-index.ts'

export const HORIZON_WEEKS = 8
/** The values that draw the most attention; the rest is too thin to forecast. */
const VALUES_MAXIMUM = 60
/** Of the dimension's attention over the newest half year. */
const SHARE_MINIMUM = 0.002
const RECENT_WEEKS = 26

export interface TrendRow extends SeriesErrors {
  readonly dimension: string
  readonly value: string
  /** Monday, "YYYY-MM-DD". */
  readonly week: string
  /** 1 to HORIZON_WEEKS. */
  readonly weekAhead: number
  readonly p10: number
  readonly p50: number
  readonly p90: number
  /** Share in the same week of last year; null in the first year. */
  readonly lastYear: number | null
  readonly willTrend: boolean
  readonly historyWeeks: number
  readonly source: Attention['source']
}

export function forecastTrends(dimension: string, attention: Attention): readonly TrendRow[] {
  const lastWeek = attention.weeks.at(-1)
  if (lastWeek === undefined) return []
  const chosen = [...attention.series]
    .filter(([, series]) => mean(series.shares.slice(-RECENT_WEEKS)) >= SHARE_MINIMUM)
    .slice(0, VALUES_MAXIMUM)
  const { errors, interval } = backtest(
    chosen.map(([, series]) => series),
    HORIZON_WEEKS,
  )
  const forecasts = atMostOne(chosen.map(([, series]) => forecastShares(series, HORIZON_WEEKS)))
  return chosen.flatMap(([value, series], index) => {
    const scale = scaleOf(series)
    const lastYears = forecasts[index].map((_, step) => lastYearOf(series.shares, step))
    const lows = forecasts[index].map((p50, step) => clampShare(p50 - interval.low[step] * scale))
    const willTrend = isAbove(lows, lastYears)
    return forecasts[index].map((p50, step): TrendRow => ({
      dimension,
      value,
      week: addDays(lastWeek, 7 * (step + 1)),
      weekAhead: step + 1,
      p10: lows[step],
      p50,
      p90: clampShare(p50 + interval.high[step] * scale),
      lastYear: lastYears[step],
      willTrend,
      historyWeeks: series.shares.length,
      source: attention.source,
      ...errors[index],
    }))
  })
}

/** A value will trend when its whole 80 % interval, over the horizon, lies above the same weeks of last year. */
function isAbove(lows: readonly number[], lastYears: readonly (number | null)[]): boolean {
  let low = 0
  let lastYear = 0
  for (const [step, share] of lastYears.entries()) {
    if (share === null) return false
    low += lows[step]
    lastYear += share
  }
  return low > lastYear
}

function lastYearOf(shares: readonly number[], step: number): number | null {
  const at = shares.length + step - WEEKS_A_YEAR
  return at >= 0 && at < shares.length ? shares[at] : null
}

/** Scales a week down where the medians of all values together would exceed the whole. */
function atMostOne(forecasts: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const totals = Array.from({ length: HORIZON_WEEKS }, (_, step) =>
    forecasts.reduce((total, points) => total + points[step], 0),
  )
  return forecasts.map((points) => points.map((share, step) => share / Math.max(1, totals[step])))
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((total, value) => total + value, 0) / values.length
}
