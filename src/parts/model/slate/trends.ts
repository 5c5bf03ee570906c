/**
 * model/slate/trends: what shoppers look at more than usual, by dimension.
 *
 * In: the attention sums.
 * Out: values, the most credibly rising first.
 * Invariant: ranked by the lower end of the interval, never by raw growth.
 */
import type { TrendDimension } from '../../event/product.ts'
import { TREND_DIMENSIONS } from '../../event/product.ts'
import type { Model } from '../model.ts'
import { ATTENTION_ATTRIBUTES } from '../learn/pay-attention.ts'
import { lift } from './lift.ts'
import { barOf, createTopList, offerTop, sortTop } from './top-list.ts'

export interface Trend {
  readonly value: string
  /** Lower end of the 95 % interval of attention now over attention usual; 1 is as usual. */
  readonly score: number
  /** Shrunk ratio of attention now over attention usual. */
  readonly ratio: number
  /** Decayed sessions of attention, half-life 5 days; a cart counts 3, an order 6. */
  readonly sessions: number
}

export function trendingBy(model: Model, dimension: TrendDimension, limit = 50): readonly Trend[] {
  const place = TREND_DIMENSIONS.indexOf(dimension)
  const lifts = lift(model.attention, place)
  const length = model.attention.dimensions[place].recent.length
  const top = createTopList(limit)
  for (let value = 0; value < length; value++) {
    if (lifts.mayReach(value, barOf(top))) offerTop(top, value, lifts.of(value).low)
  }
  sortTop(top)
  const names = place === 0 ? model.items.productIds : model.catalogue.values[ATTENTION_ATTRIBUTES[place]]
  return Array.from(top.items.subarray(0, top.size), (value, i) => {
    const { ratio, sessions } = lifts.of(value)
    return { value: names[value], score: top.scores[i], ratio, sessions }
  })
}
