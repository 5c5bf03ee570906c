/**
 * model/slate/shop-slates: the lists of the whole shop, under the slate rules.
 *
 * In: the model.
 * Out: what trends now, and what is new.
 * Invariant: never empty while the catalogue holds anything to sell; the reason says what each product is.
 */
import type { Model } from '../model.ts'
import type { Recommendation } from '../reasons.ts'
import { fillFromShop } from './fill.ts'
import { risingReasons } from './rising.ts'
import { newestItems, trendingItems } from './shop-lists.ts'
import { offer, startSlate, type Slate } from './slate.ts'

const POPULAR = { code: 'popular', params: {} } as const

/** Products that get credibly more attention than usual, then what is popular. */
export function trending(model: Model, limit: number): readonly Recommendation[] {
  const slate = openSlate(model, limit)
  const list = trendingItems(model)
  const reasonFor = risingReasons(model)
  for (let i = 0; i < list.items.length; i++) {
    const item = list.items[i]
    offer(slate, item, list.scores[i], list.scores[i] > 1 ? reasonFor(item) : POPULAR)
  }
  fillFromShop(slate)
  return slate.picks
}

/** Products by launch, newest first. */
export function newIn(model: Model, limit: number): readonly Recommendation[] {
  const slate = openSlate(model, limit)
  for (const [place, item] of newestItems(model).items.entries()) {
    offer(slate, item, 1 / (1 + place), { code: 'new_in', params: {} })
  }
  return slate.picks
}

function openSlate(model: Model, limit: number): Slate {
  return startSlate(model, { limit, excluded: new Set(), gender: 0 })
}
