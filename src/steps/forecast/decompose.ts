/**
 * forecast/decompose: a series on a scale where season adds to trend, and its years around that trend.
 *
 * In: prepared values up to an origin.
 * Out: scaled values, and departures from the trend by year and phase.
 * Invariant: both scales can be undone; nothing after the origin is seen.
 */
import { meanOf, WEEKS_A_YEAR, type Prepared } from './prepare.ts'
import type { Years } from './season-kernel.ts'

export type Scale = 'log' | 'linear'

/** Years that a season is looked for in. */
const YEARS_MAXIMUM = 6
const HALF_YEAR = WEEKS_A_YEAR / 2
/** Weeks seen in two years from which on their change says something of a trend. */
const SHARED_WEEKS_MINIMUM = 8
/** Added before the logarithm, as a share of the mean: keeps zeros and small counts in bounds. */
const LOG_OFFSET = 0.1

export interface Scaled {
  readonly scale: Scale
  readonly values: Float64Array
  /** Mean of the original values over the newest two years. */
  readonly unit: number
}

export function scaled({ values: seen }: Prepared, scale: Scale): Scaled {
  const unit = meanOf(seen.subarray(-2 * WEEKS_A_YEAR)) || meanOf(seen) || 1
  const values = seen.map((value) => (scale === 'log' ? Math.log(value / unit + LOG_OFFSET) : value / unit))
  return { scale, values, unit }
}

/** Back to what was measured, never below 0. */
export function unscaled(value: number, { scale, unit }: Scaled): number {
  return unit * Math.max(0, scale === 'log' ? Math.exp(value) - LOG_OFFSET : value)
}

export function phaseOf(series: Prepared, week: number): number {
  return (((series.firstWeek + week) % WEEKS_A_YEAR) + WEEKS_A_YEAR) % WEEKS_A_YEAR
}

/** Departures from the trend, newest year first; the oldest year may be in part NaN. */
export function yearsOf(series: Prepared, { values }: Scaled): Years {
  const n = values.length
  const trend = trendOf(series, values)
  const years: Float64Array[] = []
  for (let end = n; end > 0 && years.length < YEARS_MAXIMUM; end -= WEEKS_A_YEAR) {
    const start = end - WEEKS_A_YEAR
    // A few weeks are no year: they would weigh as much as one.
    if (start < 0 && end < HALF_YEAR && years.length > 0) break
    const year = new Float64Array(WEEKS_A_YEAR).fill(Number.NaN)
    for (let week = Math.max(0, start); week < end; week += 1) {
      if (series.isKnown[week]) year[phaseOf(series, week)] = values[week] - trend[week]
    }
    years.push(year)
  }
  return years
}

/**
 * Means of a year around each week, from two years on. Near the ends, where no whole year lies around, the mean of what is there after a
 * first season has been taken out.
 */
function trendOf(series: Prepared, values: Float64Array): Float64Array {
  const n = values.length
  if (n < 2 * WEEKS_A_YEAR) return straightTrend(values)
  const sums = runningSums(values)
  const trend = new Float64Array(n).fill(Number.NaN)
  for (let week = HALF_YEAR; week < n - HALF_YEAR; week += 1) {
    const whole = sums[week + HALF_YEAR + 1] - sums[week - HALF_YEAR]
    trend[week] = (whole - 0.5 * (values[week - HALF_YEAR] + values[week + HALF_YEAR])) / WEEKS_A_YEAR
  }
  const season = firstSeason(series, values, trend)
  const flat = runningSums(values.map((value, week) => value - season[phaseOf(series, week)]))
  for (let week = 0; week < n; week += 1) {
    if (week >= HALF_YEAR && week < n - HALF_YEAR) continue
    const from = Math.max(0, week - HALF_YEAR)
    const to = Math.min(n, week + HALF_YEAR + 1)
    trend[week] = (flat[to] - flat[from]) / (to - from)
  }
  return trend
}

/**
 * For less than two years: through the mean of the newest year, with the slope from weeks that were seen in both years, as
 * far as there are any. A slope through all weeks would take the season for a trend.
 */
function straightTrend(values: Float64Array): Float64Array {
  const n = values.length
  const shared = n - WEEKS_A_YEAR
  const newest = values.subarray(-WEEKS_A_YEAR)
  const height = meanOf(newest)
  const middle = n - (newest.length + 1) / 2
  const change =
    shared < SHARED_WEEKS_MINIMUM ? 0 : meanOf(values.subarray(WEEKS_A_YEAR)) - meanOf(values.subarray(0, shared))
  const slope = ((shared / WEEKS_A_YEAR) * change) / WEEKS_A_YEAR
  return values.map((_, week) => height + slope * (week - middle))
}

function firstSeason(series: Prepared, values: Float64Array, trend: Float64Array): Float64Array {
  const sums = new Float64Array(WEEKS_A_YEAR)
  const counts = new Float64Array(WEEKS_A_YEAR)
  for (let week = HALF_YEAR; week < values.length - HALF_YEAR; week += 1) {
    const phase = phaseOf(series, week)
    sums[phase] += values[week] - trend[week]
    counts[phase] += 1
  }
  return sums.map((sum, phase) => (counts[phase] > 0 ? sum / counts[phase] : 0))
}

function runningSums(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1)
  for (const [week, value] of values.entries()) sums[week + 1] = sums[week] + value
  return sums
}
