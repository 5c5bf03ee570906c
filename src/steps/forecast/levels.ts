/**
 * forecast/levels: where a series without its season goes on.
 *
 * In: float64[n], n >= 1, oldest first, season taken out, on a scale where it added.
 * Out: the expected value by weeks ahead.
 * Invariant: no trend carries further than a bound, however long the horizon.
 */
import { meanOf, WEEKS_A_YEAR } from './prepare.ts'

/** Value expected a number of weeks after the last one. */
export type Level = (weeksAhead: number) => number

const QUARTER_WEEKS = 13
const HALF_YEAR = WEEKS_A_YEAR / 2
/** Starts of smoothing are means of so many weeks. */
const START_WEEKS = 8
const ALPHAS = [0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.45, 0.65] as const
/** A trend may carry so far: a factor of two in logarithms, 70 % of the mean otherwise. */
const DRIFT_MAXIMUM = 0.7
/** Below this a straight line is chance. */
const LINE_WEEKS_MINIMUM = 12
/** Of the last year's change, what goes on in the next. */
const MOMENTUM = 0.5

/** Simple exponential smoothing; its factor by least squares one week ahead. */
export function smoothing(flat: Float64Array): Level {
  const level = smoothed(flat)
  return () => level
}

/**
 * Theta: smoothing, with half the slope of the straight line.
 *
 * @source Assimakopoulos and Nikolopoulos 2000, International Journal of Forecasting 16(4); Hyndman and Billah 2003
 */
export function theta(flat: Float64Array): Level {
  const level = smoothed(flat)
  const slope = flat.length < LINE_WEEKS_MINIMUM ? 0 : slopeOf(flat) / 2
  return (weeksAhead) => level + bounded(slope * weeksAhead)
}

export function quarterMean(flat: Float64Array): Level {
  const mean = meanOf(flat.subarray(-QUARTER_WEEKS))
  return () => mean
}

export function yearMean(flat: Float64Array): Level {
  const mean = meanOf(flat.subarray(-WEEKS_A_YEAR))
  return () => mean
}

/** The newest half year, moved on by a part of what it gained over the half year before the last year's. */
export function momentum(flat: Float64Array): Level {
  const recent = meanOf(flat.subarray(-HALF_YEAR))
  const isLong = flat.length >= 2 * WEEKS_A_YEAR
  const before = isLong ? meanOf(flat.subarray(-WEEKS_A_YEAR - HALF_YEAR, -WEEKS_A_YEAR)) : recent
  // The mean of half a year stands for its middle, a quarter ago.
  return (weeksAhead) => recent + bounded((MOMENTUM * (recent - before) * (weeksAhead + QUARTER_WEEKS)) / WEEKS_A_YEAR)
}

function smoothed(flat: Float64Array): number {
  const start = meanOf(flat.subarray(0, START_WEEKS))
  let best = start
  let least = Number.POSITIVE_INFINITY
  for (const alpha of ALPHAS) {
    let level = start
    let error = 0
    for (let week = 0; week < flat.length; week += 1) {
      const miss = flat[week] - level
      error += miss * miss
      level += alpha * miss
    }
    if (error < least) [best, least] = [level, error]
  }
  return best
}

/** Slope of the least-squares line, per week. */
function slopeOf(flat: Float64Array): number {
  const middle = (flat.length - 1) / 2
  let above = 0
  let below = 0
  for (let week = 0; week < flat.length; week += 1) {
    above += (week - middle) * flat[week]
    below += (week - middle) ** 2
  }
  return above / below
}

function bounded(change: number): number {
  return Math.min(DRIFT_MAXIMUM, Math.max(-DRIFT_MAXIMUM, change))
}
