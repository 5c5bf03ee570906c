/**
 * forecast/ensemble: the pointwise median of what the methods say.
 *
 * In: weekly shares of one value and the counts behind them.
 * Out: float64[horizonWeeks], shares between 0 and 1.
 * Invariant: a series too short for one method is forecast by the others; an empty one is forecast as 0.
 */
import { ets, mstl, seasonalNaive, simpleSmoothing, theta } from './methods.ts'
import { seasonOf } from './seasonal-index.ts'

export interface ShareSeries {
  /** float64[n], share of attention per week, oldest first, no gaps. */
  readonly shares: readonly number[]
  /** float64[n], attention counted in the whole dimension per week. */
  readonly weights: readonly number[]
}

export function forecastShares(series: ShareSeries, horizonWeeks: number): readonly number[] {
  const season = seasonOf(series.shares, series.weights, horizonWeeks)
  const flat = series.shares.map((share, week) => share / season.history[week])
  const seasonal = (points: readonly number[] | null): readonly number[] | null =>
    points === null ? null : points.map((point, step) => point * season.ahead[step])
  const answers = [
    mstl(series.shares, horizonWeeks) ?? seasonal(ets(flat, horizonWeeks)),
    seasonal(theta(flat, horizonWeeks)),
    seasonal(simpleSmoothing(flat, horizonWeeks)),
    seasonalNaive(series.shares, horizonWeeks),
  ].filter((points) => points !== null)
  return Array.from({ length: horizonWeeks }, (_, step) => clampShare(median(answers.map((points) => points[step]))))
}

export function clampShare(share: number): number {
  return Math.min(1, Math.max(0, share))
}

/** The middle value, the mean of both for an even count, 0 for none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Linear between the two nearest order statistics. */
export function quantile(values: readonly number[], at: number): number {
  if (values.length === 0) return 0
  const sorted = Float64Array.from(values).sort()
  const place = at * (sorted.length - 1)
  const low = Math.floor(place)
  const high = Math.min(sorted.length - 1, low + 1)
  return sorted[low] + (place - low) * (sorted[high] - sorted[low])
}
