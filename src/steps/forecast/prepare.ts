/**
 * forecast/prepare: a weekly series as it comes, made fit to learn from.
 *
 * In: values with gaps and with weeks that cannot be repeated.
 * Out: the same weeks without gaps, single huge values brought down to what lies around them.
 * Invariant: nothing is made up at the ends; a peak that comes back in other years stays.
 */
import { medianOf } from './quantile.ts'

export const WEEKS_A_YEAR = 52
/** Weeks to each side that a value is compared with. */
const NEIGHBOUR_WEEKS = 4
/** How many times the typical distance from its neighbours a value may lie above them. */
const OUTLIER_DISTANCES = 8
const OUTLIER_RATIO = 1.5
/** An outlier is brought down to this many distances above its neighbours. */
const KEPT_DISTANCES = 2
/** One huge value alone says nothing of what is usual. */
const DISTANCES_MINIMUM = 3

/** One series of the panel. Weeks count from any common start. */
export interface WeeklySeries {
  readonly name: string
  readonly firstWeek: number
  /** float64[n], at least 0, oldest first; NaN where the week is not known. */
  readonly values: Float64Array
}

/** Without gaps; `isKnown` tells which weeks were seen. */
export interface Prepared {
  readonly firstWeek: number
  readonly values: Float64Array
  readonly isKnown: Uint8Array
}

export function prepare(series: WeeklySeries): Prepared {
  const { firstWeek } = series
  const isKnown = Uint8Array.from(series.values, (value) => (Number.isNaN(value) ? 0 : 1))
  const values = Float64Array.from(series.values)
  fillGaps(values, isKnown)
  return { firstWeek, values: tamed(values), isKnown }
}

/** Over gaps a straight line, bent as the same weeks of last year were; level at the ends, bent likewise. */
function fillGaps(values: Float64Array, isKnown: Uint8Array): void {
  let last = -1
  for (let week = 0; week <= values.length; week += 1) {
    if (week < values.length && !isKnown[week]) continue
    fillGap(values, last, week)
    last = week
  }
}

/** Fills the weeks between two known ones; -1 and n stand for the ends. */
function fillGap(values: Float64Array, before: number, after: number): void {
  const lineAt = (at: number, left: number, right: number): number => {
    if (right >= values.length) return values[left]
    if (left < 0) return values[right]
    const share = (at - left) / (right - left)
    return (1 - share) * values[left] + share * values[right]
  }
  if (before < 0 && after >= values.length) {
    values.fill(0)
    return
  }
  const yearBefore = before - WEEKS_A_YEAR
  const yearAfter = after < values.length ? after - WEEKS_A_YEAR : after
  for (let gap = before + 1; gap < after; gap += 1) {
    const ago = gap - WEEKS_A_YEAR
    const bend = yearBefore < 0 ? 0 : values[ago] - lineAt(ago, yearBefore, yearAfter)
    values[gap] = Math.max(0, lineAt(gap, before, after) + bend)
  }
}

/** Brings a value that stands out from its neighbours, and from the same weeks of other years, down to them. */
function tamed(values: Float64Array): Float64Array {
  const n = values.length
  const around = Float64Array.from(values, (_, week) => neighbourMedian(values, week))
  const distances = values.map((value, week) => Math.abs(value - around[week])).filter((distance) => distance > 0)
  // In a series of few sales most weeks are 0, and the sales themselves are what is usual.
  const distance = distances.length >= DISTANCES_MINIMUM ? medianOf(distances) : 0
  const spread = Math.max(distance, meanOf(around) / 20)
  return values.map((value, week) => {
    let usual = around[week]
    for (let year = week % WEEKS_A_YEAR; year < n; year += WEEKS_A_YEAR) {
      if (year === week) continue
      for (let near = Math.max(0, year - 1); near <= Math.min(n - 1, year + 1); near += 1) {
        usual = Math.max(usual, values[near])
      }
    }
    const isOutlier = value > usual + OUTLIER_DISTANCES * spread && value > OUTLIER_RATIO * usual
    return isOutlier ? around[week] + KEPT_DISTANCES * spread : value
  })
}

function neighbourMedian(values: Float64Array, week: number): number {
  const from = Math.max(0, week - NEIGHBOUR_WEEKS)
  const to = Math.min(values.length, week + NEIGHBOUR_WEEKS + 1)
  if (to - from <= 1) return values[week]
  const near = new Float64Array(to - from - 1)
  near.set(values.subarray(from, week))
  near.set(values.subarray(week + 1, to), week - from)
  return medianOf(near)
}

export function meanOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i += 1) sum += values[i]
  return values.length === 0 ? 0 : sum / values.length
}
