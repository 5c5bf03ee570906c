/**
 * recommend/pending-lists: which products' own lists are stale, and up to where the others are true.
 *
 * In: products that events or the catalogue touched.
 * Out: one product at a time, the longest waiting first; the position before the oldest one that waits.
 * Invariant: each product waits at most once, and is not made again within `EVERY_MS`, however many look at it; while
 *   events keep coming one is made every `BUSY_PAUSE_MS`, so that lists cost shoppers who click little of a processor.
 */
import type { Position } from '../../parts/stream/position.ts'
import type { Clock } from '../../std/clock.ts'

const EVERY_MS = 5000
/** Without an event for so long, lists are made one after another. */
const QUIET_AFTER_MS = 20
const BUSY_PAUSE_MS = 40

export interface PendingLists {
  /** @param before position of the record before the one that touched the product; null for the first record */
  add(productId: string, before: Position | null): void
  /** The next product whose lists are due, or null. */
  take(): string | null
  /** Up to where the lists that do not wait are true; `learned` where none waits. */
  checkpoint(learned: Position | null): Position | null
  readonly size: number
}

export function createPendingLists(clock: Clock): PendingLists {
  // In the order in which they began to wait, so that the first holds the oldest position.
  const waiting = new Map<string, Position | null>()
  // In the order of making, so that the first is the first to become due again.
  const madeMs = new Map<string, number>()
  let addedMs = 0
  let takenMs = 0

  const forgetOld = (nowMs: number) => {
    for (const [productId, atMs] of madeMs) {
      if (nowMs - atMs < EVERY_MS && nowMs >= atMs) return
      madeMs.delete(productId)
    }
  }

  return {
    add(productId, before) {
      addedMs = clock.nowMs()
      if (!waiting.has(productId)) waiting.set(productId, before)
    },
    take() {
      const nowMs = clock.nowMs()
      if (nowMs - addedMs < QUIET_AFTER_MS && Math.abs(nowMs - takenMs) < BUSY_PAUSE_MS) return null
      forgetOld(nowMs)
      for (const productId of waiting.keys()) {
        if (madeMs.has(productId)) continue
        waiting.delete(productId)
        madeMs.set(productId, nowMs)
        takenMs = nowMs
        return productId
      }
      return null
    },
    checkpoint(learned) {
      for (const before of waiting.values()) return before
      return learned
    },
    get size() {
      return waiting.size
    },
  }
}
