/**
 * forecast/backtest: how wrong the forecast was on weeks it had not seen.
 *
 * In: all series of one dimension.
 * Out: per series its error beside the naive one's, and per week ahead how wide an 80 % interval must be.
 * Invariant: a fit sees only weeks before the ones it is judged on.
 */
import { forecastShares, median, quantile, type ShareSeries } from './ensemble.ts'
import { naive, seasonalNaive } from './methods.ts'

/** Held-out blocks, each a horizon long, the newest first. */
const ORIGINS = 2
/** A fit needs some history of its own. */
const TRAINING_WEEKS_MINIMUM = 8
/** Below this many judged points the width comes from the normal distribution. */
const POINTS_MINIMUM = 40
const NORMAL_TENTH = 1.2816
/** No share is known better than this. */
const SCALE_FLOOR = 1e-5

export interface SeriesErrors {
  /** Sum of absolute errors over the sum of actual shares; null where nothing could be judged. */
  readonly wape: number | null
  readonly naiveWape: number | null
  readonly naiveMethod: 'seasonal_naive' | 'naive' | null
}

interface Interval {
  /** How many scales below and above the forecast, per week ahead. */
  readonly low: readonly number[]
  readonly high: readonly number[]
}

export interface Backtest {
  readonly errors: readonly SeriesErrors[]
  readonly interval: Interval
}

export function backtest(all: readonly ShareSeries[], horizonWeeks: number): Backtest {
  const judged = all.map((series) => judge(series, horizonWeeks))
  return {
    errors: judged.map((points) => errorsOf(points)),
    interval: intervalOf(
      judged.flatMap((points) => points),
      horizonWeeks,
    ),
  }
}

/** Typical change of a series from one week to the next: the unit its interval is measured in. */
export function scaleOf(series: ShareSeries): number {
  const changes = series.shares.slice(1).map((share, week) => Math.abs(share - series.shares[week]))
  return Math.max(SCALE_FLOOR, median(changes), mean(changes) / 2)
}

interface JudgedPoint {
  readonly weekAhead: number
  readonly actual: number
  readonly forecast: number
  readonly naive: number
  readonly naiveMethod: 'seasonal_naive' | 'naive'
  readonly scale: number
}

function judge(series: ShareSeries, horizonWeeks: number): readonly JudgedPoint[] {
  const points: JudgedPoint[] = []
  for (let origin = 1; origin <= ORIGINS; origin += 1) {
    const end = series.shares.length - origin * horizonWeeks
    if (end < TRAINING_WEEKS_MINIMUM) break
    const seen = { shares: series.shares.slice(0, end), weights: series.weights.slice(0, end) }
    const forecast = forecastShares(seen, horizonWeeks)
    const lastYear = seasonalNaive(seen.shares, horizonWeeks)
    const repeated = lastYear ?? naive(seen.shares, horizonWeeks) ?? []
    const scale = scaleOf(seen)
    for (const [step, predicted] of forecast.entries()) {
      points.push({
        weekAhead: step + 1,
        actual: series.shares[end + step],
        forecast: predicted,
        naive: repeated[step],
        naiveMethod: lastYear === null ? 'naive' : 'seasonal_naive',
        scale,
      })
    }
  }
  return points
}

function errorsOf(points: readonly JudgedPoint[]): SeriesErrors {
  const actual = points.reduce((sum, point) => sum + point.actual, 0)
  if (actual <= 0) return { wape: null, naiveWape: null, naiveMethod: null }
  const wape = (of: (point: JudgedPoint) => number): number =>
    points.reduce((sum, point) => sum + Math.abs(point.actual - of(point)), 0) / actual
  return {
    wape: wape((point) => point.forecast),
    naiveWape: wape((point) => point.naive),
    naiveMethod: points.every((point) => point.naiveMethod === 'seasonal_naive') ? 'seasonal_naive' : 'naive',
  }
}

/**
 * Split conformal: the tenth and ninetieth percentile of the scaled errors of all series, by week ahead, each week
 * pooled with its neighbours, and never narrower than the week before.
 */
function intervalOf(points: readonly JudgedPoint[], horizonWeeks: number): Interval {
  const low: number[] = []
  const high: number[] = []
  for (let week = 1; week <= horizonWeeks; week += 1) {
    const near = points.filter((point) => Math.abs(point.weekAhead - week) <= 1)
    const errors = near.map((point) => (point.actual - point.forecast) / point.scale)
    const normal = NORMAL_TENTH * Math.sqrt(1 + (week - 1) / 4)
    const isKnown = errors.length >= POINTS_MINIMUM
    low.push(Math.max(low.at(-1) ?? 0, isKnown ? -quantile(errors, 0.1) : normal))
    high.push(Math.max(high.at(-1) ?? 0, isKnown ? quantile(errors, 0.9) : normal))
  }
  return { low, high }
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
