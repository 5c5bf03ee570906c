/**
 * model/slate/cart: what to suggest beside a cart.
 *
 * In: a visitor key.
 * Out: what goes with the newest things in the cart and what the ranker expects after them, taken in turn.
 * Invariant: an empty cart gets the visitor's home slate; never what is in the cart or was just bought.
 */
import type { Model } from '../model.ts'
import type { Recommendation } from '../reasons.ts'
import { fillSlate } from './fill.ts'
import { contextOf, excludedItems, rankedItems, recommend, type RankedItem } from './home.ts'
import { companionsOf } from './product-lists.ts'
import { genderOf, isFull, offer, startSlate } from './slate.ts'

/** Newest things in the cart that companions are looked for. */
const CART_LOOKED_AT = 3

export function cartSuggestions(model: Model, visitorKey: string, limit: number): readonly Recommendation[] {
  const session = model.sessions.get(visitorKey)
  if (session === undefined || session.cart.length === 0) return recommend(model, visitorKey, { limit })
  const newest = session.cart.slice(-CART_LOOKED_AT).reverse()
  const queues: RankedItem[][] = newest.map((inCart) => {
    const params = { product_id: model.items.productIds[inCart] }
    return companionsOf(model, inCart).map(({ item, score, code }) => ({ item, score, reason: { code, params } }))
  })
  const inCart = { code: 'because_in_cart', params: { product_id: model.items.productIds[newest[0]] } } as const
  queues.push(
    rankedItems(model, session, session.cart)
      .filter((entry) => entry.reason.code !== 'viewed_again')
      .map(({ item, score }) => ({ item, score, reason: inCart })),
  )
  const slate = startSlate(model, {
    limit,
    excluded: excludedItems(model, session),
    gender: genderOf(model, [...session.cart, ...contextOf(session)]),
  })
  const longest = Math.max(...queues.map((queue) => queue.length))
  for (let i = 0; i < longest && !isFull(slate); i++) {
    for (const queue of queues) if (i < queue.length) offer(slate, queue[i].item, queue[i].score, queue[i].reason)
  }
  fillSlate(slate, session.cart)
  return slate.picks.length > 0 ? slate.picks : recommend(model, visitorKey, { limit })
}
