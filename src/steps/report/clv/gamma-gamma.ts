/**
 * report/clv/gamma-gamma: what one order of a customer is worth.
 *
 * In: how many purchases customers made and their mean value, counted in bins.
 * Out: three parameters; marts/clv.sql holds the formula that uses them.
 * Invariant: q > 1, so that the mean of a new customer exists.
 *
 * @source Fader and Hardie 2013, "The Gamma-Gamma Model of Monetary Value", equation 1a
 */
import { logGamma } from './log-gamma.ts'
import { leastOf } from './nelder-mead.ts'

export interface ValueBin {
  /** Purchases of each customer in it. */
  readonly days: number
  /** Mean value of one. */
  readonly mean: number
  readonly customers: number
}

export interface GammaGamma {
  readonly p: number
  readonly q: number
  /** In currency. */
  readonly gamma: number
}

const LOG_MAXIMUM = 25
const PULL = 1e-3

export function fitGammaGamma(bins: readonly ValueBin[]): GammaGamma {
  const customers = bins.reduce((sum, bin) => sum + bin.customers, 0)
  const mean = bins.reduce((sum, bin) => sum + bin.customers * bin.mean, 0) / customers
  const start = [Math.log(4), Math.log(2), Math.log(mean)]
  const { point } = leastOf((logs) => {
    if (logs.some((x) => Math.abs(x) > LOG_MAXIMUM)) return Number.MAX_VALUE
    const pull = logs.reduce((sum, x, axis) => sum + (x - start[axis]) ** 2, 0) * PULL
    return pull - logLikelihood(modelOf(logs), bins) / customers
  }, start)
  return modelOf(point)
}

function modelOf([p, q, gamma]: readonly number[]): GammaGamma {
  return { p: Math.exp(p), q: 1 + Math.exp(q), gamma: Math.exp(gamma) }
}

function logLikelihood({ p, q, gamma }: GammaGamma, bins: readonly ValueBin[]): number {
  const base = q * Math.log(gamma) - logGamma(q)
  let sum = 0
  for (const { days, mean, customers } of bins) {
    const shape = p * days
    sum +=
      customers *
      (base +
        logGamma(shape + q) -
        logGamma(shape) +
        (shape - 1) * Math.log(mean) +
        shape * Math.log(days) -
        (shape + q) * Math.log(gamma + mean * days))
  }
  return sum
}
