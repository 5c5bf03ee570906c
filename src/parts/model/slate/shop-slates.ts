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
import { newestItems, trendingItems } from './shop-lists.ts'
import { offer, startSlate, type Slate } from './slate.ts'

/** Products that get credibly more attention than usual, then what is popular. */
export function trending(model: Model, limit: number): readonly Recommendation[] {
  const slate = openSlate(model, limit)
  const list = trendingItems(model)
  for (let i = 0; i < list.items.length; i++) {
    const code = list.scores[i] > 1 ? 'trending' : 'popular'
    offer(slate, list.items[i], list.scores[i], { code, params: {} })
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
