/**
 * model/state/logarithms: logarithms and decays of whole numbers, from tables.
 *
 * In: counts, ages and distances.
 * Out: the values `Math.log` and `Math.exp` give, without asking them in the hot loops.
 * Invariant: tables are made once from the same functions, so results do not depend on who asks first.
 */
const LOGARITHM_LENGTH = 16_384
const LOGARITHMS = new Float64Array(LOGARITHM_LENGTH)
for (let n = 1; n < LOGARITHM_LENGTH; n++) LOGARITHMS[n] = Math.log(n)

/** ln(n) of a whole number n >= 1. */
export function lnWhole(n: number): number {
  return n < LOGARITHM_LENGTH ? LOGARITHMS[n] : Math.log(n)
}

/** Zeros in front of a whole number of 12 bits. */
const ZEROS_OF_TWELVE_BITS = 20

/** ln(n) of a whole number 1 to 2,147,483,647 by its 12 highest bits: for ages, whose exact value tells nothing. */
export function lnAge(n: number): number {
  const shift = Math.max(0, ZEROS_OF_TWELVE_BITS - Math.clz32(n))
  return LOGARITHMS[n >>> shift] + shift * Math.LN2
}

const FINE_STEPS = 64
const FINE_LARGEST = 64
const FINE = Float64Array.from({ length: FINE_STEPS * FINE_LARGEST + 2 }, (_, i) => Math.log(1 + i / FINE_STEPS))

/** ln(1 + x) of x >= 0, between 4,096 known values where x is below 64; off by less than 0.0001. */
export function lnPlusOne(x: number): number {
  if (x >= FINE_LARGEST) return Math.log(1 + x)
  const place = x * FINE_STEPS
  const low = place | 0
  return FINE[low] + (place - low) * (FINE[low + 1] - FINE[low])
}

/** Few fine steps, since ages differ in them most, so that they stay in the processor's nearest cache. */
const FINE_BITS = 10
const FINE_AGES = 1 << FINE_BITS
const COARSE_AGES = 1 << 14

/** exp(-age / scale) of whole ages, 0 to 16,777,215 exact to rounding, 0 beyond. */
export interface Decay {
  readonly fine: Float64Array
  readonly coarse: Float64Array
}

export function makeDecay(scale: number): Decay {
  return {
    fine: Float64Array.from({ length: FINE_AGES }, (_, i) => Math.exp(-i / scale)),
    coarse: Float64Array.from({ length: COARSE_AGES }, (_, i) => Math.exp((-i * FINE_AGES) / scale)),
  }
}

export function decayAt(decay: Decay, age: number): number {
  const high = age >>> FINE_BITS
  return high < COARSE_AGES ? decay.coarse[high] * decay.fine[age & (FINE_AGES - 1)] : 0
}

const POWER_STEPS = 2048
const POWER_LARGEST = 4
const POWERS = new Float64Array(POWER_STEPS + 1)
for (let i = 0; i <= POWER_STEPS; i++) POWERS[i] = ((i / POWER_STEPS) * POWER_LARGEST) ** 0.15

/** x^0.15 for x of 0 to 4, in steps of 1/512. */
export function rarityPower(x: number): number {
  return POWERS[Math.min(POWER_STEPS, (x * (POWER_STEPS / POWER_LARGEST) + 0.5) | 0)]
}
