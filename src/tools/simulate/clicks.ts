/**
 * simulate/clicks: the last 30 days of clicks.
 *
 * In: a demo shop.
 * Out: events in the order in which they would reach a collector, as lines or as objects.
 * Invariant: every purchase carries the id and the lines of an order of the same shop; memory holds one day.
 */
import { instantPicker, type ShopDay } from './calendar.ts'
import { chanceOf, type DemoShop } from './demo-shop.ts'
import type { Line } from './line.ts'
import { firstOrderIds, ordersOfDay, type SimulatedOrder } from './orders.ts'
import type { Random } from './random.ts'
import { browse, buy, giveBack, pricedProduct, type Scene } from './visits.ts'
import { eventOf, eventWriter, startVisit, type WireEvent } from './wire.ts'

export const CLICK_DAYS = 30
/** Wire events in 30 average days at scale 1, by which visits are counted. */
export const CLICK_EVENTS = 100_000

/** Events in a mean visit that does not buy (measured). */
const EVENTS_PER_VISIT = 6.4
const EVENTS_PER_ORDER = 10.6
/** More in a visit where recommendations are shown (measured). */
const SLATE_EVENTS_PER_VISIT = 0.6
const ACCOUNT_SHARE = 0.45
/** Orders whose shopper blocks the tracker: no click of theirs ever arrives. */
const UNTRACKED_SHARE = 0.03
const BOT_EVENT_SHARE = 0.015
const BOT_VIEWS = 60
const BOT_AGENT = 'ExampleBot/1.0 (+https://bot.example/)'
const LATE_VISIT_SHARE = 0.004
const LATE_MEAN_MS = 8 * 3_600_000
/** The collector refuses what is older than seven days; a late phone comes back sooner. */
const LATE_MAXIMUM_MS = 48 * 3_600_000
const RESENT_SHARE = 0.008
const RESENT_AFTER_MS = 2000
/** From an order to what comes back of it. */
const RETURN_DAYS = 12
/** Of a day, that can be put in order: more than a file may ask for, with what repeats and what is late. */
const LINES_MAXIMUM = 2 ** 22
/** No two lines of a day arrive further apart. */
const ARRIVALS_SPAN_MS = 7 * 86_400_000

/** Events of the last `days` shop-local dates up to "now", in order of arrival. */
export function* simulateClicks(shop: DemoShop, days: number = CLICK_DAYS): Generator<WireEvent> {
  for (const day of daysOfClicks(shop, days)) for (const line of day) yield eventOf(line)
}

/** The same, one list of lines a day. */
export function* daysOfClicks(shop: DemoShop, days: number): Generator<readonly Line[]> {
  const ids = firstOrderIds(shop)
  const rate = visitRate(shop, days, ids)
  const returning: (readonly SimulatedOrder[])[] = []
  const writer = eventWriter(shop)
  let waiting: readonly Line[] = []
  for (const day of shop.days.slice(-days)) {
    const orders = ordersOfDay(shop, day, ids)
    returning.push(orders)
    const returned = returning.length > RETURN_DAYS ? returning.shift()! : []
    const scene = { shop, writer, mood: shop.moodAt(day.startMs), random: chanceOf(shop, 'clicks', day.date) }
    const visits = visitsOfDay(scene, day, { visits: rate * day.demand, orders, returned })
    const lines = inOrder([...waiting, ...visits])
    const until = Math.min(day.endMs - 1, shop.nowMs)
    const late = lines.findIndex((line) => line.arrivesMs > until)
    yield late < 0 ? lines : lines.slice(0, late)
    waiting = late < 0 ? [] : lines.slice(late)
  }
}

/** By arrival; of those that arrive together, the first made comes first. An instant and a place share a number's 53 bits. */
function inOrder(lines: readonly Line[]): readonly Line[] {
  const keys = new Float64Array(lines.length)
  const firstMs = lines.length === 0 ? 0 : lines[0].arrivesMs - ARRIVALS_SPAN_MS
  for (let place = 0; place < keys.length; place++) {
    keys[place] = (lines[place].arrivesMs - firstMs) * LINES_MAXIMUM + place
  }
  keys.sort()
  const sorted: Line[] = []
  for (const key of keys) sorted.push(lines[key % LINES_MAXIMUM])
  return sorted
}

/** Mean visits without an order on a day of demand 1. */
function visitRate(shop: DemoShop, days: number, ids: readonly number[]): number {
  const passed = shop.days.slice(-days).map((day) => passedShare(day, shop.nowMs))
  const demand = shop.days.slice(-days).reduce((sum, day, i) => sum + day.demand * passed[i], 0)
  const orderCount = passed.reduce((sum, share, i) => sum + share * ordersOn(ids, ids.length - 1 - days + i), 0)
  const wanted = (CLICK_EVENTS * shop.scale * days) / CLICK_DAYS
  const human = wanted * (1 - BOT_EVENT_SHARE - RESENT_SHARE) - orderCount * (1 - UNTRACKED_SHARE) * EVENTS_PER_ORDER
  const slateEvents = shop.truth.recommendation_lift > 0 ? SLATE_EVENTS_PER_VISIT : 0
  return Math.max(0, human) / (EVENTS_PER_VISIT + slateEvents) / demand
}

function ordersOn(ids: readonly number[], day: number): number {
  return ids[day + 1] - ids[day]
}

function passedShare(day: ShopDay, nowMs: number): number {
  return Math.min(1, Math.max(0, (nowMs - day.startMs) / (day.endMs - day.startMs)))
}

interface Traffic {
  readonly visits: number
  readonly orders: readonly SimulatedOrder[]
  /** Orders whose products may come back today. */
  readonly returned: readonly SimulatedOrder[]
}

function visitsOfDay(scene: Scene, day: ShopDay, traffic: Traffic): readonly Line[] {
  const { shop, random } = scene
  const instant = instantPicker(day, shop.timeZone)
  const out: Line[] = []
  for (const order of traffic.orders) {
    if (!random.chance(UNTRACKED_SHARE)) deliver(out, buy(scene, order), random)
  }
  if (shop.truth.recommendation_lift > 0) {
    for (const order of traffic.returned) deliver(out, giveBack(scene, order, instant(random)), random)
  }
  const visits = random.poisson(traffic.visits)
  for (let i = 0; i < visits; i++) {
    const known = random.chance(ACCOUNT_SHARE)
    const shopper = known ? shop.shoppers[shop.pickShopper(day.age, random)] : shop.guest(random)
    deliver(out, browse(scene, shopper, instant(random)), random)
  }
  const bots = random.poisson((traffic.visits * EVENTS_PER_VISIT * BOT_EVENT_SHARE) / BOT_VIEWS)
  for (let i = 0; i < bots; i++) {
    out.push(...crawl(scene, instant(random)))
  }
  return out
}

/** Adds a visit as it arrives: mostly at once, sometimes hours late, now and then an event twice. */
function deliver(out: Line[], visit: readonly Line[], random: Random): void {
  const isLate = random.chance(LATE_VISIT_SHARE)
  const lateMs = isLate ? Math.floor(Math.min(LATE_MAXIMUM_MS, random.exponential(LATE_MEAN_MS))) : 0
  for (const line of visit) {
    line.arrivesMs += lateMs
    out.push(line)
    if (random.chance(RESENT_SHARE)) out.push({ ...line, arrivesMs: line.arrivesMs + RESENT_AFTER_MS })
  }
}

/** A crawler opens page after page, a second apart, and says who it is. */
function crawl({ shop, mood, writer, random }: Scene, startMs: number): readonly Line[] {
  const crawler = { ...shop.guest(random), visitorId: `v-bot-${random.int(1000)}`, locale: 'en-US' }
  const visit = startVisit(crawler, { isLoggedIn: false, startMs, random })
  const views = Math.max(1, random.poisson(BOT_VIEWS))
  return Array.from({ length: views }, (_, i) => {
    const product = pricedProduct(shop, mood, random.int(shop.products.length))
    return writer.crawl(visit, startMs + i * 1000, { product, userAgent: BOT_AGENT })
  })
}
