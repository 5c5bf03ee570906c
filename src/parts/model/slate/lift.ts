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

export interface Lifts {
  /** What was never looked at has 0 sessions. */
  of(value: number): Lift
  /** Whether the lower end may be the bar or above: a cheap first look, wrong only in saying yes. */
  mayReach(value: number, bar: number): boolean
}

/** A hair, so that rounding never makes a bound too low. */
const HAIR = 1 + 1e-9
/** Lower end over ratio by the whole number above the shape: never less than the exact one. */
const SHARES = Float64Array.from({ length: 1024 }, (_, shape) => HAIR * lowShare(Math.max(1, shape)))

/** Lower end over ratio of a Gamma of this shape, after Wilson and Hilferty. */
function lowShare(shape: number): number {
  const root = 1 - 1 / (9 * shape) - CREDIBLE / (3 * Math.sqrt(shape))
  return root * root * root
}

export function lift(attention: Attention, dimension: number): Lifts {
  const { recent, usual, recentTotal, usualTotal } = attention.dimensions[dimension]
  const now = growthAt(attention, attention.newestMs)
  const total = recentTotal / now.recent
  return {
    of(value) {
      const seen = value < recent.length ? recent[value] / now.recent : 0
      if (!(seen > 0)) return { sessions: 0, ratio: 1, low: 0 }
      const expected = (total * usual[value]) / usualTotal
      const spread = Math.max(SPREAD_LEAST, 1 + expected / SPREAD_SCALE)
      const k = PRIOR + seen / spread
      const ratio = k / (PRIOR + expected / spread)
      return { sessions: seen, ratio, low: ratio * lowShare(k) }
    },
    mayReach(value, bar) {
      const seen = value < recent.length ? recent[value] / now.recent : 0
      if (!(seen > 0)) return false
      const expected = (total * usual[value]) / usualTotal
      const spread = Math.max(SPREAD_LEAST, 1 + expected / SPREAD_SCALE)
      const shape = PRIOR + seen / spread
      const share = shape < SHARES.length - 1 ? SHARES[Math.floor(shape) + 1] : 1
      return shape * share >= bar * (PRIOR + expected / spread)
    },
  }
}
