/**
 * model/slate/shop-lists: lists that are the same for every shopper.
 *
 * In: attention, counts and the catalogue.
 * Out: available products by trend, by popularity and by launch, best first.
 * Invariant: a list is made at most once a change of the model, and never differs from one made anew.
 */
import type { KeptList, Model } from '../model.ts'
import { STATE_AVAILABLE } from '../state/catalogue.ts'
import { lift } from './lift.ts'
import { createTopList, offerTop, type TopList } from './top-list.ts'

const LIST_LENGTH = 200

/** Scores are the credible lift of attention; 1 is as usual. */
export function trendingItems(model: Model): KeptList {
  return kept(model, 'trending', model.changes, (top) => {
    const lifts = lift(model.attention, 0)
    eachAvailable(model, (item) => {
      const found = lifts(item)
      if (found.sessions > 0) offerTop(top, item, found.low)
    })
  })
}

/** Scores are attention, recent ones counting most. */
export function popularItems(model: Model): KeptList {
  return kept(model, 'popular', model.changes, (top) => {
    const { recent } = model.attention.dimensions[0]
    eachAvailable(model, (item) => {
      if (model.items.events[item] > 0) offerTop(top, item, item < recent.length ? recent[item] : 0)
    })
  })
}

/** Newest launch first; products without a launch date follow, the last told of first. */
export function newestItems(model: Model): KeptList {
  return kept(model, 'new_in', model.catalogueChanges, (top) => {
    const { launched } = model.catalogue
    const undated = model.items.productIds.length
    eachAvailable(model, (item) => {
      offerTop(top, item, Number.isNaN(launched[item]) ? item - undated - 1e15 : launched[item])
    })
  })
}

function eachAvailable(model: Model, visit: (item: number) => void): void {
  const { state } = model.catalogue
  for (let item = 0; item < state.length; item++) if (state[item] === STATE_AVAILABLE) visit(item)
}

function kept(model: Model, name: string, changes: number, fill: (top: TopList) => void): KeptList {
  const known = model.lists.get(name)
  if (known !== undefined && known.changes === changes) return known
  const top = createTopList(LIST_LENGTH)
  fill(top)
  const list = { changes, items: top.items.slice(0, top.size), scores: top.scores.slice(0, top.size) }
  model.lists.set(name, list)
  return list
}
