/**
 * model/state/random: chance that the log alone decides.
 *
 * In: the generator's state, or a position of the log.
 * Out: 32-bit numbers.
 * Invariant: the state is part of the model image, so a restart continues the same sequence.
 */
export interface Generator {
  state: number
}

/** Next number of xorshift32 (13, 17, 5), 0 to 2^32 - 1. */
export function nextRandom(generator: Generator): number {
  let x = generator.state
  x ^= x << 13
  x ^= x >>> 17
  x ^= x << 5
  generator.state = x | 0
  return x >>> 0
}

/** Spreads the bits of a whole number over 32 bits. */
export function hash32(value: number): number {
  let x = value | 0
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b)
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b)
  return (x ^ (x >>> 16)) >>> 0
}
