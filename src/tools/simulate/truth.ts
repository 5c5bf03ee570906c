/**
 * simulate/truth: what was planted in a simulated shop, as a file.
 *
 * In: a shop with a story.
 * Out: truth.json, and the shop's products beside it, for whoever grades what finds them.
 * Invariant: same shop, same bytes; files are named relative to the truth.
 */
import { writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { PRICE_DISLIKE } from './choice.ts'
import type { DemoShop } from './demo-shop.ts'
import type { Shopper } from './shoppers.ts'

const DAY_MS = 86_400_000
/** Shoppers whose tastes are told, the most diligent first, and products of each. */
const SHOPPERS_TOLD = 200
const PRODUCTS_TOLD = 100

export interface TruthFiles {
  readonly truthPath: string
  readonly productsPath: string
  readonly eventsPath: string
  readonly days: number
}

export function writeTruth(shop: DemoShop, files: TruthFiles): void {
  writeFileSync(files.productsPath, shop.products.map((product) => `${JSON.stringify(product)}\n`).join(''))
  const { trends, seasons, promotions, stockOuts, recommendation_lift, seed } = shop.truth
  const beside = (path: string) => relative(dirname(files.truthPath), path)
  const truth = {
    seed,
    time_zone: shop.timeZone,
    from: new Date(shop.nowMs - files.days * DAY_MS).toISOString(),
    until: new Date(shop.nowMs).toISOString(),
    events: beside(files.eventsPath),
    products: beside(files.productsPath),
    trends,
    seasons,
    promotions,
    stock_outs: stockOuts.map(({ position, from, until }) => ({
      product_id: shop.products[position].id,
      starts_at: new Date(from).toISOString(),
      ends_at: new Date(until).toISOString(),
    })),
    recommendation_lift,
    price_elasticity: { log_odds_per_log_price_away_from_budget: -PRICE_DISLIKE },
    shoppers: mostDiligent(shop).map((shopper) => ({ visitor_id: shopper.visitorId, gains: gainsOf(shop, shopper) })),
  }
  writeFileSync(files.truthPath, `${JSON.stringify(truth, null, 1)}\n`)
}

function mostDiligent(shop: DemoShop): readonly Shopper[] {
  return shop.shoppers.toSorted((a, b) => b.diligence - a.diligence).slice(0, SHOPPERS_TOLD)
}

/** Odds of choosing each of the best products, over those of the best one. */
function gainsOf(shop: DemoShop, shopper: Shopper): Record<string, number> {
  const mood = shop.moodAt(shop.nowMs)
  const appeals = shop.products.map((_, position) => shop.chooser.appeal(shopper, mood, position))
  const best = [...appeals.keys()].toSorted((a, b) => appeals[b] - appeals[a]).slice(0, PRODUCTS_TOLD)
  return Object.fromEntries(
    best.map((position) => [
      shop.products[position].id,
      Math.round(1000 * Math.exp(appeals[position] - appeals[best[0]])) / 1000,
    ]),
  )
}
