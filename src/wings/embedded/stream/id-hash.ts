/**
 * embedded/stream/id-hash: event ids as 64 bits that nobody outside can aim at.
 *
 * In: an id and the data folder's secret seed.
 * Out: two 32-bit halves, never both zero.
 * Invariant: the same id and seed give the same halves on every machine.
 */
export interface HashSeed {
  readonly high: number
  readonly low: number
}

/** Where `hashId` leaves its result, so that no object is made for each event. */
export interface HashPair {
  high: number
  low: number
}

/** @source mixing as in MurmurHash3, public domain, two lanes with different multipliers */
export function hashId(id: string, seed: HashSeed, into: HashPair): void {
  let high = seed.high
  let low = seed.low
  for (let at = 0; at < id.length; at++) {
    const unit = id.charCodeAt(at)
    high = Math.imul(high ^ unit, 0x85ebca6b)
    high = (high << 13) | (high >>> 19)
    low = Math.imul(low ^ unit, 0x9e3779b1)
    low = (low << 17) | (low >>> 15)
  }
  high = finish(high ^ Math.imul(low, 0xc2b2ae35) ^ id.length)
  low = finish(low ^ Math.imul(high, 0x27d4eb2f))
  into.high = high
  // Both halves zero mark an empty slot.
  into.low = high === 0 && low === 0 ? 1 : low
}

function finish(value: number): number {
  let mixed = value
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
