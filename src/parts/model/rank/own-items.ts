/**
 * model/rank/own-items: the shopper's own items, and what the index would know of them without this shopper.
 *
 * In: the items of a session, newest last.
 * Out: distinct items, newest first, with counts less the shopper's own events.
 * Invariant: a session in the index and the same session outside it give the same list.
 */
import type { Items } from '../state/items.ts'
import { decayAt, makeDecay } from '../state/logarithms.ts'
import { OWN_MAX, type Scratch } from './scratch.ts'

const LOOK_BACK = 200
const RECENT_SCALE = 20_000
const RECENT_DECAY = makeDecay(RECENT_SCALE)

export interface RankQuery {
  /** Item numbers, newest last; only the last 200 are read. */
  readonly items: ArrayLike<number>
  /** Items so far, at least `items.length`. */
  readonly itemCount: number
  /** Number of the session in the index, -1 where it is not in it. */
  readonly session: number
}

export function collectOwnItems(scratch: Scratch, query: RankQuery): void {
  const { ownItem, ownDistance, ownOccurrences } = scratch
  const length = query.items.length
  const steps = Math.min(length, LOOK_BACK)
  let size = 0
  for (let distance = 0; distance < steps; distance++) {
    const item = query.items[length - 1 - distance]
    let r = 0
    while (r < size && ownItem[r] !== item) r++
    if (r < size) ownOccurrences[r]++
    else if (size < OWN_MAX) {
      ownItem[size] = item
      ownDistance[size] = distance
      ownOccurrences[size] = 1
      size++
    }
  }
  scratch.ownSize = size
}

/** Counts of own items, without the shopper's own events where the index already holds them. */
export function countOwnItems(scratch: Scratch, items: Items, view: { eventCount: number; indexed: boolean }): void {
  for (let r = 0; r < scratch.ownSize; r++) {
    const item = scratch.ownItem[r]
    const own = view.indexed ? scratch.ownOccurrences[r] : 0
    scratch.ownEvents[r] = Math.max(0, items.events[item] - own)
    scratch.ownRepeats[r] = Math.max(0, items.repeats[item] - Math.max(0, own - 1))
    scratch.ownRecent[r] = Math.max(0, recentEvents(items, item, view.eventCount) - own)
  }
}

/** Decayed count of an item's recent events, as of now. */
export function recentEvents(items: Items, item: number, eventCount: number): number {
  return items.recent[item] * decayAt(RECENT_DECAY, eventCount - items.recentAt[item])
}
