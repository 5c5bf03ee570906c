/**
 * model/rank/features: what the ranker sees of each candidate, 69 numbers.
 *
 * In: a list of candidates with their figures, counts of items, embeddings.
 * Out: float32[list, 69]; groups: neighbours 0-26, item 27-31, own 32-50, second hop 51-53, embeddings 54-57, list 58-62,
 *   steps 63-68.
 * Invariant: every number is finite, and the same whether or not the index holds the shopper's session.
 */
import type { Chains } from '../state/chains.ts'
import type { Embeddings } from '../state/embeddings.ts'
import { DIMENSIONS } from '../state/embeddings.ts'
import type { Items } from '../state/items.ts'
import { stepsBetween } from '../state/steps.ts'
import { lnAge, lnPlusOne, lnWhole } from '../state/logarithms.ts'
import { FEATURES } from './feature-names.ts'
import { recentEvents, type RankQuery } from './own-items.ts'
import * as S from './scratch.ts'
import type { Scratch } from './scratch.ts'

const OWN_AT = 32
const HOP_AT = 51
const EMBEDDING_AT = 54
const LIST_AT = 58
const STEPS_AT = 63
const LARGEST_RATIO = 5
const SMALLEST_SHARE = 0.001
const CONTEXT_EVENTS = 8
const CONTEXT_DECAYS = Float64Array.from({ length: CONTEXT_EVENTS }, (_, j) => 0.7 ** j)

export interface FeatureView {
  readonly items: Items
  readonly chains: Chains
  readonly embeddings: Embeddings
  readonly query: RankQuery
}

/** The same for every candidate of one list. */
interface ListFacts {
  readonly padded0: number
  readonly padded1: number
  readonly paddedBoth: number
  readonly sources: number
  readonly lnItems: number
  readonly spread: number
  readonly lnNeighbours: number
  readonly lastRepeated: number
  readonly lnLast: number
}

export function lastRepeated(scratch: Scratch): number {
  return scratch.ownOccurrences[0] > 1 ? 1 : 0
}

export function fillFeatures(scratch: Scratch, view: FeatureView): void {
  const itemCount = view.query.itemCount
  const facts: ListFacts = {
    padded0: scratch.found[0] + 4,
    padded1: scratch.found[1] + 4,
    paddedBoth: scratch.foundBoth + 2,
    sources: Math.min(10, scratch.ownSize),
    lnItems: lnWhole(itemCount) / 3,
    spread: 1 - scratch.ownSize / Math.min(itemCount, 200),
    lnNeighbours: lnWhole(scratch.found[0] + 2) / 5,
    lastRepeated: lastRepeated(scratch),
    lnLast: lnWhole(scratch.ownEvents[0] + 1) / 8,
  }
  fillContext(scratch, view)
  for (let rank = 0; rank < scratch.listSize; rank++) {
    const slot = scratch.list[rank]
    const own = slot < scratch.ownSize
    const item = scratch.candidateItem[slot]
    const events = own ? scratch.ownEvents[slot] : view.items.events[item]
    neighbourFeatures(scratch, rank, events, facts)
    itemFeatures(scratch, rank, view, events)
    if (own) ownFeatures(scratch, rank, facts, events)
    else clearOwnFeatures(scratch.features, rank)
    listFeatures(scratch, rank, facts)
  }
  embeddingFeatures(scratch, view)
  stepFeatures(scratch, view, massOfList(scratch))
}

function neighbourFeatures(scratch: Scratch, rank: number, events: number, facts: ListFacts): void {
  const { figures, ages, counts, features: f } = scratch
  const slot = scratch.list[rank]
  const c = slot * S.FIGURES
  const n = slot * S.COUNTS
  const at = rank * FEATURES
  const strength = Math.min(LARGEST_RATIO, figures[c + S.MASS] / scratch.massMax)
  const visits = counts[n + S.LAST_VISITS]
  const next = counts[n + S.LAST_NEXT]
  const before = counts[n + S.LAST_BEFORE]
  const age = Math.min(S.AGE_NEVER, ages[slot * S.AGES + S.AGE_MIN])
  f[at] = strength
  f[at + 1] = Math.sqrt(strength)
  f[at + 2] = lnPlusOne(10 * figures[c + S.MASS]) / 4
  f[at + 3] = 1 / (1 + rank)
  f[at + 4] = lnWhole(rank + 1) / 4
  f[at + 5] = visits / facts.padded0
  f[at + 6] = next / facts.padded0
  f[at + 7] = before / facts.padded0
  f[at + 8] = lnWhole(visits + 1) / 3
  f[at + 9] = lnWhole(next + 1) / 2
  f[at + 10] = lnWhole(before + 1) / 2
  f[at + 11] = visits / Math.sqrt((events + 3) * facts.padded0)
  f[at + 12] = counts[n + S.SECOND_VISITS] / facts.padded1
  f[at + 13] = counts[n + S.SECOND_NEXT] / facts.padded1
  f[at + 14] = lnWhole(counts[n + S.SECOND_VISITS] + 1) / 3
  f[at + 15] = lnPlusOne(figures[c + S.OLDER_MASS]) / 2
  f[at + 16] = figures[c + S.SIMILARITY_MAX] / 2
  f[at + 17] = lnAge(age + 1) / 14
  f[at + 18] = age === S.AGE_NEVER ? 1 : 0
  f[at + 19] = Math.min(LARGEST_RATIO, figures[c + S.MASS_MATCHED] / scratch.massMax)
  f[at + 20] = Math.min(LARGEST_RATIO, figures[c + S.MASS_FRESH] / scratch.massMax)
  f[at + 21] = bitCount(ages[slot * S.AGES + S.LINKS]) / facts.sources
  f[at + 22] = counts[n + S.BOTH_VISITS] / facts.paddedBoth
  f[at + 23] = counts[n + S.BOTH_NEXT] / facts.paddedBoth
  f[at + 24] = lnWhole(counts[n + S.BOTH_VISITS] + 1) / 2
  f[at + 25] = visits / (events + 3)
  f[at + 26] = next / (events + 3)
}

function itemFeatures(scratch: Scratch, rank: number, view: FeatureView, events: number): void {
  const slot = scratch.list[rank]
  const own = slot < scratch.ownSize
  const item = scratch.candidateItem[slot]
  const recent = own ? scratch.ownRecent[slot] : recentEvents(view.items, item, view.chains.count)
  const repeats = own ? scratch.ownRepeats[slot] : view.items.repeats[item]
  const f = scratch.features
  const at = rank * FEATURES + 27
  f[at] = lnWhole(events + 1) / 8
  f[at + 1] = lnPlusOne(3 * recent) / 4
  f[at + 2] = (lnPlusOne(5 * recent) - lnWhole(events + 5)) / 4
  f[at + 3] = repeats / (events + 5)
  f[at + 4] = own ? 0 : lnAge(view.chains.count - view.items.head[item] + 1) / 14
}

/** A loop, since a call of `fill` costs more than so few numbers. */
function clearOwnFeatures(features: Float32Array, rank: number): void {
  const end = rank * FEATURES + HOP_AT
  for (let at = rank * FEATURES + OWN_AT; at < end; at++) features[at] = 0
}

function ownFeatures(scratch: Scratch, rank: number, facts: ListFacts, events: number): void {
  const r = scratch.list[rank]
  const f = scratch.features
  const at = rank * FEATURES + OWN_AT
  f[at] = 1
  f[at + 1] = r === 0 ? 1 : 0
  f[at + 2] = r === 1 ? 1 : 0
  f[at + 3] = 1 / (1 + scratch.ownDistance[r])
  f[at + 4] = 1 / (1 + r)
  f[at + 5] = lnWhole(scratch.ownOccurrences[r])
  f[at + 6] = f[rank * FEATURES]
  f[at + 7] = (2 * scratch.ownRepeats[r]) / (events + 5)
  f[at + 8] = facts.lnItems
  f[at + 9] = facts.spread
  f[at + 10] = facts.lastRepeated
  f[at + 11] = r === 0 ? facts.lastRepeated : 0
  f[at + 12] = r === 1 ? facts.lastRepeated : 0
  f[at + 13] = scratch.ownFollowed[r] > 0 ? 1 : 0
  f[at + 14] = scratch.ownPreceded[r] > 0 ? 1 : 0
  f[at + 15] = scratch.ownFollowed[r] / scratch.ownOccurrences[0]
  f[at + 16] = scratch.run > 1 ? 1 : 0
  f[at + 17] = r === 0 ? lnWhole(scratch.run) : 0
  f[at + 18] = scratch.repeating
}

/** What followed the last two items over the whole log, and in neighbour sessions that came the same way. */
function stepFeatures(scratch: Scratch, view: FeatureView, massSum: number): void {
  const { steps } = view.chains
  const { features: f, second } = scratch
  const last = scratch.ownItem[0]
  for (let rank = 0; rank < scratch.listSize; rank++) {
    const slot = scratch.list[rank]
    const item = scratch.candidateItem[slot]
    const isOwn = slot < scratch.ownSize
    const mine = isOwn && view.query.session >= 0
    const followed = Math.max(0, stepsBetween(steps, last, item) - (mine ? scratch.ownFollowed[slot] : 0))
    const pairNext = scratch.counts[slot * S.COUNTS + S.PAIR_NEXT]
    const at = rank * FEATURES + STEPS_AT
    f[at] = followed / (scratch.ownEvents[0] + 3)
    f[at + 1] = lnWhole(followed + 1) / 3
    f[at + 2] = second < 0 || isOwn ? 0 : lnWhole(stepsBetween(steps, second, item) + 1) / 3
    f[at + 3] = pairNext / (scratch.foundPair + 1)
    f[at + 4] = lnWhole(pairNext + 1) / 2
    f[at + 5] = Math.log(scratch.figures[slot * S.FIGURES + S.MASS] / massSum + SMALLEST_SHARE)
  }
}

function massOfList(scratch: Scratch): number {
  let sum = 0
  for (let rank = 0; rank < scratch.listSize; rank++) sum += scratch.figures[scratch.list[rank] * S.FIGURES + S.MASS]
  return sum > 0 ? sum : 1
}

function listFeatures(scratch: Scratch, rank: number, facts: ListFacts): void {
  const { features: f } = scratch
  const slot = scratch.list[rank]
  const at = rank * FEATURES
  const hop = Math.min(LARGEST_RATIO, scratch.hop[slot])
  f[at + HOP_AT] = hop
  f[at + HOP_AT + 1] = lnPlusOne(50 * hop) / 2
  f[at + HOP_AT + 2] = Math.sqrt(Math.min(LARGEST_RATIO, scratch.key[slot] / scratch.massMax))
  f[at + LIST_AT] = facts.lnItems
  f[at + LIST_AT + 1] = facts.spread
  f[at + LIST_AT + 2] = facts.lnNeighbours
  f[at + LIST_AT + 3] = facts.lastRepeated
  f[at + LIST_AT + 4] = facts.lnLast
}

function fillContext(scratch: Scratch, view: FeatureView): void {
  const own = view.query.items
  const { context } = scratch
  const count = Math.min(CONTEXT_EVENTS, own.length)
  context.fill(0)
  let total = 0
  for (let j = 0; j < count; j++) {
    const from = own[own.length - 1 - j] * DIMENSIONS
    const weight = CONTEXT_DECAYS[j]
    total += weight
    for (let d = 0; d < DIMENSIONS; d++) context[d] += weight * view.embeddings.input[from + d]
  }
  for (let d = 0; d < DIMENSIONS; d++) context[d] /= total
}

function embeddingFeatures(scratch: Scratch, view: FeatureView): void {
  const { input, output } = view.embeddings
  const { context, lastInput, lastOutput, features: f } = scratch
  const last = scratch.ownItem[0] * DIMENSIONS
  let lastSquares = 1e-9
  for (let d = 0; d < DIMENSIONS; d++) {
    lastInput[d] = input[last + d]
    lastOutput[d] = output[last + d]
    lastSquares += lastOutput[d] * lastOutput[d]
  }
  for (let rank = 0; rank < scratch.listSize; rank++) {
    const from = scratch.candidateItem[scratch.list[rank]] * DIMENSIONS
    let byContext = 0
    let byLast = 0
    let both = 0
    let squares = 1e-9
    for (let d = 0; d < DIMENSIONS; d++) {
      const x = output[from + d]
      byContext += context[d] * x
      byLast += lastInput[d] * x
      both += lastOutput[d] * x
      squares += x * x
    }
    const at = rank * FEATURES + EMBEDDING_AT
    f[at] = byContext / 4
    f[at + 1] = byLast / 4
    f[at + 2] = both / Math.sqrt(lastSquares * squares)
    scratch.scores[rank] = byContext
  }
  expectFeature(scratch)
}

/** The root of what the embeddings alone would expect of each candidate: a softmax over the list. */
function expectFeature(scratch: Scratch): void {
  const { scores, listSize, features } = scratch
  let best = -Infinity
  for (let rank = 0; rank < listSize; rank++) if (scores[rank] > best) best = scores[rank]
  let total = 0
  for (let rank = 0; rank < listSize; rank++) total += scores[rank] = Math.exp(scores[rank] - best)
  for (let rank = 0; rank < listSize; rank++) {
    features[rank * FEATURES + EMBEDDING_AT + 3] = Math.sqrt(scores[rank] / total)
  }
}

function bitCount(bits: number): number {
  let n = bits
  n -= (n >> 1) & 0x55555555
  n = (n & 0x33333333) + ((n >> 2) & 0x33333333)
  return (((n + (n >> 4)) & 0x0f0f0f0f) * 0x01010101) >> 24
}
