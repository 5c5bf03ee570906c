/**
 * recommend/shop-list-timer: when the lists of the whole shop are made again.
 *
 * In: news of records, and whether there is something better to do.
 * Out: yes or no.
 * Invariant: stale lists are made within `LATE_MS` even under load, and at once when the catalogue changed.
 */
import type { Clock } from '../../std/clock.ts'

const EVERY_MS = 1000
const LATE_MS = 4000

export interface ShopListTimer {
  /** Tells that records came, so that the lists are stale. */
  touch(): void
  /** Whether to make them now; counts them as made where the answer is yes. */
  isDue(now: { readonly isIdle: boolean; readonly catalogueChanged: boolean }): boolean
}

/** @param atOnce whether there are no lists yet */
export function createShopListTimer(clock: Clock, atOnce: boolean): ShopListTimer {
  let isStale = true
  let dueMs = atOnce ? 0 : clock.nowMs() + EVERY_MS
  return {
    touch() {
      isStale = true
    },
    isDue({ isIdle, catalogueChanged }) {
      const overdueMs = clock.nowMs() - dueMs
      if (!isStale || (overdueMs < (isIdle ? 0 : LATE_MS) && !catalogueChanged)) return false
      isStale = false
      dueMs = clock.nowMs() + EVERY_MS
      return true
    },
  }
}
