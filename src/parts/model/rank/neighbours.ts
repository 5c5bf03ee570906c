/**
 * model/rank/neighbours: sessions that hold the shopper's items.
 *
 * In: own items, newest first, and the index.
 * Out: for each own item up to 100 sessions, fewer for older items, newest first, each with its newest event of that item.
 * Invariant: the shopper's own session is never its own neighbour.
 */
import { EVENT_SIZE, SAME_ITEM, SESSION, type Chains } from '../state/chains.ts'
import type { Items } from '../state/items.ts'
import { lnWhole } from '../state/logarithms.ts'
import { NEIGHBOURS, SOURCES, type Scratch } from './scratch.ts'

/** Neighbour sessions looked for per own item, the newest first: older ones say less, and a list has to cost the same in a large shop. */
const NEIGHBOURS_OF = Int32Array.of(NEIGHBOURS, 40, 25, 16, 12, 8, 8, 8, 8, 8)
/** Events of an item looked at for each neighbour wanted, since several may be of one session. */
const HOPS_PER_NEIGHBOUR = 4
const POSITION_DECAY = 0.75
const POSITION_DECAYS = Float64Array.from({ length: 256 }, (_, distance) => POSITION_DECAY ** distance)
const RARITY_FLOOR = 0.5

export function positionDecay(distance: number): number {
  return POSITION_DECAYS[distance & 255]
}

/** Rarity of an item with so many events; the log of all events + 1 is made once a query. */
export function rarity(lnAllEvents: number, events: number): number {
  return Math.max(RARITY_FLOOR, lnAllEvents - lnWhole(events + 5)) / 10
}

export function findNeighbours(scratch: Scratch, index: NeighbourIndex): void {
  const sources = Math.min(scratch.ownSize, SOURCES)
  scratch.found.fill(0)
  for (let r = 0; r < sources; r++) {
    const weight = positionDecay(scratch.ownDistance[r]) * Math.sqrt(rarity(index.lnAllEvents, scratch.ownEvents[r]))
    scratch.ownWeight[r] = weight
    scratch.found[r] = walkItem(scratch, index, r)
  }
}

export interface NeighbourIndex {
  readonly chains: Chains
  readonly items: Items
  readonly lnAllEvents: number
  readonly ownSession: number
}

function walkItem(scratch: Scratch, index: NeighbourIndex, r: number): number {
  const { events } = index.chains
  const { sessionMark, matched, similarity, pairOwn, pairEvent, pairNeighbour, query } = scratch
  const weight = scratch.ownWeight[r]
  const bit = 1 << r
  const most = NEIGHBOURS_OF[r]
  const hopsMax = most * HOPS_PER_NEIGHBOUR
  let found = 0
  let event = index.items.head[scratch.ownItem[r]]
  for (
    let hop = 0;
    event >= 0 && hop < hopsMax && found < most;
    hop++, event = events[event * EVENT_SIZE + SAME_ITEM]
  ) {
    const s = events[event * EVENT_SIZE + SESSION]
    if (s === index.ownSession) continue
    let slot: number
    if (sessionMark[s * 2] === query) {
      slot = sessionMark[s * 2 + 1]
      if ((matched[slot] & bit) !== 0) continue
    } else {
      slot = scratch.neighbourCount++
      sessionMark[s * 2] = query
      sessionMark[s * 2 + 1] = slot
      matched[slot] = 0
      similarity[slot] = 0
    }
    if (r === 1 && (matched[slot] & 1) !== 0) scratch.foundBoth++
    matched[slot] |= bit
    similarity[slot] += weight
    const pair = scratch.pairCount++
    pairOwn[pair] = r
    pairEvent[pair] = event
    pairNeighbour[pair] = slot
    found++
  }
  return found
}
