/**
 * model/trend/expect: what attention to a value would be, had nothing changed but the season.
 *
 * In: the counters.
 * Out: what was seen and expected, for both windows, as of the start of the open day.
 * Invariant: over all values of a dimension, what is expected adds up to what is seen.
 */
import type { TrendWindow } from '../../event/product.ts'
import type { DimensionCounters } from './counters.ts'
import type { Evidence } from './interval.ts'
import { roughnessOf } from './roughness.ts'

/** Attention of late that stands in for the usual share until that is learned. */
const STAND_IN = 1

/** Usual share of the dimension's attention, without the season. */
export function usualShare(of: DimensionCounters, value: number): number {
  const late = of.nowTotal > 0 ? of.now[value] / of.nowTotal : 0
  return (of.usual[value] + STAND_IN * late) / (of.usualTotal + STAND_IN)
}

/** Share expected on the open day. */
export function expectedShare(of: DimensionCounters, value: number): number {
  return usualShare(of, value) * (of.season[value] || 1) * of.scale
}

/** Expected `now`, with the attention that came since the last closing. */
export function expectedNow(of: DimensionCounters, value: number): number {
  return of.expected[value] + (of.nowTotal - of.expectedTotal) * expectedShare(of, value)
}

export function evidenceOf(of: DimensionCounters, value: number, window: TrendWindow): Evidence {
  const isKnown = value < of.size
  return {
    seen: isKnown ? of[window][value] : 0,
    expected: !isKnown ? 0 : window === 'now' ? expectedNow(of, value) : of.liveTotal * expectedShare(of, value),
    learnedFrom: isKnown ? of.usual[value] : 0,
    roughness: roughnessOf(of, value),
  }
}
