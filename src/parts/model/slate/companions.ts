/**
 * model/slate/companions: products of another article type that go with one.
 *
 * In: an item.
 * Out: items met in the same sessions, and items that match it by gender, usage, season and colour.
 * Invariant: a companion is never of the item's own article type.
 */
import type { Model } from '../model.ts'
import type { ReasonCode } from '../reasons.ts'
import { candidateSlot, MASS, SECOND_VISITS, startQuery, STRIDE, type Scratch } from '../rank/scratch.ts'
import * as C from '../state/catalogue.ts'
import { WEIGHT_CART, WEIGHT_FACTORS, type Chains } from '../state/chains.ts'
import { lnWhole } from '../state/logarithms.ts'
import { createTopList, offerTop } from './top-list.ts'

const EVENTS_WALKED = 100
const WALK = 8
const COMPANIONS_MAX = 100
const COMPLEMENTS_LOOKED_THROUGH = 400
/** Complements of one article type, so that a look is more than watches. */
const PER_TYPE_MAX = 3
/** Complements score below companions that shoppers chose. */
const COMPLEMENT_SCORE = 1e-3

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
  for (let i = 0; i < EVENTS_WALKED && event >= 0; i++, event = chains.sameItem[event]) {
    walk(scratch, chains, event, chains.next)
    walk(scratch, chains, event, chains.previous)
  }
  const type = C.codeOfItem(catalogue, C.ARTICLE_TYPE, item)
  const top = createTopList(COMPANIONS_MAX)
  for (let slot = 0; slot < scratch.candidateCount; slot++) {
    const other = scratch.candidateItem[slot]
    if (other === item || C.stateOf(catalogue, other) !== C.STATE_AVAILABLE) continue
    const otherType = catalogue.codes[C.ARTICLE_TYPE][other]
    if (otherType === type && type !== 0) continue
    offerTop(top, slot, scratch.figures[slot * STRIDE + MASS] / Math.sqrt(items.events[other] + 5))
  }
  return Array.from(top.items.subarray(0, top.size), (slot, i) => {
    const boughtTogether = scratch.figures[slot * STRIDE + SECOND_VISITS] > 0
    const code = boughtTogether ? 'bought_together' : 'viewed_together'
    return { item: scratch.candidateItem[slot], score: top.scores[i], code }
  })
}

function walk(scratch: Scratch, chains: Chains, start: number, links: Int32Array): void {
  const startWeight = chains.weight[start]
  let event = links[start]
  for (let d = 0; d < WALK && event >= 0; d++, event = links[event]) {
    const weight = chains.weight[event]
    const at = candidateSlot(scratch, chains.item[event]) * STRIDE
    scratch.figures[at + MASS] += (WEIGHT_FACTORS[startWeight] * WEIGHT_FACTORS[weight]) / (d + 1)
    if (startWeight >= WEIGHT_CART && weight >= WEIGHT_CART) scratch.figures[at + SECOND_VISITS]++
  }
}

/** Available products of another sub-category that match the item, a few of each article type. */
export function complements(model: Model, item: number): Companion[] {
  const { catalogue } = model
  if (C.stateOf(catalogue, item) === C.STATE_UNKNOWN) return []
  const top = createTopList(COMPLEMENTS_LOOKED_THROUGH)
  const subCategory = catalogue.codes[C.SUB_CATEGORY][item]
  const type = catalogue.codes[C.ARTICLE_TYPE][item]
  for (let other = 0; other < catalogue.state.length; other++) {
    if (catalogue.state[other] !== C.STATE_AVAILABLE || catalogue.codes[C.SUB_CATEGORY][other] === subCategory) continue
    if (catalogue.codes[C.ARTICLE_TYPE][other] === type) continue
    offerTop(top, other, match(model, item, other))
  }
  const perType = new Map<number, number>()
  const found: Companion[] = []
  for (let i = 0; i < top.size && found.length < COMPANIONS_MAX; i++) {
    const otherType = catalogue.codes[C.ARTICLE_TYPE][top.items[i]]
    const count = perType.get(otherType) ?? 0
    if (count >= PER_TYPE_MAX) continue
    perType.set(otherType, count + 1)
    found.push({ item: top.items[i], score: top.scores[i] * COMPLEMENT_SCORE, code: 'completes_look' })
  }
  return found
}

function match(model: Model, item: number, other: number): number {
  const { codes } = model.catalogue
  let score = 0
  if (codes[C.GENDER][item] === codes[C.GENDER][other]) score += 2
  if (codes[C.USAGE][item] === codes[C.USAGE][other]) score += 1
  if (codes[C.SEASON][item] === codes[C.SEASON][other]) score += 0.5
  if (codes[C.BASE_COLOUR][item] === codes[C.BASE_COLOUR][other]) score += 0.25
  return score + lnWhole(model.items.events[other] + 1) / 10
}
