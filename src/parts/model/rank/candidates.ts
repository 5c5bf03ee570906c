/**
 * model/rank/candidates: the products that neighbour sessions met near the shopper's items.
 *
 * In: pairs of an own item and a neighbour session.
 * Out: candidates with their figures and keys; own items are the first candidates.
 * Invariant: every own item is a candidate, whatever the neighbours hold.
 */
import { WEIGHT_FACTORS, type Chains } from '../state/chains.ts'
import { decayAt, makeDecay, rarityPower } from '../state/logarithms.ts'
import type { Items } from '../state/items.ts'
import { positionDecay, rarity } from './neighbours.ts'
import * as S from './scratch.ts'
import { candidateSlot, type Scratch } from './scratch.ts'

const FORWARD = Float64Array.of(1, 0.75, 0.6, 0.5, 0.42, 0.36, 0.32, 0.28)
const BACKWARD = Float64Array.of(0.7, 0.5, 0.42, 0.36, 0.32, 0.28, 0.25, 0.22)
const AGE_DECAY = makeDecay(300_000)
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
  const previous = chains.previous[event]
  return previous >= 0 && chains.item[previous] === scratch.second
}

function walk(scratch: Scratch, chains: Chains, start: number, met: Meeting, forward: boolean): void {
  const { item, weight } = chains
  const links = forward ? chains.next : chains.previous
  const decays = forward ? FORWARD : BACKWARD
  const figures = scratch.figures
  const { r, mass, fresh, similarity, age, bits } = met
  const several = (bits & (bits - 1)) !== 0
  const both = (bits & 2) !== 0
  let event = links[start]
  for (let d = 0; d < S.WALK && event >= 0; d++, event = links[event]) {
    const at = candidateSlot(scratch, item[event]) * S.STRIDE
    const gain = mass * decays[d] * WEIGHT_FACTORS[weight[event]]
    figures[at + S.MASS] += gain
    if (several) figures[at + S.MASS_MATCHED] += gain
    figures[at + S.MASS_FRESH] += gain * fresh
    if (similarity > figures[at + S.SIMILARITY_MAX]) figures[at + S.SIMILARITY_MAX] = similarity
    if (age < figures[at + S.AGE_MIN]) figures[at + S.AGE_MIN] = age
    figures[at + S.LINKS] |= 1 << r
    if (r === 0) {
      figures[at + S.LAST_VISITS]++
      if (both) figures[at + S.BOTH_VISITS]++
      if (d === 0) {
        if (forward) {
          figures[at + S.LAST_NEXT]++
          if (both) figures[at + S.BOTH_NEXT]++
          if (met.pair) figures[at + S.PAIR_NEXT]++
        } else figures[at + S.LAST_BEFORE]++
      }
    } else if (r === 1) {
      figures[at + S.SECOND_VISITS]++
      if (forward && d < 2) figures[at + S.SECOND_NEXT]++
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
    const key = figures[slot * S.STRIDE + S.MASS] * rarityPower(rarity(lnAllEvents, events))
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

/** Looks one session further from the best candidates, past sessions already walked. */
export function hopOnce(scratch: Scratch, index: { chains: Chains; items: Items; ownSession: number }): void {
  const seedCount = selectBest(scratch, Math.min(scratch.ownSize, S.SOURCES), scratch.seeds)
  const { session, sameItem } = index.chains
  const { key, hop, sessionMark, query } = scratch
  for (let i = 0; i < seedCount; i++) {
    const slot = scratch.seeds[i]
    const seed = scratch.candidateItem[slot]
    const value = Math.min(1, key[slot] / scratch.massMax)
    const share = value / (Math.min(S.SEED_EVENTS, index.items.events[seed]) + 3)
    let event = index.items.head[seed]
    for (let step = 0; step < S.SEED_EVENTS && event >= 0; step++, event = sameItem[event]) {
      const s = session[event]
      if (s === index.ownSession || sessionMark[s * 2] === query) continue
      hopWalk(scratch, index.chains, event, share, true)
      hopWalk(scratch, index.chains, event, share, false)
    }
  }
  for (let slot = 0; slot < scratch.candidateCount; slot++) key[slot] += hop[slot] * scratch.massMax
}

function hopWalk(scratch: Scratch, chains: Chains, start: number, share: number, forward: boolean): void {
  const { item } = chains
  const links = forward ? chains.next : chains.previous
  const decays = forward ? FORWARD : BACKWARD
  const seed = item[start]
  let event = links[start]
  for (let d = 0; d < S.SEED_WALK && event >= 0; d++, event = links[event]) {
    if (item[event] === seed) continue
    scratch.hop[candidateSlot(scratch, item[event])] += share * decays[d]
  }
}

/** Best keys from a slot onward into `out`, best first; ties go to the lower item. @returns how many */
export function selectBest(scratch: Scratch, fromSlot: number, out: Int32Array): number {
  const { key: keys, candidateItem, candidateCount } = scratch
  const max = out.length
  let size = 0
  let worstKey = 0
  for (let slot = fromSlot; slot < candidateCount; slot++) {
    const key = keys[slot]
    if (size < max) {
      out[size++] = slot
      siftUp(scratch, out, size - 1)
      worstKey = keys[out[0]]
    } else if (key > worstKey || (key === worstKey && candidateItem[slot] < candidateItem[out[0]])) {
      out[0] = slot
      siftDown(scratch, out, size)
      worstKey = keys[out[0]]
    }
  }
  for (let end = size - 1; end > 0; end--) {
    const worst = out[0]
    out[0] = out[end]
    out[end] = worst
    siftDown(scratch, out, end)
  }
  return size
}

function isWorse(scratch: Scratch, a: number, b: number): boolean {
  const keyA = scratch.key[a]
  const keyB = scratch.key[b]
  return keyA < keyB || (keyA === keyB && scratch.candidateItem[a] > scratch.candidateItem[b])
}

function siftUp(scratch: Scratch, heap: Int32Array, from: number): void {
  let at = from
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!isWorse(scratch, heap[at], heap[parent])) return
    const slot = heap[at]
    heap[at] = heap[parent]
    heap[parent] = slot
    at = parent
  }
}

function siftDown(scratch: Scratch, heap: Int32Array, size: number): void {
  let at = 0
  for (;;) {
    let child = at * 2 + 1
    if (child >= size) return
    if (child + 1 < size && isWorse(scratch, heap[child + 1], heap[child])) child++
    if (!isWorse(scratch, heap[child], heap[at])) return
    const slot = heap[at]
    heap[at] = heap[child]
    heap[child] = slot
    at = child
  }
}
