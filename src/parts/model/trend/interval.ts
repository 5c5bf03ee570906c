/**
 * model/trend/interval: how far attention is from what was expected, and how sure that is.
 *
 * In: attention seen and expected, and what the expectation rests on.
 * Out: a shrunk ratio with its 95 % interval.
 * Invariant: a value seen twice never beats one seen a thousand times by its ratio alone.
 */

/** Prior of the Gamma-Poisson shrinkage: this many sessions, as expected. */
const PRIOR = 10
/** Variance of counts of shoppers over their mean: visits bring several looks, and a cart counts 3. */
export const SPREAD = 1.5
const CREDIBLE = 1.96
/** A hair, so that rounding never makes a bound too low. */
const HAIR = 1 + 1e-9

export interface Evidence {
  readonly seen: number
  readonly expected: number
  /** Attention that the usual share was learned from. */
  readonly learnedFrom: number
  /** Variance of the ratio beyond chance. */
  readonly roughness: number
}

export interface Interval {
  readonly ratio: number
  readonly low: number
  readonly high: number
}

/** @source DuMouchel 1999, The American Statistician 53(3), with one Gamma; its quantiles after Wilson and Hilferty 1931 */
export function intervalOf(evidence: Evidence): Interval {
  const spread = spreadOf(evidence)
  const shape = PRIOR + evidence.seen / spread
  const ratio = shape / (PRIOR + evidence.expected / spread)
  return { ratio, low: ratio * quantile(shape, -CREDIBLE), high: ratio * quantile(shape, CREDIBLE) }
}

/** Variance of what is seen over its mean: of the counts, of the value's own ups and downs, and of the usual share. */
function spreadOf({ expected, learnedFrom, roughness }: Evidence): number {
  return SPREAD + expected * (roughness + SPREAD / (learnedFrom + PRIOR))
}

/** Quantile of a Gamma of this shape over its mean. */
function quantile(shape: number, deviations: number): number {
  return (1 - 1 / (9 * shape) + deviations / (3 * Math.sqrt(shape))) ** 3
}

/** Lower end over ratio by the whole number above the shape: never less than the exact one. */
const LOW_SHARES = Float64Array.from({ length: 1024 }, (_, shape) => HAIR * quantile(Math.max(1, shape), -CREDIBLE))

/** Whether the lower end may be the bar or above: a cheap first look, wrong only in saying yes. */
export function mayReach(evidence: Evidence, bar: number): boolean {
  const spread = spreadOf(evidence)
  const shape = PRIOR + evidence.seen / spread
  const share = shape < LOW_SHARES.length - 1 ? LOW_SHARES[Math.floor(shape) + 1] : 1
  return shape * share >= bar * (PRIOR + evidence.expected / spread)
}
