/**
 * model/state/logarithms: logarithms and decays of whole numbers, from tables.
 *
 * In: counts, ages and distances.
 * Out: the values `Math.log` and `Math.exp` give, without asking them in the hot loops.
 * Invariant: tables are made once from the same functions, so results do not depend on who asks first.
 */
const LOGARITHM_LENGTH = 65_536
const LOGARITHMS = new Float64Array(LOGARITHM_LENGTH)
for (let n = 1; n < LOGARITHM_LENGTH; n++) LOGARITHMS[n] = Math.log(n)

/** ln(n) of a whole number n >= 1. */
export function lnWhole(n: number): number {
  return n < LOGARITHM_LENGTH ? LOGARITHMS[n] : Math.log(n)
}

const COARSE_BITS = 8
const LN_COARSE = Math.log(1 << COARSE_BITS)

/** ln(n) of a whole number 1 to 16,777,215, within 0.4 % of n: for ages, whose exact value tells nothing. */
export function lnAge(n: number): number {
  return n < LOGARITHM_LENGTH
    ? LOGARITHMS[n]
    : LOGARITHMS[Math.min(n >>> COARSE_BITS, LOGARITHM_LENGTH - 1)] + LN_COARSE
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

const DECAY_STEPS = 4096

/** exp(-age / scale) of whole ages, 0 to 16,777,215 exact to rounding, 0 beyond. */
export interface Decay {
  readonly fine: Float64Array
  readonly coarse: Float64Array
}

export function makeDecay(scale: number): Decay {
  const fine = new Float64Array(DECAY_STEPS)
  const coarse = new Float64Array(DECAY_STEPS)
  for (let i = 0; i < DECAY_STEPS; i++) {
    fine[i] = Math.exp(-i / scale)
    coarse[i] = Math.exp((-i * DECAY_STEPS) / scale)
  }
  return { fine, coarse }
}

export function decayAt(decay: Decay, age: number): number {
  const high = age >>> 12
  return high < DECAY_STEPS ? decay.coarse[high] * decay.fine[age & 4095] : 0
}

const POWER_STEPS = 2048
const POWER_LARGEST = 4
const POWERS = new Float64Array(POWER_STEPS + 1)
for (let i = 0; i <= POWER_STEPS; i++) POWERS[i] = ((i / POWER_STEPS) * POWER_LARGEST) ** 0.15

/** x^0.15 for x of 0 to 4, in steps of 1/512. */
export function rarityPower(x: number): number {
  return POWERS[Math.min(POWER_STEPS, (x * (POWER_STEPS / POWER_LARGEST) + 0.5) | 0)]
}
