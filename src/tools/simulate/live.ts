/**
 * simulate/live: shoppers who visit the running demo, now.
 *
 * In: a demo shop, a rate, a clock, and ways to read a slate and to place an order.
 * Out: an endless sequence of small batches, each one visitor's next events.
 * Invariant: at most VISITS_MAXIMUM visits are open; a purchase is sent only after its order was placed.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../std/clock.ts'
import type { Mood } from './choice.ts'
import { chanceOf, type DemoShop } from './demo-shop.ts'
import type { Line } from './line.ts'
import { lineFor, type SimulatedLine } from './orders.ts'
import type { Random } from './random.ts'
import { choosePlace } from './shown-slates.ts'
import { pricedProduct } from './visits.ts'
import {
  eventOf,
  eventWriter,
  startVisit,
  type EventWriter,
  type ShownSlate,
  type Visit,
  type WireEvent,
} from './wire.ts'

/** What `GET /v1/recommendations` answers, as far as a visitor looks at it. */
interface LiveSlate {
  readonly slate_id: string
  readonly placement: string
  readonly items: readonly { readonly product_id: string }[]
}

export interface LiveOrder {
  readonly visitor_id: string
  readonly user_id: string | null
  readonly lines: readonly {
    readonly product_id: string
    readonly variant_id: string | null
    readonly quantity: number
  }[]
}

export interface LiveOptions {
  readonly shop: DemoShop
  /** Mean wire events a second, above 0, at most 1,000. */
  readonly ratePerSecond: number
  readonly clock: Clock
  /** Ends the sequence. */
  readonly signal: AbortSignal
  /** Reads the visitor's recommendations as the website would; null where there are none yet. */
  readonly fetchSlate: (visitorId: string) => Promise<LiveSlate | null>
  /** Writes the order to the shop's database; null where it was refused. */
  readonly placeOrder: (order: LiveOrder) => Promise<{ readonly order_id: string } | null>
  /** Told when one of the two fails; the visitor goes on without. */
  readonly onFault?: (error: unknown) => void
  /** Waits between batches; by the machine's timer where absent. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** One visitor's next events, to be sent as one request with this User-Agent. */
export interface LiveBatch {
  readonly visitor_id: string
  readonly user_agent: string
  readonly events: readonly WireEvent[]
}

const RATE_MAXIMUM = 1000
const VISITS_MAXIMUM = 400
/** Open visits for each event a second: each visitor clicks about every six seconds. */
const VISITS_PER_RATE = 6
const LEAVE_SHARE = 1 / 7
const ACCOUNT_SHARE = 0.45
const LOGGED_IN_SHARE = 0.7
const HOME_SHARE = 0.3
const LOOKS_AT_SLATE_SHARE = 0.25
const CART_SHARE = 0.06
const ORDER_SHARE = 0.2
const SLATE_SHOWN = 6
const BOT_SHARE = 0.01
const MOOD_LASTS_MS = 10 * 60_000

const AGENTS = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15',
  'Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1',
] as const
const BOT_AGENT = 'ExampleBot/1.0 (+https://bot.example/)'

interface LiveVisit {
  readonly visit: Visit
  readonly agent: string
  readonly cart: SimulatedLine[]
  /** Position of the product on the page, or -1. */
  viewing: number
  hasArrived: boolean
}

interface Stage {
  readonly options: LiveOptions
  readonly random: Random
  readonly writer: EventWriter
  readonly positions: ReadonlyMap<string, number>
  mood: Mood
}

/** Ends when the signal aborts; whoever sends the batches decides what to do with one that fails. */
export async function* liveVisitors(options: LiveOptions): AsyncGenerator<LiveBatch> {
  const { shop, clock, signal } = options
  const startedMs = clock.nowMs()
  const random = chanceOf(shop, 'live', startedMs)
  const stage: Stage = {
    options,
    random,
    writer: eventWriter(shop),
    positions: new Map(shop.products.map((product, position) => [product.id, position])),
    mood: shop.moodAt(startedMs),
  }
  const rate = Math.min(RATE_MAXIMUM, options.ratePerSecond)
  const openMaximum = Math.min(VISITS_MAXIMUM, Math.max(3, Math.round(rate * VISITS_PER_RATE)))
  const wait = options.wait ?? waitByTimer
  const open: LiveVisit[] = []
  while (!signal.aborted) {
    if (clock.nowMs() - stage.mood.atMs > MOOD_LASTS_MS) stage.mood = shop.moodAt(clock.nowMs())
    // A visit begins when there is room for one; which visitor acts next is chance.
    const index = random.int(openMaximum)
    if (index >= open.length) open.push(beginVisit(stage))
    const acting = Math.min(index, open.length - 1)
    const live = open[acting]
    const events = (await act(stage, live)).map(eventOf)
    if (random.chance(LEAVE_SHARE)) open.splice(acting, 1)
    if (signal.aborted) return
    if (events.length > 0) {
      yield { visitor_id: live.visit.shopper.visitorId, user_agent: live.agent, events }
    }
    await wait(random.exponential((1000 * Math.max(1, events.length)) / rate), signal)
  }
}

async function waitByTimer(ms: number, signal: AbortSignal): Promise<void> {
  // The only reason to reject is the signal, and the caller looks at that itself.
  await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined)
}

function beginVisit({ options, random }: Stage): LiveVisit {
  const { shop, clock } = options
  const known = random.chance(ACCOUNT_SHARE)
  const shopper = known ? shop.shoppers[shop.pickShopper(0, random)] : shop.guest(random)
  return {
    visit: startVisit(shopper, { isLoggedIn: random.chance(LOGGED_IN_SHARE), startMs: clock.nowMs(), random }),
    agent: random.chance(BOT_SHARE) ? BOT_AGENT : random.pick(AGENTS),
    cart: [],
    viewing: -1,
    hasArrived: false,
  }
}

async function act(stage: Stage, live: LiveVisit): Promise<readonly Line[]> {
  const { options, random, writer } = stage
  const nowMs = options.clock.nowMs()
  if (live.agent === BOT_AGENT) return [look(stage, live, random.int(options.shop.products.length))]
  const isFirst = !live.hasArrived
  live.hasArrived = true
  if (isFirst && random.chance(HOME_SHARE)) {
    return [writer.pageView(live.visit, nowMs, {}), ...(await lookAtSlate(stage, live))]
  }
  if (live.cart.length > 0 && random.chance(ORDER_SHARE)) return order(stage, live)
  if (live.viewing >= 0 && random.chance(CART_SHARE)) {
    const line = lineFor(options.shop, stage.mood, live.viewing, random)
    if (live.cart.every((other) => other.productId !== line.productId)) live.cart.push(line)
    return [writer.addToCart(live.visit, nowMs, line)]
  }
  if (live.viewing >= 0 && random.chance(LOOKS_AT_SLATE_SHARE)) {
    const events = await lookAtSlate(stage, live)
    if (events.length > 0) return events
  }
  const { shopper } = live.visit
  return [look(stage, live, options.shop.chooser.choose(shopper, stage.mood, live.viewing, random))]
}

function look({ options, writer, mood }: Stage, live: LiveVisit, product: number): Line {
  live.viewing = product
  return writer.view(live.visit, options.clock.nowMs(), pricedProduct(options.shop, mood, product))
}

/** Reads the visitor's slate as the website does, and perhaps opens a product of it. */
async function lookAtSlate(stage: Stage, live: LiveVisit): Promise<readonly Line[]> {
  const { options, writer } = stage
  const answer = await attempt(options, () => options.fetchSlate(live.visit.shopper.visitorId))
  const shown = (answer?.items ?? []).slice(0, SLATE_SHOWN).map((item) => item.product_id)
  if (answer === null || shown.length === 0) return []
  const slate: ShownSlate = { slateId: answer.slate_id, placement: answer.placement, productIds: shown }
  const nowMs = options.clock.nowMs()
  const seen = writer.slateShown(live.visit, nowMs, slate)
  const positions = shown.map((productId) => stage.positions.get(productId))
  const viewer = { shopper: live.visit.shopper, mood: stage.mood, random: stage.random }
  const place = choosePlace(options.shop.chooser, viewer, positions)
  if (place < 0) return [seen]
  return [
    seen,
    writer.slateClicked(live.visit, nowMs, slate, place),
    look(stage, live, stage.positions.get(shown[place])!),
  ]
}

async function order({ options, writer }: Stage, live: LiveVisit): Promise<readonly Line[]> {
  const { visit } = live
  const nowMs = options.clock.nowMs()
  const events: Line[] = []
  if (!visit.isLoggedIn && visit.shopper.userId !== null) events.push(writer.identify(visit, nowMs))
  events.push(writer.checkout(visit, nowMs))
  const lines = live.cart.splice(0)
  const placed = await attempt(options, () =>
    options.placeOrder({
      visitor_id: visit.shopper.visitorId,
      user_id: visit.shopper.userId,
      lines: lines.map((line) => ({
        product_id: line.productId,
        variant_id: line.variantId,
        quantity: line.quantity,
      })),
    }),
  )
  if (placed !== null) {
    events.push(writer.purchase(visit, options.clock.nowMs(), { orderId: placed.order_id, lines }))
  }
  return events
}

async function attempt<Result>(options: LiveOptions, call: () => Promise<Result | null>): Promise<Result | null> {
  try {
    return await call()
  } catch (error) {
    options.onFault?.(error)
    return null
  }
}
