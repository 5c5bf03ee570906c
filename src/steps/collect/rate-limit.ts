/**
 * collect/rate-limit: how many events a key may send.
 *
 * In: a key and a number of events.
 * Out: whether they are within its rate.
 * Invariant: a key that pauses may catch up by one burst, never more.
 */
import type { Clock } from '../../std/clock.ts'

export interface RateLimits {
  readonly eventsPerSecond: number
  readonly burstEvents: number
}

/** Above what one machine takes in, so that only a runaway client meets it. */
export const DEFAULT_RATE_LIMITS: RateLimits = { eventsPerSecond: 100_000, burstEvents: 200_000 }

/** Keys are checked before they come here, so there are few; old ones after many rotations are dropped. */
const MAX_KEYS = 64

/** @returns a function that takes tokens and says whether there were enough */
export function createRateLimit(clock: Clock, limits: RateLimits): (key: string, events: number) => boolean {
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  return (key, events) => {
    const nowMs = clock.nowMs()
    let bucket = buckets.get(key)
    if (bucket === undefined) {
      if (buckets.size >= MAX_KEYS) buckets.clear()
      bucket = { tokens: limits.burstEvents, atMs: nowMs }
      buckets.set(key, bucket)
    }
    const gained = (Math.max(0, nowMs - bucket.atMs) / 1000) * limits.eventsPerSecond
    bucket.tokens = Math.min(limits.burstEvents, bucket.tokens + gained)
    bucket.atMs = nowMs
    if (bucket.tokens < events) return false
    bucket.tokens -= events
    return true
  }
}
