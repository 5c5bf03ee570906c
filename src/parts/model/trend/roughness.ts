/**
 * model/trend/roughness: how much a value's share moves by itself, so that only more than that is a trend.
 *
 * In: what was seen and expected, day by day.
 * Out: the variance of their ratio beyond chance, by value, as it was some months ago.
 * Invariant: what happens now moves it late and little, so that a trend does not hide itself.
 */
import type { DimensionCounters } from './counters.ts'
import { SPREAD } from './interval.ts'

/** Before anything is known: shares move by a tenth. */
const START = 0.01
const FIRST_A_DAY = 2 ** (-1 / 60)
const SECOND_A_DAY = 2 ** (-1 / 40)
/** Attention below which a ratio says nothing. */
const LEAST_ATTENTION = 20
/** One day's part at most, once the season is known, and while it still passes for roughness. */
const DAY_MAXIMUM = 0.02
const DAY_MAXIMUM_UNSEASONED = 0.1
const POOLED_MAXIMUM = 0.02
const OWN_SHARE = 0.8
/** Products come and go; their ratios are taken to move by a sixth. */
const PRODUCTS = 0.025

export function roughnessOf(of: DimensionCounters, value: number): number {
  if (!of.isAttribute) return PRODUCTS
  return OWN_SHARE * (of.alarms.lateRoughness[value] || START) + (1 - OWN_SHARE) * of.roughness
}

/** Learns the closing day of every value that has no alarm. */
export function learnRoughness(of: DimensionCounters, isSeasonKnown: boolean): void {
  const { kind, roughness, lateRoughness } = of.alarms
  const most = isSeasonKnown ? DAY_MAXIMUM : DAY_MAXIMUM_UNSEASONED
  let sum = 0
  let known = 0
  for (let value = 0; value < of.size; value++) {
    const expected = of.expected[value]
    if (expected < LEAST_ATTENTION || of.usual[value] < LEAST_ATTENTION) continue
    if (roughness[value] === 0) roughness[value] = lateRoughness[value] = START
    if (kind[value] === 0) {
      const deviation = of.now[value] / expected - 1
      const byChance = SPREAD / expected + SPREAD / of.usual[value]
      const own = Math.min(most, Math.max(0, deviation * deviation - byChance))
      roughness[value] = roughness[value] * FIRST_A_DAY + (1 - FIRST_A_DAY) * own
    }
    lateRoughness[value] = lateRoughness[value] * SECOND_A_DAY + (1 - SECOND_A_DAY) * roughness[value]
    sum += Math.min(POOLED_MAXIMUM, roughness[value])
    known++
  }
  of.roughness = known === 0 ? START : sum / known
}
