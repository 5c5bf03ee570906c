/**
 * recommend/lists: the lists that pages read, made from the model.
 *
 * In: the model and the position it has learned up to.
 * Out: a visitor's entry, a product's lists, the lists and trends of the whole shop.
 * Invariant: a function of the model alone; only `computed_at` tells when.
 */
import { TREND_DIMENSIONS, TREND_WINDOWS, type TrendDimension, type TrendWindow } from '../../parts/event/product.ts'
import type { Model } from '../../parts/model/model.ts'
import { cartSuggestions } from '../../parts/model/slate/cart.ts'
import { recommend } from '../../parts/model/slate/home.ts'
import { goesWith, similar } from '../../parts/model/slate/product-lists.ts'
import { newIn, trending } from '../../parts/model/slate/shop-slates.ts'
import { shopperState } from '../../parts/model/slate/shopper.ts'
import { trendsBy } from '../../parts/model/trend/trends.ts'
import type { Recommendation } from '../../parts/model/reasons.ts'
import {
  slateIdOf,
  trendKey,
  type SlateItem,
  type StoredList,
  type TrendEntry,
  type VisitorEntry,
} from '../../parts/serving/slate.ts'
import type { Position } from '../../parts/stream/position.ts'

/** More than the 50 a page may ask for, so that what is sold out when read can be left out. */
const STORED_ITEMS = 60
const STORED_TRENDS = 200

export interface ListContext {
  readonly model: Model
  readonly asOf: Position
  /** ISO 8601 UTC. */
  readonly computedAt: string
}

export function visitorEntry(context: ListContext, visitorKey: string): VisitorEntry {
  const { model } = context
  const shopper = shopperState(model, visitorKey)
  return {
    user_id: shopper.userId,
    home: listOf(
      context,
      { whom: visitorKey, placement: 'home' },
      recommend(model, visitorKey, { limit: STORED_ITEMS }),
    ),
    cart: listOf(context, { whom: visitorKey, placement: 'cart' }, cartSuggestions(model, visitorKey, STORED_ITEMS)),
    excluded: shopper.excluded,
    recent: shopper.recent,
    gender: shopper.gender,
  }
}

export function productLists(context: ListContext, productId: string): [string, StoredList][] {
  const { model } = context
  const made = {
    similar: similar(model, productId, STORED_ITEMS),
    goes_with: goesWith(model, productId, STORED_ITEMS),
  }
  return Object.entries(made).map(([kind, scored]) => [
    `${kind}:${productId}`,
    listOf(context, { whom: productId, placement: kind }, scored),
  ])
}

export interface ListsMade {
  readonly lists: Map<string, StoredList>
  readonly trends: Map<string, readonly TrendEntry[]>
}

/** The lists of the whole shop; each call makes one. */
export const SHOP_LISTS: readonly ((context: ListContext, into: ListsMade) => void)[] = [
  (context, { lists }) => lists.set('trending:', shopList(context, 'trending', trending(context.model, STORED_ITEMS))),
  (context, { lists }) => lists.set('new_in:', shopList(context, 'new_in', newIn(context.model, STORED_ITEMS))),
  ...TREND_DIMENSIONS.map((dimension) => (context: ListContext, { trends }: ListsMade) => {
    for (const window of TREND_WINDOWS) {
      trends.set(trendKey(window, dimension), trendsOf(context.model, dimension, window))
    }
  }),
]

function shopList(context: ListContext, placement: string, scored: readonly Recommendation[]): StoredList {
  return listOf(context, { whom: '', placement }, scored)
}

function trendsOf(model: Model, dimension: TrendDimension, window: TrendWindow): readonly TrendEntry[] {
  return trendsBy(model, { dimension, window, limit: STORED_TRENDS }).map((trend) => ({
    value: trend.value,
    state: trend.state,
    since: trend.since,
    ratio: rounded(trend.ratio),
    low: rounded(trend.low),
    high: rounded(trend.high),
    sessions: rounded(trend.sessions),
    expected_sessions: rounded(trend.expected),
    share: rounded(trend.share),
    expected_share: rounded(trend.expectedShare),
    products: trend.products,
  }))
}

export function listOf(
  context: ListContext,
  place: { readonly whom: string; readonly placement: string },
  scored: readonly Recommendation[],
): StoredList {
  const { asOf, computedAt } = context
  return {
    slate_id: slateIdOf({ ...place, asOf }),
    items: scored.map(({ productId, score, reason }): SlateItem => ({
      product_id: productId,
      score: rounded(score),
      reason,
    })),
    computed_at: computedAt,
    as_of: asOf,
  }
}

/** Scores are for people and comparisons; six places keep stored lists small. */
function rounded(score: number): number {
  return Math.round(score * 1e6) / 1e6
}
