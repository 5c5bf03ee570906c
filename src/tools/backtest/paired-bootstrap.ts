/**
 * backtest/paired-bootstrap: how sure the difference of two rates is, where both were measured on the same visitors.
 *
 * In: for each visitor how often each way hit, and how often it was tried.
 * Out: both rates, their difference, and its 95 % interval.
 * Invariant: visitors are drawn whole, since one visitor's acts are alike; the same seed gives the same interval.
 *
 * @source Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapters 6 and 13
 */
import { nextRandom } from '../../parts/model/state/random.ts'

export interface PairedCounts {
  /** Per visitor; three arrays of one length. */
  readonly trials: readonly number[]
  readonly a: readonly number[]
  readonly b: readonly number[]
}

export interface Comparison {
  readonly trials: number
  readonly visitors: number
  /** Shares of trials, 0 to 1. */
  readonly a: number
  readonly b: number
  /** b - a. */
  readonly difference: number
  readonly low: number
  readonly high: number
}

const ROUNDS = 1000
const TAIL = 0.025

/** @returns null where nothing was tried */
export function compare({ trials, a, b }: PairedCounts, seed: number): Comparison | null {
  const visitors = trials.length
  const total = sum(trials)
  if (total === 0) return null
  const generator = { state: seed }
  const differences = new Float64Array(ROUNDS)
  for (let round = 0; round < ROUNDS; round++) {
    let tried = 0
    let gained = 0
    for (let draw = 0; draw < visitors; draw++) {
      const visitor = nextRandom(generator) % visitors
      tried += trials[visitor]
      gained += b[visitor] - a[visitor]
    }
    differences[round] = tried === 0 ? 0 : gained / tried
  }
  differences.sort()
  const rateA = sum(a) / total
  const rateB = sum(b) / total
  return {
    trials: total,
    visitors,
    a: rateA,
    b: rateB,
    difference: rateB - rateA,
    low: differences[Math.floor(ROUNDS * TAIL)],
    high: differences[Math.ceil(ROUNDS * (1 - TAIL)) - 1],
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
