/**
 * model/slate/product-lists: products to show beside a product.
 *
 * In: a product id.
 * Out: products like it, and products of another article type that go with it.
 * Invariant: by likeness where nobody has clicked yet; the product itself and its style never appear.
 */
import type { Model } from '../model.ts'
import type { Recommendation } from '../reasons.ts'
import { gatherList } from '../rank/rank.ts'
import { FIGURES, MASS } from '../rank/scratch.ts'
import { codeOfItem, GENDER, STATE_UNKNOWN, stateOf } from '../state/catalogue.ts'
import { NONE } from '../state/chains.ts'
import { findItem } from '../state/items.ts'
import { complements, coVisited } from './companions.ts'
import { fillFromShop } from './fill.ts'
import { likeness, mostAlike } from './likeness.ts'
import { isFull, offer, startSlate, type Slate } from './slate.ts'
import { createTopList, offerTop, sortTop } from './top-list.ts'

const LOOKED_THROUGH = 300
/** Weight of being viewed in the same sessions, beside a likeness of 0 to 1. */
const VIEWED_WEIGHT = 0.8
/** A product of another kind needs more than clicks to be called similar. */
const LIKENESS_LEAST = 0.3

/** Products like this one, by attributes and by who views both. */
export function similar(model: Model, productId: string, limit: number): readonly Recommendation[] {
  const item = findItem(model.items, productId)
  const slate = slateBeside(model, item, limit)
  if (item !== NONE) {
    const viewed = viewedWith(model, item)
    const known = stateOf(model.catalogue, item) !== STATE_UNKNOWN
    const alike = mostAlike(model, item)
    const scores = new Map<number, number>()
    for (let i = 0; i < alike.size; i++) scores.set(alike.items[i], alike.scores[i])
    for (const other of viewed.keys()) if (!scores.has(other)) scores.set(other, likeness(model, item, other))
    const top = createTopList(LOOKED_THROUGH)
    for (const [other, like] of scores) {
      if (known && like < LIKENESS_LEAST) continue
      offerTop(top, other, like + VIEWED_WEIGHT * (viewed.get(other) ?? 0))
    }
    sortTop(top)
    for (let i = 0; i < top.size && !isFull(slate); i++) {
      const other = top.items[i]
      const code = viewed.has(other) ? 'viewed_together' : 'similar_style'
      offer(slate, other, top.scores[i], { code, params: { product_id: productId } })
    }
  }
  fillFromShop(slate)
  return slate.picks
}

/** Share of the strongest neighbour's mass, 0 to 1, for items viewed in the same sessions. */
function viewedWith(model: Model, item: number): Map<number, number> {
  const size = gatherList(model, { items: [item], itemCount: 1, session: NONE })
  const { scratch } = model
  const viewed = new Map<number, number>()
  for (let i = 0; i < size; i++) {
    const slot = scratch.list[i]
    const mass = scratch.figures[slot * FIGURES + MASS]
    if (slot >= scratch.ownSize && mass > 0)
      viewed.set(scratch.candidateItem[slot], Math.min(1, mass / scratch.massMax))
  }
  return viewed
}

/** Products of another article type, bought or viewed with this one; else what completes the look. */
export function goesWith(model: Model, productId: string, limit: number): readonly Recommendation[] {
  const item = findItem(model.items, productId)
  const slate = slateBeside(model, item, limit)
  if (item !== NONE) offerCompanions(slate, item)
  if (slate.picks.length === 0) fillFromShop(slate)
  return slate.picks
}

/** Offers what goes with an item; what only matches it is looked for where shoppers leave places. */
function offerCompanions(slate: Slate, item: number): void {
  const { model } = slate
  const params = { product_id: model.items.productIds[item] }
  for (const find of [coVisited, complements]) {
    if (isFull(slate)) return
    for (const { item: other, score, code } of find(model, item)) offer(slate, other, score, { code, params })
  }
}

function slateBeside(model: Model, item: number, limit: number): Slate {
  const excluded = new Set(item === NONE ? [] : [item])
  const gender = item === NONE ? 0 : codeOfItem(model.catalogue, GENDER, item)
  const isUnisex = model.catalogue.values[GENDER][gender] === 'Unisex'
  return startSlate(model, { limit, excluded, gender: isUnisex ? 0 : gender })
}
