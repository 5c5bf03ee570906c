/**
 * report/clv/log-gamma: the logarithm of the gamma function.
 *
 * In: a positive number.
 * Out: ln Γ(x), to about 1e-13.
 * Invariant: small numbers go up by ln Γ(x) = ln Γ(x + 1) - ln x, where the series is exact enough.
 */

const SERIES_FROM = 10
const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI)

/** @source Abramowitz and Stegun 1964, formulas 6.1.15 and 6.1.41 */
export function logGamma(x: number): number {
  let shift = 0
  let y = x
  while (y < SERIES_FROM) {
    shift += Math.log(y)
    y += 1
  }
  const inverse = 1 / y
  const square = inverse * inverse
  const tail = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))))
  return (y - 0.5) * Math.log(y) - y + HALF_LOG_TWO_PI + tail - shift
}
