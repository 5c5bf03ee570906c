/**
 * model/slate/companions: products of another article type that go with one.
 *
 * In: an item.
 * Out: items met in the same sessions, and items that match it by gender, usage, season and colour.
 * Invariant: a companion is never of the item's own article type.
 */
import { UNISEX } from '../../event/product.ts'
import type { Model } from '../model.ts'
import type { ReasonCode } from '../reasons.ts'
import { candidateSlot, COUNTS, FIGURES, MASS, SECOND_VISITS, startQuery, type Scratch } from '../rank/scratch.ts'
import * as C from '../state/catalogue.ts'
import {
  EVENT_SIZE,
  itemOf,
  NEXT,
  PREVIOUS,
  SAME_ITEM,
  WEIGHT_CART,
  WEIGHT_FACTORS,
  weightOf,
  type Chains,
} from '../state/chains.ts'
import { lnWhole } from '../state/logarithms.ts'
import { createTopList, offerTop, sortTop, type TopList } from './top-list.ts'

const EVENTS_WALKED = 100
const WALK = 8
const COMPANIONS_MAX = 100
/** Complements looked through of one article type and gender, the newest, and in all. */
const PAIR_LOOKED_THROUGH = 64
const LOOKED_THROUGH_MAX = 16_384
/** Complements of one article type, so that a look is more than watches. */
const PER_TYPE_MAX = 3
/** Complements score below companions that shoppers chose. */
const COMPLEMENT_SCORE = 1e-3
/** Score of a product that shares nothing with the item. */
const LEAST_MATCH = 1e-6

export interface Companion {
  readonly item: number
  readonly score: number
  readonly code: ReasonCode
}

/** Items of another article type from the newest sessions that hold the item. */
export function coVisited(model: Model, item: number): Companion[] {
  const { chains, items, catalogue, scratch } = model
  startQuery(scratch, items.productIds.length, chains.sessionCount)
  let event = items.head[item]
  for (let i = 0; i < EVENTS_WALKED && event >= 0; i++, event = chains.events[event * EVENT_SIZE + SAME_ITEM]) {
    walk(scratch, chains, event, NEXT)
    walk(scratch, chains, event, PREVIOUS)
  }
  const type = C.codeOfItem(catalogue, C.ARTICLE_TYPE, item)
  const top = createTopList(COMPANIONS_MAX)
  for (let slot = 0; slot < scratch.candidateCount; slot++) {
    const other = scratch.candidateItem[slot]
    if (other === item || C.stateOf(catalogue, other) !== C.STATE_AVAILABLE) continue
    const otherType = catalogue.codes[C.ARTICLE_TYPE][other]
    if (otherType === type && type !== 0) continue
    offerTop(top, slot, scratch.figures[slot * FIGURES + MASS] / Math.sqrt(items.events[other] + 5))
  }
  sortTop(top)
  return Array.from(top.items.subarray(0, top.size), (slot, i) => {
    const boughtTogether = scratch.counts[slot * COUNTS + SECOND_VISITS] > 0
    const code = boughtTogether ? 'bought_together' : 'viewed_together'
    return { item: scratch.candidateItem[slot], score: top.scores[i], code }
  })
}

function walk(scratch: Scratch, chains: Chains, start: number, link: number): void {
  const { figures, counts } = scratch
  const startWeight = weightOf(chains, start)
  let event = chains.events[start * EVENT_SIZE + link]
  for (let d = 0; d < WALK && event >= 0; d++, event = chains.events[event * EVENT_SIZE + link]) {
    const weight = weightOf(chains, event)
    const slot = candidateSlot(scratch, itemOf(chains, event))
    figures[slot * FIGURES + MASS] += (WEIGHT_FACTORS[startWeight] * WEIGHT_FACTORS[weight]) / (d + 1)
    if (startWeight >= WEIGHT_CART && weight >= WEIGHT_CART) counts[slot * COUNTS + SECOND_VISITS]++
  }
}

/** Available products of another sub-category that match the item, a few of each article type, its gender first. */
export function complements(model: Model, item: number): Companion[] {
  const { catalogue } = model
  if (C.stateOf(catalogue, item) === C.STATE_UNKNOWN) return []
  const type = catalogue.codes[C.ARTICLE_TYPE][item]
  const order = gendersFirst(catalogue, catalogue.codes[C.GENDER][item])
  const top = createTopList(COMPANIONS_MAX)
  const search: Search = { ofType: createTopList(PER_TYPE_MAX), matches: matchesTo(model, item), looked: 0 }
  for (let other = 0; other < catalogue.paired.length && search.looked < LOOKED_THROUGH_MAX; other++) {
    const genders = catalogue.paired[other]
    if (other === type || genders === undefined) continue
    search.ofType.size = 0
    for (let i = 0; i < order.length && search.ofType.size < PER_TYPE_MAX; i++) {
      if (order[i] < genders.length) lookThrough(search, genders[order[i]])
    }
    const { items, scores, size } = search.ofType
    for (let i = 0; i < size; i++) offerTop(top, items[i], scores[i])
  }
  sortTop(top)
  return Array.from(top.items.subarray(0, top.size), (other, i) => {
    return { item: other, score: top.scores[i] * COMPLEMENT_SCORE, code: 'completes_look' }
  })
}

/** Codes of genders: this one, what fits all, what is not said, then the others. */
function gendersFirst(catalogue: C.Catalogue, gender: number): readonly number[] {
  const forAll = catalogue.codeOf[C.GENDER].get(UNISEX) ?? 0
  return [...new Set([gender, forAll, 0, ...catalogue.values[C.GENDER].keys()])]
}

interface Search {
  readonly ofType: TopList
  readonly matches: (other: number) => number
  looked: number
}

function lookThrough(search: Search, items: readonly number[]): void {
  const { ofType, matches } = search
  const end = Math.max(0, items.length - PAIR_LOOKED_THROUGH)
  for (let i = items.length - 1; i >= end; i--) {
    const score = matches(items[i])
    if (score > 0) offerTop(ofType, items[i], score)
  }
  search.looked += items.length - end
}

/** How well catalogue items go with one of them; 0 for what cannot be shown beside it. */
function matchesTo(model: Model, item: number): (other: number) => number {
  const { codes, state } = model.catalogue
  const { events } = model.items
  const subCategories = codes[C.SUB_CATEGORY]
  const genders = codes[C.GENDER]
  const usages = codes[C.USAGE]
  const seasons = codes[C.SEASON]
  const colours = codes[C.BASE_COLOUR]
  const subCategory = subCategories[item]
  const gender = genders[item]
  const usage = usages[item]
  const season = seasons[item]
  const colour = colours[item]
  return (other) => {
    if (state[other] !== C.STATE_AVAILABLE || subCategories[other] === subCategory) return 0
    let score = LEAST_MATCH
    if (genders[other] === gender) score += 2
    if (usages[other] === usage) score += 1
    if (seasons[other] === season) score += 0.5
    if (colours[other] === colour) score += 0.25
    return score + lnWhole(events[other] + 1) / 10
  }
}
