/**
 * simulate/orders: 24 months of orders.
 *
 * In: a demo shop.
 * Out: its orders in order of time and id, in chunks or day by day.
 * Invariant: the orders of a day depend on the shop and the day alone, so that clicks can be made to match them.
 */
import { instantPicker, type ShopDay } from './calendar.ts'
import type { Mood } from './choice.ts'
import { chanceOf, type DemoShop } from './demo-shop.ts'
import type { Random } from './random.ts'
import type { Shopper } from './shoppers.ts'
import { armOf } from './shown-slates.ts'

const FIRST_ORDER_ID = 100_001
/** Orders of the whole history at scale 1. */
const ORDERS = 25_500
const CHUNK_ORDERS = 2000
const LINES_MAXIMUM = 5
/** Chances of one line more, and of two pieces of one product. */
const NEXT_LINE_SHARE = 0.38
const TWO_PIECES_SHARE = 0.07
const CANCELLED_SHARE = 0.03

export interface SimulatedLine {
  /** Position of the product in the shop's catalogue. */
  readonly product: number
  readonly productId: string
  readonly variantId: string | null
  readonly quantity: number
  readonly unitPriceMinor: number
}

export interface SimulatedOrder {
  readonly orderId: string
  readonly shopper: Shopper
  readonly orderedMs: number
  readonly status: 'placed' | 'cancelled'
  readonly totalMinor: number
  readonly lines: readonly SimulatedLine[]
}

/** Id of the first order of each day, one more than there are days. */
export function firstOrderIds(shop: DemoShop): readonly number[] {
  const mean = (ORDERS * shop.scale) / shop.days.length
  const ids = [FIRST_ORDER_ID]
  for (const day of shop.days) {
    ids.push(ids.at(-1)! + chanceOf(shop, 'orders', day.date).poisson(mean * day.demand))
  }
  return ids
}

/** Orders of one day up to "now", oldest first. */
export function ordersOfDay(shop: DemoShop, day: ShopDay, ids: readonly number[]): SimulatedOrder[] {
  const index = shop.days.length - 1 - day.age
  const random = chanceOf(shop, 'order', day.date)
  const instant = instantPicker(day, shop.timeZone)
  const times = Array.from({ length: ids[index + 1] - ids[index] }, () => instant(random)).sort((a, b) => a - b)
  const mood = shop.moodAt(day.startMs)
  const orders: SimulatedOrder[] = []
  for (const [i, orderedMs] of times.entries()) {
    if (orderedMs > shop.nowMs) break
    const shopper = shop.shoppers[shop.pickShopper(day.age, random)]
    if (staysAway(shop, shopper, random)) continue
    const lines = drawLines(shop, shopper, mood, random)
    orders.push({
      orderId: String(ids[index] + i),
      shopper,
      orderedMs,
      status: random.chance(CANCELLED_SHARE) ? 'cancelled' : 'placed',
      totalMinor: totalOf(lines),
      lines,
    })
  }
  return orders
}

/** All orders of the history, oldest first, in chunks of at most 2,000. */
export function* simulateOrders(shop: DemoShop): Generator<readonly SimulatedOrder[]> {
  const ids = firstOrderIds(shop)
  let chunk: SimulatedOrder[] = []
  for (const day of shop.days) {
    for (const order of ordersOfDay(shop, day, ids)) {
      chunk.push(order)
      if (chunk.length === CHUNK_ORDERS) {
        yield chunk
        chunk = []
      }
    }
  }
  if (chunk.length > 0) yield chunk
}

/** Who sees products drawn at random orders less often than who sees recommendations, by the lift. */
function staysAway(shop: DemoShop, shopper: Shopper, random: Random): boolean {
  const { recommendation_lift: lift } = shop.truth
  return lift > 0 && armOf(shop, shopper) === 'random' && random.chance(lift / (1 + lift))
}

function totalOf(lines: readonly SimulatedLine[]): number {
  return lines.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor, 0)
}

/** Price of a product on a day. */
export function priceMinorOf({ market }: DemoShop, mood: Mood, product: number): number {
  const factor = mood.priceFactor[market.type[product]]
  return factor === 1 ? market.priceMinor[product] : Math.round(market.priceMinor[product] * factor)
}

/** One line of an order for a product of the market, in a size that is in stock where there is one. */
export function lineFor(shop: DemoShop, mood: Mood, product: number, random: Random): SimulatedLine {
  const { id, variants } = shop.products[product]
  const inStock = variants.filter((variant) => variant.stock !== 0)
  const sizes = inStock.length > 0 ? inStock : variants
  return {
    product,
    productId: id,
    variantId: sizes.length > 0 ? random.pick(sizes).variant_id : null,
    quantity: random.chance(TWO_PIECES_SHARE) ? 2 : 1,
    unitPriceMinor: priceMinorOf(shop, mood, product),
  }
}

function drawLines(shop: DemoShop, shopper: Shopper, mood: Mood, random: Random): SimulatedLine[] {
  const chosen = new Set<number>()
  let before = -1
  do {
    before = shop.chooser.choose(shopper, mood, before, random)
    chosen.add(before)
  } while (chosen.size < LINES_MAXIMUM && random.chance(NEXT_LINE_SHARE))
  return [...chosen].map((product) => lineFor(shop, mood, product, random))
}
