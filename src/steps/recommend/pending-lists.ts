/**
 * recommend/pending-lists: which products' own lists are stale.
 *
 * In: products that events or the catalogue touched.
 * Out: one product at a time, the longest waiting first.
 * Invariant: each product waits at most once, and is not made again within `EVERY_MS`, however many look at it.
 */
import type { Clock } from '../../std/clock.ts'

const EVERY_MS = 5000

export interface PendingLists {
  add(productId: string): void
  /** The next product whose lists are due, or null. */
  take(): string | null
  readonly size: number
}

export function createPendingLists(clock: Clock): PendingLists {
  const waiting = new Set<string>()
  // In order of making, so that the first is the first to become due again.
  const madeMs = new Map<string, number>()

  const forgetOld = (nowMs: number) => {
    for (const [productId, atMs] of madeMs) {
      if (nowMs - atMs < EVERY_MS && nowMs >= atMs) return
      madeMs.delete(productId)
    }
  }

  return {
    add: (productId) => void waiting.add(productId),
    take() {
      const nowMs = clock.nowMs()
      forgetOld(nowMs)
      for (const productId of waiting) {
        if (madeMs.has(productId)) continue
        waiting.delete(productId)
        madeMs.set(productId, nowMs)
        return productId
      }
      return null
    },
    get size() {
      return waiting.size
    },
  }
}
