/**
 * model/slate/lift: how far attention to a value is above its usual share.
 *
 * In: decayed sums of one dimension.
 * Out: per value a shrunk ratio of seen to expected, and its credible lower end.
 * Invariant: a value seen twice never beats one seen a thousand times by its ratio alone.
 */
import { growthAt, type Attention } from '../state/attention.ts'

/** Prior of the Gamma-Poisson shrinkage: this many sessions, as expected. */
const PRIOR = 10
/** Counts of shoppers vary more than Poisson's. */
const SPREAD_LEAST = 1.5
const SPREAD_SCALE = 40
const CREDIBLE = 1.96

export interface Lift {
  /** Decayed attention, in views. */
  readonly sessions: number
  readonly ratio: number
  /** Lower end of the ratio's 95 % interval. */
  readonly low: number
}

/** @returns a function of a value's number; what was never looked at has 0 sessions */
export function lift(attention: Attention, dimension: number): (value: number) => Lift {
  const sums = attention.dimensions[dimension]
  const now = growthAt(attention, attention.newestMs)
  const total = sums.recentTotal / now.recent
  return (value) => {
    const seen = value < sums.recent.length ? sums.recent[value] / now.recent : 0
    if (!(seen > 0)) return { sessions: 0, ratio: 1, low: 0 }
    const expected = (total * sums.usual[value]) / sums.usualTotal
    const spread = Math.max(SPREAD_LEAST, 1 + expected / SPREAD_SCALE)
    const k = PRIOR + seen / spread
    const r = PRIOR + expected / spread
    const part = 1 - 1 / (9 * k) - CREDIBLE / (3 * Math.sqrt(k))
    return { sessions: seen, ratio: k / r, low: (k * part * part * part) / r }
  }
}
