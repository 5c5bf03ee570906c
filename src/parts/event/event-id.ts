/**
 * event/event-id: ids for events that came without one.
 *
 * In: the collector's clock and a source of random bytes.
 * Out: UUIDs of version 7, which sort by time.
 * Invariant: 74 bits of each id are random.
 */
import type { Clock } from '../../std/clock.ts'

/** Random bytes of the given number. */
export type RandomBytes = (count: number) => Uint8Array

/** One call to the random source serves this many ids. */
const IDS_PER_REFILL = 256
const RANDOM_BYTES_PER_ID = 10

/** @source RFC 9562, section 5.7 */
export function createEventIdSource(clock: Clock, randomBytes: RandomBytes): () => string {
  let pool: Uint8Array = new Uint8Array(0)
  let used = 0
  return () => {
    if (used + RANDOM_BYTES_PER_ID > pool.length) {
      pool = randomBytes(RANDOM_BYTES_PER_ID * IDS_PER_REFILL)
      used = 0
    }
    const random = Buffer.from(pool.buffer, pool.byteOffset + used, RANDOM_BYTES_PER_ID).toString('hex')
    used += RANDOM_BYTES_PER_ID
    const time = Math.max(0, clock.nowMs()).toString(16).padStart(12, '0')
    const variant = (8 + (Number.parseInt(random[3], 16) & 3)).toString(16)
    return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`
  }
}
