/**
 * simulate/clicks: the last 30 days of clicks.
 *
 * In: a demo shop.
 * Out: wire events in the order in which they would reach a collector.
 * Invariant: every purchase carries the id and the lines of an order of the same shop; memory holds one day.
 */
import { instantPicker, type ShopDay } from './calendar.ts'
import { chanceOf, type DemoShop } from './demo-shop.ts'
import { firstOrderIds, ordersOfDay, type SimulatedOrder } from './orders.ts'
import type { Random } from './random.ts'
import { browse, buy, giveBack, pricedProduct, type Scene, type TimedEvent } from './visits.ts'
import { eventWriter, startVisit, type WireEvent } from './wire.ts'

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

/** Events of the last `days` shop-local dates up to "now", in order of arrival. */
export function* simulateClicks(shop: DemoShop, days: number = CLICK_DAYS): Generator<WireEvent> {
  for (const day of arrivals(shop, days)) for (const { event } of day) yield event
}

/** The same, one list of arrivals a day; `atMs` is when an event would arrive. */
function* arrivals(shop: DemoShop, days: number): Generator<readonly TimedEvent[]> {
  const ids = firstOrderIds(shop)
  const rate = visitRate(shop, days, ids)
  const returning: (readonly SimulatedOrder[])[] = []
  let waiting: TimedEvent[] = []
  for (const day of shop.days.slice(-days)) {
    const orders = ordersOfDay(shop, day, ids)
    returning.push(orders)
    const returned = returning.length > RETURN_DAYS ? returning.shift()! : []
    waiting = [...waiting, ...visitsOfDay(shop, day, { visits: rate * day.demand, orders, returned })]
    waiting.sort((a, b) => a.atMs - b.atMs)
    const until = Math.min(day.endMs - 1, shop.nowMs)
    const count = waiting.findIndex((arrival) => arrival.atMs > until)
    yield count < 0 ? waiting : waiting.slice(0, count)
    waiting = count < 0 ? [] : waiting.slice(count)
  }
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

function visitsOfDay(shop: DemoShop, day: ShopDay, traffic: Traffic): TimedEvent[] {
  const random = chanceOf(shop, 'clicks', day.date)
  const scene = { shop, random, mood: shop.moodAt(day.startMs), writer: eventWriter(shop.currency, random) }
  const instant = instantPicker(day, shop.timeZone)
  const out: TimedEvent[] = []
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
    for (const event of crawl(scene, instant(random))) out.push(event)
  }
  return out
}

/** Adds a visit as it arrives: mostly at once, sometimes hours late, now and then an event twice. */
function deliver(out: TimedEvent[], visit: readonly TimedEvent[], random: Random): void {
  const lateMs = random.chance(LATE_VISIT_SHARE) ? Math.min(LATE_MAXIMUM_MS, random.exponential(LATE_MEAN_MS)) : 0
  for (const { atMs, event } of visit) {
    out.push({ atMs: atMs + lateMs, event })
    if (random.chance(RESENT_SHARE)) out.push({ atMs: atMs + lateMs + RESENT_AFTER_MS, event })
  }
}

/** A crawler opens page after page, a second apart, and says who it is. */
function crawl({ shop, mood, writer, random }: Scene, startMs: number): TimedEvent[] {
  const crawler = { ...shop.guest(random), visitorId: `v-bot-${random.int(1000)}`, locale: 'en-US' }
  const visit = startVisit(crawler, false, startMs)
  const views = Math.max(1, random.poisson(BOT_VIEWS))
  return Array.from({ length: views }, (_, i) => {
    const atMs = startMs + i * 1000
    const priced = pricedProduct(shop, mood, random.int(shop.products.length))
    return { atMs, event: { ...writer.view(visit, atMs, priced), properties: { user_agent: BOT_AGENT } } }
  })
}
