/**
 * model/slate/likeness: how alike two products are by what the shop says of them.
 *
 * In: a product and the catalogue.
 * Out: a likeness of 0 to 1, and the most alike products, clicked or not.
 * Invariant: needs no click, so that a product of a minute ago can be found.
 */
import type { Model } from '../model.ts'
import * as C from '../state/catalogue.ts'
import { lnWhole } from '../state/logarithms.ts'
import { createTopList, offerTop, type TopList } from './top-list.ts'

/** Weight of an equal value, by dimension of `CODED`. The style itself tells nothing here. */
const EQUAL = Float64Array.of(0, 3, 1.5, 0.5, 2, 1, 0.5, 0.75)
const PRICE_WEIGHT = 0.5
const POPULAR_WEIGHT = 0.25
const TOTAL = 10
/** Products looked through for one list, at most. */
const SCAN_MAX = 50_000

export function likeness(model: Model, a: number, b: number): number {
  const { catalogue, items } = model
  if (a >= catalogue.state.length || b >= catalogue.state.length) return 0
  let sum = 0
  for (let dimension = 1; dimension < EQUAL.length; dimension++) {
    const code = catalogue.codes[dimension][a]
    if (code !== 0 && code === catalogue.codes[dimension][b]) sum += EQUAL[dimension]
  }
  const priceA = catalogue.price[a]
  const priceB = catalogue.price[b]
  if (priceA > 0 && priceB > 0) sum += (PRICE_WEIGHT * Math.min(priceA, priceB)) / Math.max(priceA, priceB)
  sum += POPULAR_WEIGHT * Math.min(1, lnWhole(items.events[b] + 1) / 8)
  return sum / TOTAL
}

/** Available products most alike, from the narrowest group that holds enough of them. */
export function mostAlike(model: Model, item: number, max: number): TopList {
  const { catalogue } = model
  const top = createTopList(max)
  if (C.stateOf(catalogue, item) === C.STATE_UNKNOWN) return top
  for (const dimension of C.LISTED) {
    const code = catalogue.codes[dimension][item]
    if (code === 0) continue
    top.size = 0
    const group = catalogue.listed[dimension][code]
    const from = Math.max(0, group.length - SCAN_MAX)
    for (let i = from; i < group.length; i++) {
      const other = group[i]
      if (other === item || catalogue.state[other] !== C.STATE_AVAILABLE) continue
      offerTop(top, other, likeness(model, item, other))
    }
    if (top.size === max) break
  }
  return top
}
