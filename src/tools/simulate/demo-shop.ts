/**
 * simulate/demo-shop: one simulated shop, ready to be asked for its past and its present.
 *
 * In: a seed, "now", the shop's zone, and optionally a catalogue and a size.
 * Out: products, shoppers, days and planted trends, and what is needed to make choices.
 * Invariant: same options, same shop; nothing in it happens after "now".
 */
import type { Product } from '../../parts/event/product.ts'
import { shopDays, type ShopDay } from './calendar.ts'
import { HISTORY_DAYS, demoCatalogue, fromCatalogue } from './catalogue.ts'
import { makeChooser, makeLikings, moodAt, type Chooser, type Mood } from './choice.ts'
import { makeMarket, type Market } from './market.ts'
import { seededRandom, weightedPick, type Random } from './random.ts'
import { DEMO_SHOPPERS, guestAt, makeShoppers, type Shopper } from './shoppers.ts'
import { plantTrends, type StoryOptions, type Truth } from './trends.ts'

/** Guests there are for each shopper with an account. */
const GUESTS_PER_SHOPPER = 4

export interface DemoOptions {
  readonly seed: number
  /** End of the history, epoch milliseconds. */
  readonly nowMs: number
  readonly timeZone: string
  readonly currency?: string
  /** A catalogue to use instead of the demo's own 2,000 products. */
  readonly catalogue?: readonly Product[]
  /** Size of the crowd, orders and clicks against the demo's own; 1 where absent, 0.001 to 1,000. */
  readonly scale?: number
  /** Plants more than the demo's two trends: see `Truth`. */
  readonly story?: StoryOptions
}

export interface DemoShop {
  readonly seed: number
  readonly nowMs: number
  readonly timeZone: string
  readonly currency: string
  readonly scale: number
  readonly products: readonly Product[]
  readonly shoppers: readonly Shopper[]
  /** The last 730 shop-local dates, oldest first; the last one holds "now". */
  readonly days: readonly ShopDay[]
  readonly truth: Truth
  readonly market: Market
  readonly chooser: Chooser
  moodAt(atMs: number): Mood
  /** Position of a shopper who had an account at that day. */
  pickShopper(age: number, random: Random): number
  guest(random: Random): Shopper
}

const SCALE_RANGE = { least: 0.001, most: 1000 }
const TRIES_MAXIMUM = 12

export function demoShop(options: DemoOptions): DemoShop {
  const currency = options.currency ?? 'EUR'
  const base = { seed: options.seed, nowMs: options.nowMs, currency }
  const products = options.catalogue === undefined ? demoCatalogue(base) : fromCatalogue(options.catalogue, base)
  const scale = Math.min(SCALE_RANGE.most, Math.max(SCALE_RANGE.least, options.scale ?? 1))
  const shoppers = makeShoppers(options.seed, Math.max(20, Math.round(DEMO_SHOPPERS * scale)))
  const market = makeMarket(products, options.seed)
  const truth = plantTrends(market, { ...base, ...(options.story === undefined ? {} : { story: options.story }) })
  const pickAny = weightedPick(shoppers.map((shopper) => shopper.diligence))
  const oldest = shoppers.findIndex((shopper) => shopper.joinedDaysAgo > HISTORY_DAYS)
  const guests = shoppers.length * GUESTS_PER_SHOPPER
  return {
    ...base,
    timeZone: options.timeZone,
    scale,
    products,
    shoppers,
    days: shopDays({ ...options, count: HISTORY_DAYS }),
    truth,
    market,
    chooser: makeChooser(market, makeLikings(market)),
    moodAt: (atMs) => moodAt(market, truth, atMs),
    pickShopper(age, random) {
      for (let tries = 0; tries < TRIES_MAXIMUM; tries++) {
        const index = pickAny(random)
        if (shoppers[index].joinedDaysAgo > age) return index
      }
      return Math.max(0, oldest)
    },
    // Squaring makes some guests come back often and most only once or twice.
    guest: (random) => guestAt(options.seed, Math.floor(guests * random.next() ** 2)),
  }
}

/** Chance for one purpose of one shop. */
export function chanceOf(shop: DemoShop, ...purpose: readonly (string | number)[]): Random {
  return seededRandom(shop.seed, ...purpose)
}
