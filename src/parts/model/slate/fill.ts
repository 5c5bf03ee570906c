/**
 * model/slate/fill: products for the places that nothing personal fills.
 *
 * In: a slate that is not full, and the items it should resemble.
 * Out: the slate, filled by likeness, then trend, then popularity, then launch.
 * Invariant: never empty while the catalogue holds anything to sell.
 */
import type { Model } from '../model.ts'
import type { Reason } from '../reasons.ts'
import { STATE_AVAILABLE } from '../state/catalogue.ts'
import { mostAlike } from './likeness.ts'
import { risingReasons } from './rising.ts'
import { newestItems, passingItems } from './shop-lists.ts'
import { isNewcomer } from './explore.ts'
import type { Suits } from './fit.ts'
import { isFull, offer, startSlate, type Slate } from './slate.ts'

/** Newest items whose likes are looked for. */
const LIKED_MAX = 3
/** Fallbacks score below everything chosen for the shopper. */
const FALLBACK_SCORE = 1e-4
const POPULAR: Reason = { code: 'popular', params: {} }
const NEW_IN: Reason = { code: 'new_in', params: {} }

/** What suits the shopper first, then what fits the gender of the visit, then anything. */
export function fillSlate(slate: Slate, like: readonly number[], suits: Suits | null): void {
  if (suits !== null) {
    slate.suits = suits
    fillOnce(slate, like)
    slate.suits = null
  }
  fillOnce(slate, like)
  if (slate.gender === 0) return
  slate.gender = 0
  fillOnce(slate, like)
}

function fillOnce(slate: Slate, like: readonly number[]): void {
  fillByLikeness(slate, like)
  fillFromShop(slate)
}

function fillByLikeness(slate: Slate, like: readonly number[]): void {
  const { model } = slate
  for (const item of newestFirst(like, LIKED_MAX)) {
    if (isFull(slate)) return
    const alike = mostAlike(model, item)
    const reason = { code: 'similar_style', params: { product_id: model.items.productIds[item] } } as const
    // Newcomers have places of their own; beyond those they come last.
    for (const isNew of [false, true]) {
      for (let i = 0; i < alike.size && !isFull(slate); i++) {
        if (isNewcomer(model, alike.items[i]) !== isNew) continue
        offer(slate, alike.items[i], alike.scores[i] * FALLBACK_SCORE, reason)
      }
    }
  }
}

function newestFirst(items: readonly number[], max: number): number[] {
  const distinct: number[] = []
  for (let i = items.length - 1; i >= 0 && distinct.length < max; i--) {
    if (!distinct.includes(items[i])) distinct.push(items[i])
  }
  return distinct
}

/** Trend first where attention is credibly above the usual, then what is popular, then what is new. */
export function fillFromShop(slate: Slate): void {
  if (isFull(slate)) return
  const { trending, popular } = passingItems(slate.model)
  const reasonFor = risingReasons(slate.model)
  for (let i = 0; i < trending.items.length && !isFull(slate) && trending.scores[i] > 1; i++) {
    const item = trending.items[i]
    offerFallback(slate, item, reasonFor(item))
  }
  for (let i = 0; i < popular.items.length && !isFull(slate); i++) offerFallback(slate, popular.items[i], POPULAR)
  if (isFull(slate)) return
  for (const item of newestItems(slate.model).items) offerFallback(slate, item, NEW_IN)
}

function offerFallback(slate: Slate, item: number, reason: Reason): void {
  offer(slate, item, FALLBACK_SCORE / (2 + slate.picks.length), reason)
}

/** A slate that shows anything the shop sells, for a shopper whom the rules would leave with nothing. */
export function anythingAtAll(model: Model, limit: number): Slate {
  const slate = startSlate(model, { limit, excluded: new Set(), gender: 0 })
  fillFromShop(slate)
  const { state } = model.catalogue
  for (let item = 0; item < state.length && !isFull(slate); item++) {
    if (state[item] === STATE_AVAILABLE) offerFallback(slate, item, POPULAR)
  }
  return slate
}
