/**
 * report/clv/bg-nbd: how many orders a customer will still place.
 *
 * In: patterns of orders in weeks, with how many customers have each.
 * Out: four parameters; the chance that a customer is still one, and the orders to expect.
 * Invariant: a customer orders at a rate of their own and drops out after an order with a chance of their own; rates are
 *   Gamma(r, alpha), chances Beta(a, b) over the shop.
 *
 * @source Fader, Hardie and Lee 2005, Marketing Science 24(2), equations 6, 7 and 10
 */
import { logGamma } from './log-gamma.ts'
import { leastOf } from './nelder-mead.ts'

export interface Pattern {
  /** Purchases after the first. */
  readonly repeats: number
  readonly recencyWeeks: number
  readonly ageWeeks: number
  readonly customers: number
}

export interface BgNbd {
  readonly r: number
  /** Weeks. */
  readonly alpha: number
  readonly a: number
  readonly b: number
}

/** A point of the four where real shops lie, as logarithms. */
const START = [0, Math.log(10), Math.log(0.8), Math.log(2.5)]
/** Parameters beyond e^±9 are a flat likelihood, not a finding. */
const LOG_MAXIMUM = 9
/** Drawn towards the start by as much as one customer of a thousand would: keeps a flat likelihood from running away. */
const PULL = 1e-3

export function fitBgNbd(patterns: readonly Pattern[]): BgNbd {
  const customers = patterns.reduce((sum, pattern) => sum + pattern.customers, 0)
  const repeatsMaximum = patterns.reduce((most, { repeats }) => Math.max(most, repeats), 0)
  const { point } = leastOf((logs) => {
    if (logs.some((x) => Math.abs(x) > LOG_MAXIMUM)) return Number.MAX_VALUE
    const pull = logs.reduce((sum, x, axis) => sum + (x - START[axis]) ** 2, 0) * PULL
    return pull - logLikelihood(modelOf(logs), patterns, repeatsMaximum) / customers
  }, START)
  return modelOf(point)
}

function modelOf([r, alpha, a, b]: readonly number[]): BgNbd {
  return { r: Math.exp(r), alpha: Math.exp(alpha), a: Math.exp(a), b: Math.exp(b) }
}

function logLikelihood({ r, alpha, a, b }: BgNbd, patterns: readonly Pattern[], repeatsMaximum: number): number {
  // What depends on the number of repeats alone is the same for thousands of patterns.
  const ofRepeats = new Float64Array(repeatsMaximum + 1)
  const base = r * Math.log(alpha) - logGamma(r) + logGamma(a + b) - logGamma(b)
  for (let x = 0; x <= repeatsMaximum; x++) {
    ofRepeats[x] = base + logGamma(r + x) + logGamma(b + x) - logGamma(a + b + x)
  }
  let sum = 0
  for (const { repeats: x, recencyWeeks, ageWeeks, customers } of patterns) {
    const stays = -(r + x) * Math.log(alpha + ageWeeks)
    const gone = Math.log(a / (b + x - 1)) - (r + x) * Math.log(alpha + recencyWeeks)
    const either = x === 0 ? stays : Math.max(stays, gone) + Math.log1p(Math.exp(-Math.abs(stays - gone)))
    sum += customers * (ofRepeats[x] + either)
  }
  return sum
}

/** Chance, 0 to 1, that a customer of this pattern will order again at all. */
export function chanceAlive({ r, alpha, a, b }: BgNbd, pattern: Omit<Pattern, 'customers'>): number {
  const { repeats: x, recencyWeeks, ageWeeks } = pattern
  if (x === 0) return 1
  return 1 / (1 + (a / (b + x - 1)) * ((alpha + ageWeeks) / (alpha + recencyWeeks)) ** (r + x))
}

/** Purchases to expect in the coming weeks. */
export function purchasesIn(weeks: number, model: BgNbd, pattern: Omit<Pattern, 'customers'>): number {
  const { r, alpha, b } = model
  // The formula has a removable gap at a = 1.
  const a = Math.abs(model.a - 1) < 1e-6 ? 1 + 1e-6 : model.a
  const { repeats: x, ageWeeks } = pattern
  const series = hypergeometric(r + x, b + x, a + b + x - 1, weeks / (alpha + ageWeeks + weeks))
  const shrinks = ((alpha + ageWeeks) / (alpha + ageWeeks + weeks)) ** (r + x)
  const ifAlive = ((a + b + x - 1) / (a - 1)) * (1 - shrinks * series)
  return Math.max(0, ifAlive * chanceAlive({ ...model, a }, pattern))
}

const TERMS_MAXIMUM = 20_000

/** Gauss's series 2F1; converges for 0 <= z < 1. */
function hypergeometric(a: number, b: number, c: number, z: number): number {
  let term = 1
  let sum = 1
  for (let n = 0; n < TERMS_MAXIMUM; n++) {
    term *= (((a + n) * (b + n)) / ((c + n) * (n + 1))) * z
    sum += term
    if (Math.abs(term) < 1e-13 * Math.abs(sum)) break
  }
  return sum
}
