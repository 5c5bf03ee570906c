/**
 * model/rank/own-items: the shopper's own items, and what the index would know of them without this shopper.
 *
 * In: the items of a session, newest last.
 * Out: distinct items, newest first, with counts less the shopper's own events.
 * Invariant: a session in the index and the same session outside it give the same list.
 */
import type { Items } from '../state/items.ts'
import { decayAt, makeDecay } from '../state/logarithms.ts'
import { NONE } from '../state/chains.ts'
import { OWN_MAX, type Scratch } from './scratch.ts'

const LOOK_BACK = 200
const REPEATING_EVENTS = 4
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
  recallSteps(scratch, query)
}

/** How the session itself went on from its last item before, and how much it repeats. */
function recallSteps(scratch: Scratch, query: RankQuery): void {
  const { items } = query
  const { ownFollowed, ownPreceded } = scratch
  const newest = items.length - 1
  const last = items[newest]
  scratch.second = newest > 0 ? items[newest - 1] : NONE
  scratch.run = 1
  while (scratch.run <= newest && items[newest - scratch.run] === last) scratch.run++
  ownFollowed.fill(0)
  ownPreceded.fill(0)
  scratch.repeating = 0
  if (scratch.ownSize === items.length) return
  const oldest = Math.max(0, items.length - LOOK_BACK)
  for (let at = oldest; at < newest; at++) {
    if (items[at] !== last) continue
    count(scratch, ownFollowed, items[at + 1])
    if (at > oldest) count(scratch, ownPreceded, items[at - 1])
  }
  const from = Math.max(oldest + 1, newest - REPEATING_EVENTS + 1)
  let repeats = 0
  for (let at = from; at <= newest; at++) if (occursBefore(items, oldest, at)) repeats++
  scratch.repeating = repeats / (newest - from + 1)
}

function count(scratch: Scratch, counts: Int32Array, item: number): void {
  for (let r = 0; r < scratch.ownSize; r++) {
    if (scratch.ownItem[r] !== item) continue
    counts[r]++
    return
  }
}

function occursBefore(items: ArrayLike<number>, from: number, at: number): boolean {
  for (let earlier = at - 1; earlier >= from; earlier--) if (items[earlier] === items[at]) return true
  return false
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
