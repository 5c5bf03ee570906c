/**
 * recommend/shop-list-timer: when each list of the whole shop is made again.
 *
 * In: news of records, and whether there is something better to do.
 * Out: which lists to make now, by number.
 * Invariant: one list at a time, so that no click waits for all of them; stale lists are made within `LATE_MS` of
 *   becoming due even under load, and all at once when the catalogue changed or nothing is there yet.
 */
import type { Clock } from '../../std/clock.ts'

const EVERY_MS = 1000
const LATE_MS = 3000

export interface ShopListTimer {
  /** Tells that records came, so that the lists are stale. */
  touch(): void
  /** Numbers of the lists to make now, 0 to count - 1; counts them as made. */
  take(now: { readonly isIdle: boolean; readonly catalogueChanged: boolean }): readonly number[]
}

/**
 * @param count number of lists
 * @param atOnce whether there are no lists yet
 */
export function createShopListTimer(clock: Clock, count: number, atOnce: boolean): ShopListTimer {
  const all = Array.from({ length: count }, (_, number) => number)
  let isEmpty = atOnce
  let isStale = true
  let dueMs = clock.nowMs() + EVERY_MS
  let waiting: number[] = []
  let waitingSinceMs = 0

  const begin = (nowMs: number) => {
    isStale = false
    dueMs = nowMs + EVERY_MS
    waitingSinceMs = nowMs
  }

  return {
    touch() {
      isStale = true
    },
    take({ isIdle, catalogueChanged }) {
      const nowMs = clock.nowMs()
      if (catalogueChanged || isEmpty) {
        isEmpty = false
        waiting = []
        begin(nowMs)
        return all
      }
      if (waiting.length === 0 && isStale && nowMs >= dueMs) {
        begin(nowMs)
        waiting = [...all]
      }
      const isLate = nowMs - waitingSinceMs >= LATE_MS
      return isIdle || isLate ? waiting.splice(0, 1) : []
    },
  }
}
