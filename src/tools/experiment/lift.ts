/**
 * experiment/lift: how much one variant gained over another, and how sure that is.
 *
 * In: sums over visitors of a numerator and a denominator, and of their squares and product.
 * Out: the ratio of both variants' rates, less 1, with its 95 % interval.
 * Invariant: visitors are the unit: a visitor with a hundred clicks is one observation.
 *
 * @source the delta method for the logarithm of a ratio of means; Deng, Knoblich and Lu 2018, KDD, section 3
 */

/** Sums over a variant's visitors. A mean a visitor has a denominator of 1 each. */
export interface Sums {
  readonly visitors: number
  readonly numerator: number
  readonly denominator: number
  readonly numeratorSquares: number
  readonly denominatorSquares: number
  readonly products: number
}

export interface Lift {
  /** Rate over the base's rate, less 1. */
  readonly lift: number
  readonly low: number
  readonly high: number
}

const CREDIBLE = 1.96
/** With fewer the interval would be a guess. */
const VISITORS_LEAST = 2

export function rateOf({ numerator, denominator }: Sums): number | null {
  return denominator > 0 ? numerator / denominator : null
}

/** @returns null where a rate is 0 or unknown, so that a ratio says nothing */
export function liftOver(base: Sums, variant: Sums): Lift | null {
  const before = rateOf(base)
  const after = rateOf(variant)
  if (before === null || after === null || before === 0 || after === 0) return null
  if (base.visitors < VISITORS_LEAST || variant.visitors < VISITORS_LEAST) return null
  const ratio = after / before
  const spread = CREDIBLE * Math.sqrt(logVariance(base) + logVariance(variant))
  return { lift: ratio - 1, low: ratio * Math.exp(-spread) - 1, high: ratio * Math.exp(spread) - 1 }
}

/** Variance of the logarithm of numerator over denominator. */
function logVariance(sums: Sums): number {
  const { visitors, numerator, denominator } = sums
  const means = { n: numerator / visitors, d: denominator / visitors }
  const variance = (squares: number, mean: number): number => squares / visitors - mean * mean
  const relative =
    variance(sums.numeratorSquares, means.n) / means.n ** 2 +
    variance(sums.denominatorSquares, means.d) / means.d ** 2 -
    (2 * (sums.products / visitors - means.n * means.d)) / (means.n * means.d)
  // Rounding may leave a hair below 0 where numerator and denominator are the same.
  return Math.max(0, relative) / (visitors - 1)
}
