/**
 * model/slate/fit: whether a product suits a shopper's purse and season, as far as their own clicks tell.
 *
 * In: what the shopper looked at, put in the cart and bought.
 * Out: yes or no for a product; yes where too little is known.
 * Invariant: decides only among products that the ranker does not know: what it ranks, it ranks by what it learned.
 */
import type { Model } from '../model.ts'
import type { Session } from '../session/session.ts'
import { codeOfItem, SEASON, SUB_CATEGORY } from '../state/catalogue.ts'
import { keepFactor } from './returns.ts'

/** Newest items of the visit that are looked at. */
const LOOK_BACK = 50
/** Products of known season before a season never looked at is taken for one not wanted. */
const SEASONED_LEAST = 3
/** Spread of a shopper's prices, as a logarithm, before they show their own; counts for as many products. */
const SPREAD_PRIOR = 0.5
const SPREAD_PRODUCTS = 4
/** Spreads away from the mean that still suit. */
const SPREADS_WIDE = 2.5
/** A product that is sent back this much more than others does not suit anyone. */
const KEEP_LEAST = 0.75

export type Suits = (item: number) => boolean

export function suitsShopper(model: Model, session: Session): Suits {
  const { catalogue } = model
  const known = [...session.bought, ...session.earlier, ...session.cart, ...session.items.slice(-LOOK_BACK)]
  const distinct = [...new Set(known)]
  const bands = priceBands(model, distinct)
  const seasons = new Set<number>()
  let seasoned = 0
  for (const item of distinct) {
    const season = codeOfItem(catalogue, SEASON, item)
    if (season === 0) continue
    seasons.add(season)
    seasoned++
  }
  const knowsSeason = seasoned >= SEASONED_LEAST
  return (item) => {
    const season = codeOfItem(catalogue, SEASON, item)
    if (knowsSeason && season !== 0 && !seasons.has(season)) return false
    const band = bands.get(codeOfItem(catalogue, SUB_CATEGORY, item))
    const price = priceOf(model, item)
    if (band !== undefined && price > 0 && Math.abs(Math.log(price) - band.mean) > band.width) return false
    return keepFactor(model, item) >= KEEP_LEAST
  }
}

/** Logarithms of prices, per sub-category, since a watch costs more than socks. */
interface PriceBand {
  readonly mean: number
  readonly width: number
}

function priceBands(model: Model, items: readonly number[]): ReadonlyMap<number, PriceBand> {
  const sums = new Map<number, { count: number; sum: number; squares: number }>()
  for (const item of items) {
    const price = priceOf(model, item)
    const subCategory = codeOfItem(model.catalogue, SUB_CATEGORY, item)
    if (!(price > 0) || subCategory === 0) continue
    const of = sums.get(subCategory) ?? { count: 0, sum: 0, squares: 0 }
    const ln = Math.log(price)
    sums.set(subCategory, { count: of.count + 1, sum: of.sum + ln, squares: of.squares + ln * ln })
  }
  const bands = new Map<number, PriceBand>()
  for (const [subCategory, { count, sum, squares }] of sums) {
    const mean = sum / count
    const deviations = Math.max(0, squares - sum * mean) + SPREAD_PRODUCTS * SPREAD_PRIOR ** 2
    bands.set(subCategory, { mean, width: SPREADS_WIDE * Math.sqrt(deviations / (count + SPREAD_PRODUCTS)) })
  }
  return bands
}

function priceOf(model: Model, item: number): number {
  return item < model.catalogue.price.length ? model.catalogue.price[item] : Number.NaN
}
