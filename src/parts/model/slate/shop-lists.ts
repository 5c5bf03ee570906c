/**
 * model/slate/shop-lists: lists that are the same for every shopper.
 *
 * In: trends, counts and the catalogue.
 * Out: available products by trend, by attention of late and by launch, best first.
 * Invariant: a list is made at most once a change of the model, and never differs from one made anew.
 */
import type { KeptList, Model } from '../model.ts'
import { startQuery } from '../rank/scratch.ts'
import { itemOf } from '../state/chains.ts'
import { STATE_AVAILABLE, stateOf } from '../state/catalogue.ts'
import { liftsOf } from '../trend/lift.ts'
import { countersOf } from '../trend/trend.ts'
import { barOf, createTopList, offerTop, sortTop, type TopList } from './top-list.ts'

const LIST_LENGTH = 200
/** Newest events whose products may fill a shopper's slate, so that a fill costs the same however large the shop. */
const PASSING_EVENTS = 4096

/** Every product sold that was looked at. Scores are the credible lift of attention; 1 is as usual. */
export function trendingItems(model: Model): KeptList {
  return kept(model, 'trending', model.changes, (top) => {
    const lifts = liftsOf(model.trend, 'product')
    eachAvailable(model, (item) => {
      if (lifts.mayReach(item, barOf(top))) offerTop(top, item, lifts.of(item).low)
    })
  })
}

/** Of the products of the newest events: what trends, by its lift, and what is popular, by recent attention. */
export function passingItems(model: Model): { readonly trending: KeptList; readonly popular: KeptList } {
  const trending = kept(model, 'passing_trending', model.changes, (top) => {
    const lifts = liftsOf(model.trend, 'product')
    eachPassing(model, (item) => {
      if (!lifts.mayReach(item, Math.max(1, barOf(top)))) return
      const { low } = lifts.of(item)
      if (low > 1) offerTop(top, item, low)
    })
  })
  const popular = kept(model, 'passing_popular', model.changes, (top) => {
    const { now } = countersOf(model.trend, 'product')
    eachPassing(model, (item) => offerTop(top, item, now[item]))
  })
  return { trending, popular }
}

function eachPassing(model: Model, visit: (item: number) => void): void {
  const { chains, scratch, catalogue } = model
  startQuery(scratch, model.items.productIds.length, chains.sessionCount)
  const { itemMark, query } = scratch
  const end = Math.max(0, chains.count - PASSING_EVENTS)
  for (let event = chains.count - 1; event >= end; event--) {
    const item = itemOf(chains, event)
    if (itemMark[item * 2] === query) continue
    itemMark[item * 2] = query
    if (stateOf(catalogue, item) === STATE_AVAILABLE) visit(item)
  }
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

/** From the newest, which make the bar of most lists high at once. */
function eachAvailable(model: Model, visit: (item: number) => void): void {
  const { state } = model.catalogue
  for (let item = state.length - 1; item >= 0; item--) if (state[item] === STATE_AVAILABLE) visit(item)
}

function kept(model: Model, name: string, changes: number, fill: (top: TopList) => void): KeptList {
  const known = model.lists.get(name)
  if (known !== undefined && known.changes === changes) return known
  const top = createTopList(LIST_LENGTH)
  fill(top)
  sortTop(top)
  const list = { changes, items: top.items.slice(0, top.size), scores: top.scores.slice(0, top.size) }
  model.lists.set(name, list)
  return list
}
