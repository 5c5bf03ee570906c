/**
 * model/trend/lift: how far attention to a value is above or below what was expected, as of the newest event.
 *
 * In: the counters of one dimension.
 * Out: per value what was seen and expected, and the interval of their ratio.
 * Invariant: every number a reader sees, and every list ranked by trend, comes from here.
 */
import type { TrendDimension, TrendWindow } from '../../event/product.ts'
import { DAY_MS, momentOf } from './counters.ts'
import { evidenceOf } from './expect.ts'
import { intervalOf, mayReach, type Evidence, type Interval } from './interval.ts'
import { countersOf, type Trend } from './trend.ts'

export interface Lift extends Interval {
  /** Decayed attention, in views: a cart counts 3, an order 6. */
  readonly sessions: number
  readonly expected: number
}

export interface Lifts {
  /** What was never looked at has 0 sessions. */
  of(value: number): Lift
  /** Whether the lower end may be the bar or above: a cheap first look, wrong only in saying yes. */
  mayReach(value: number, bar: number): boolean
  /** Decayed attention to the whole dimension. */
  readonly total: number
}

export function liftsOf(trend: Trend, dimension: TrendDimension, window: TrendWindow = 'now'): Lifts {
  const { counters } = trend
  const of = countersOf(trend, dimension)
  const newestMs = Number.isNaN(counters.newestMs) ? counters.day * DAY_MS : counters.newestMs
  const growth = momentOf(counters, newestMs)[window]
  const asOfNewest = (value: number): Evidence => {
    const evidence = evidenceOf(of, value, window)
    return { ...evidence, seen: evidence.seen / growth, expected: evidence.expected / growth }
  }
  return {
    of(value) {
      const evidence = asOfNewest(value)
      return { ...intervalOf(evidence), sessions: evidence.seen, expected: evidence.expected }
    },
    mayReach(value, bar) {
      const evidence = asOfNewest(value)
      return evidence.seen > 0 && mayReach(evidence, bar)
    },
    total: (window === 'now' ? of.nowTotal : of.liveTotal) / growth,
  }
}
