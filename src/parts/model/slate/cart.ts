/**
 * model/slate/cart: what to suggest beside a cart.
 *
 * In: a visitor key.
 * Out: what goes with the newest things in the cart and what the ranker expects after them, taken in turn.
 * Invariant: an empty cart gets the visitor's home slate; never what is in the cart or was just bought.
 */
import type { Model } from '../model.ts'
import type { Recommendation } from '../reasons.ts'
import { joinedSession } from '../session/known-users.ts'
import { complements, coVisited, type Companion } from './companions.ts'
import { fillSlate } from './fill.ts'
import { suitsShopper } from './fit.ts'
import { contextOf, excludedItems, rankedItems, recommend, type RankedItem } from './home.ts'
import { genderOf, isFull, offer, startSlate, type Slate } from './slate.ts'

/** Newest things in the cart that companions are looked for. */
const CART_LOOKED_AT = 3

export function cartSuggestions(model: Model, visitorKey: string, limit: number): readonly Recommendation[] {
  const session = joinedSession(model, visitorKey)
  if (session === undefined || session.cart.length === 0) return recommend(model, visitorKey, { limit })
  const newest = session.cart.slice(-CART_LOOKED_AT).reverse()
  const queues = newest.map((item) => companionQueue(model, item))
  const inCart = { code: 'because_in_cart', params: { product_id: model.items.productIds[newest[0]] } } as const
  const ranked = rankedItems(model, session, session.cart)
    .filter((entry) => entry.reason.code !== 'viewed_again')
    .map(({ item, score }) => ({ item, score, reason: inCart }))
  queues.push({ entries: ranked, more: null })
  const slate = startSlate(model, {
    limit,
    excluded: excludedItems(model, session),
    gender: genderOf(model, [...session.cart, ...contextOf(session)]),
  })
  takeInTurn(slate, queues)
  fillSlate(slate, session.cart, suitsShopper(model, session))
  return slate.picks.length > 0 ? slate.picks : recommend(model, visitorKey, { limit })
}

interface Queue {
  entries: readonly RankedItem[]
  /** Finds what follows the last entry; null once it has. */
  more: (() => readonly RankedItem[]) | null
}

/** What shoppers chose with the item; what only matches it is looked for when that runs out. */
function companionQueue(model: Model, item: number): Queue {
  const params = { product_id: model.items.productIds[item] }
  const reasoned = (companions: readonly Companion[]): RankedItem[] =>
    companions.map(({ item: other, score, code }) => ({ item: other, score, reason: { code, params } }))
  return { entries: reasoned(coVisited(model, item)), more: () => reasoned(complements(model, item)) }
}

function takeInTurn(slate: Slate, queues: readonly Queue[]): void {
  let isOver = false
  for (let i = 0; !isOver; i++) {
    isOver = true
    for (const queue of queues) {
      if (isFull(slate)) return
      if (i >= queue.entries.length && queue.more !== null) {
        queue.entries = [...queue.entries, ...queue.more()]
        queue.more = null
      }
      if (i >= queue.entries.length) continue
      isOver = false
      offer(slate, queue.entries[i].item, queue.entries[i].score, queue.entries[i].reason)
    }
  }
}
