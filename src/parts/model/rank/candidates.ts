/**
 * model/rank/candidates: the products that neighbour sessions met near the shopper's items.
 *
 * In: pairs of an own item and a neighbour session.
 * Out: candidates with their figures and keys; own items are the first candidates.
 * Invariant: every own item is a candidate, whatever the neighbours hold.
 */
import {
  EVENT_SIZE,
  ITEM_MASK,
  itemOf,
  NEXT,
  NONE,
  PREVIOUS,
  SAME_ITEM,
  SESSION,
  WEIGHT_FACTORS,
  WEIGHT_SHIFT,
  type Chains,
} from '../state/chains.ts'
import { decayAt, makeDecay, rarityPower } from '../state/logarithms.ts'
import type { Items } from '../state/items.ts'
import { positionDecay, rarity } from './neighbours.ts'
import * as S from './scratch.ts'
import { candidateSlot, type Scratch } from './scratch.ts'

const FORWARD = Float64Array.of(1, 0.75, 0.6, 0.5, 0.42, 0.36, 0.32, 0.28)
const BACKWARD = Float64Array.of(0.7, 0.5, 0.42, 0.36, 0.32, 0.28, 0.25, 0.22)
const AGE_DECAY = makeDecay(300_000)
/** Sessions away from the neighbours, at most. */
const ROUNDS_MAX = 3
const FRESH_DECAY = makeDecay(40_000)

/** Meets every candidate of the neighbour sessions. */
export function meetCandidates(scratch: Scratch, chains: Chains): void {
  for (let r = 0; r < scratch.ownSize; r++) candidateSlot(scratch, scratch.ownItem[r])
  const met = { r: 0, mass: 0, fresh: 0, similarity: 0, age: 0, bits: 0, weight: 0, pair: false }
  for (let pair = 0; pair < scratch.pairCount; pair++) {
    const event = scratch.pairEvent[pair]
    const neighbour = scratch.pairNeighbour[pair]
    met.r = scratch.pairOwn[pair]
    met.weight = scratch.ownWeight[met.r]
    met.age = chains.count - event
    met.similarity = scratch.similarity[neighbour]
    met.bits = scratch.matched[neighbour]
    met.mass = met.weight * met.similarity * (0.3 + 0.7 * decayAt(AGE_DECAY, met.age))
    met.fresh = decayAt(FRESH_DECAY, met.age)
    met.pair = met.r === 0 && continuesPair(scratch, chains, event)
    if (met.pair) scratch.foundPair++
    walk(scratch, chains, event, met, true)
    walk(scratch, chains, event, met, false)
  }
}

interface Meeting {
  r: number
  mass: number
  fresh: number
  similarity: number
  age: number
  bits: number
  weight: number
  /** The event and the one before it are the shopper's last two items. */
  pair: boolean
}

function continuesPair(scratch: Scratch, chains: Chains, event: number): boolean {
  const previous = chains.events[event * EVENT_SIZE + PREVIOUS]
  return previous >= 0 && itemOf(chains, previous) === scratch.second
}

function walk(scratch: Scratch, { events }: Chains, start: number, met: Meeting, forward: boolean): void {
  const { figures, ages, counts } = scratch
  const link = forward ? NEXT : PREVIOUS
  const decays = forward ? FORWARD : BACKWARD
  const { r, mass, fresh, similarity, age, bits } = met
  const several = (bits & (bits - 1)) !== 0
  const both = (bits & 2) !== 0
  let event = events[start * EVENT_SIZE + link]
  for (let d = 0; d < S.WALK && event >= 0; d++, event = events[event * EVENT_SIZE + link]) {
    const itemAndWeight = events[event * EVENT_SIZE]
    const slot = candidateSlot(scratch, itemAndWeight & ITEM_MASK)
    const at = slot * S.FIGURES
    const gain = mass * decays[d] * WEIGHT_FACTORS[itemAndWeight >>> WEIGHT_SHIFT]
    figures[at + S.MASS] += gain
    if (several) figures[at + S.MASS_MATCHED] += gain
    figures[at + S.MASS_FRESH] += gain * fresh
    if (similarity > figures[at + S.SIMILARITY_MAX]) figures[at + S.SIMILARITY_MAX] = similarity
    const ageAt = slot * S.AGES
    if (age < ages[ageAt + S.AGE_MIN]) ages[ageAt + S.AGE_MIN] = age
    ages[ageAt + S.LINKS] |= 1 << r
    const countAt = slot * S.COUNTS
    if (r === 0) {
      counts[countAt + S.LAST_VISITS]++
      if (both) counts[countAt + S.BOTH_VISITS]++
      if (d === 0) {
        if (forward) {
          counts[countAt + S.LAST_NEXT]++
          if (both) counts[countAt + S.BOTH_NEXT]++
          if (met.pair) counts[countAt + S.PAIR_NEXT]++
        } else counts[countAt + S.LAST_BEFORE]++
      }
    } else if (r === 1) {
      counts[countAt + S.SECOND_VISITS]++
      if (forward && d < 2) counts[countAt + S.SECOND_NEXT]++
    } else figures[at + S.OLDER_MASS] += met.weight * decays[d]
  }
}

/** Sets every candidate's key and the list's largest mass. */
export function weighCandidates(scratch: Scratch, items: Items, lnAllEvents: number): void {
  const { figures, candidateItem, ownSize, key: keys } = scratch
  let largest = 0
  let largestOwn = 0
  for (let slot = 0; slot < scratch.candidateCount; slot++) {
    const events = slot < ownSize ? scratch.ownEvents[slot] : items.events[candidateItem[slot]]
    const key = figures[slot * S.FIGURES + S.MASS] * rarityPower(rarity(lnAllEvents, events))
    keys[slot] = key
    if (slot < ownSize) largestOwn = Math.max(largestOwn, key)
    else if (key > largest) largest = key
  }
  const scale = largest > 0 ? largest : largestOwn > 0 ? largestOwn : 1
  scratch.massMax = scale
  for (let r = 0; r < ownSize; r++) {
    keys[r] += scale * positionDecay(scratch.ownDistance[r])
  }
}

/** Looks one session further from the best candidates, and further still from what that met, until there are enough. */
export function hopFurther(scratch: Scratch, index: HopIndex): void {
  const { key, hop, massMax, candidateCount: near } = scratch
  let from = Math.min(scratch.ownSize, S.SOURCES)
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = scratch.candidateCount
    hopOnce(scratch, index, from)
    if (round === 0) for (let slot = 0; slot < near; slot++) key[slot] += hop[slot] * massMax
    for (let slot = near; slot < scratch.candidateCount; slot++) key[slot] = hop[slot] * massMax
    if (scratch.candidateCount === before || scratch.candidateCount >= scratch.list.length) return
    from = before
  }
}

interface HopIndex {
  readonly chains: Chains
  readonly items: Items
  readonly ownSession: number
}

/** Through sessions of the best candidates from a slot onward, past sessions already walked. */
function hopOnce(scratch: Scratch, index: HopIndex, fromSlot: number): void {
  const seedCount = selectBest(scratch, fromSlot, scratch.seeds)
  const { events } = index.chains
  const { key, sessionMark, query, seedEvents, massMax } = scratch
  chaseSeeds(scratch, index, seedCount)
  for (let i = 0; i < seedCount; i++) {
    const slot = scratch.seeds[i]
    const value = Math.min(1, key[slot] / massMax)
    const share = value / (Math.min(S.SEED_EVENTS, index.items.events[scratch.candidateItem[slot]]) + 3)
    for (let step = 0; step < S.SEED_EVENTS; step++) {
      const event = seedEvents[step * S.SEEDS + i]
      if (event < 0) break
      const session = events[event * EVENT_SIZE + SESSION]
      if (session === index.ownSession || sessionMark[session * 2] === query) continue
      hopFrom(scratch, events, event, share)
    }
  }
}

/** The newest events of every seed, one step of all seeds at a time, so that the processor waits for sixteen at once. */
function chaseSeeds(scratch: Scratch, index: HopIndex, seedCount: number): void {
  const { seeds, seedEvents, candidateItem } = scratch
  const { events } = index.chains
  for (let i = 0; i < seedCount; i++) seedEvents[i] = index.items.head[candidateItem[seeds[i]]]
  for (let step = 1; step < S.SEED_EVENTS; step++) {
    for (let i = 0; i < seedCount; i++) {
      const event = seedEvents[(step - 1) * S.SEEDS + i]
      seedEvents[step * S.SEEDS + i] = event < 0 ? NONE : events[event * EVENT_SIZE + SAME_ITEM]
    }
  }
}

/** Both ways from one event of a seed. */
function hopFrom(scratch: Scratch, events: Int32Array, start: number, share: number): void {
  const { hop } = scratch
  const seed = events[start * EVENT_SIZE] & ITEM_MASK
  let event = events[start * EVENT_SIZE + NEXT]
  for (let d = 0; d < S.SEED_WALK && event >= 0; d++, event = events[event * EVENT_SIZE + NEXT]) {
    const item = events[event * EVENT_SIZE] & ITEM_MASK
    if (item !== seed) hop[candidateSlot(scratch, item)] += share * FORWARD[d]
  }
  event = events[start * EVENT_SIZE + PREVIOUS]
  for (let d = 0; d < S.SEED_WALK && event >= 0; d++, event = events[event * EVENT_SIZE + PREVIOUS]) {
    const item = events[event * EVENT_SIZE] & ITEM_MASK
    if (item !== seed) hop[candidateSlot(scratch, item)] += share * BACKWARD[d]
  }
}

/** Best keys from a slot onward into `out`, best first; ties go to the lower item. @returns how many */
export function selectBest(scratch: Scratch, fromSlot: number, out: Int32Array): number {
  const { key: keys, candidateItem: items, candidateCount, heapKeys } = scratch
  const max = out.length
  let size = 0
  for (let slot = fromSlot; slot < candidateCount; slot++) {
    const key = keys[slot]
    if (size < max) {
      out[size] = slot
      heapKeys[size] = key
      siftUp(scratch, out, size++)
    } else if (key > heapKeys[0] || (key === heapKeys[0] && items[slot] < items[out[0]])) {
      sinkFromTop(scratch, out, { slot, key, size })
    }
  }
  for (let end = size - 1; end > 0; end--) {
    const slot = out[end]
    const key = heapKeys[end]
    out[end] = out[0]
    sinkFromTop(scratch, out, { slot, key, size: end })
  }
  return size
}

/** Both hold the worst of the kept candidates on top, each no better than the two below it. */
function siftUp({ heapKeys, candidateItem: items }: Scratch, heap: Int32Array, from: number): void {
  const slot = heap[from]
  const key = heapKeys[from]
  let at = from
  while (at > 0) {
    const parent = (at - 1) >> 1
    const above = heapKeys[parent]
    if (key > above || (key === above && items[slot] < items[heap[parent]])) break
    heap[at] = heap[parent]
    heapKeys[at] = above
    at = parent
  }
  heap[at] = slot
  heapKeys[at] = key
}

interface Sinking {
  readonly slot: number
  readonly key: number
  readonly size: number
}

/** Puts a candidate where the worst was. */
function sinkFromTop(
  { heapKeys, candidateItem: items }: Scratch,
  heap: Int32Array,
  { slot, key, size }: Sinking,
): void {
  let at = 0
  for (let child = 1; child < size; child = at * 2 + 1) {
    let below = heapKeys[child]
    const next = heapKeys[child + 1]
    if (child + 1 < size && (next < below || (next === below && items[heap[child + 1]] > items[heap[child]]))) {
      child++
      below = next
    }
    if (below > key || (below === key && items[heap[child]] < items[slot])) break
    heap[at] = heap[child]
    heapKeys[at] = below
    at = child
  }
  heap[at] = slot
  heapKeys[at] = key
}
