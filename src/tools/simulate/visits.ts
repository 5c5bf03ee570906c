/**
 * simulate/visits: one visit after another, from the first page to leaving or buying.
 *
 * In: a shop, a visitor, a day's mood, and perhaps the order the visit ends with.
 * Out: the visit's events with their times, oldest first.
 * Invariant: a buying visit shows, puts in the cart and buys exactly the lines of its order, at the order's time.
 */
import type { Mood } from './choice.ts'
import type { DemoShop } from './demo-shop.ts'
import { lineFor, priceText, type SimulatedLine, type SimulatedOrder } from './orders.ts'
import { hashOf, type Random } from './random.ts'
import type { Shopper } from './shoppers.ts'
import { armOf, choosePlace, drawSlate, slateOf } from './shown-slates.ts'
import { isoTimeOf } from './wire-text.ts'
import { startVisit, type EventWriter, type PricedProduct, type Visit, type WireEvent } from './wire.ts'

/** Mean of product views in a visit that does not buy; with the other events the mean visit has 6.9. */
const MEAN_VIEWS = 5.9
const VIEWS_MAXIMUM = 120
const MEAN_VIEWS_BEFORE_ORDER = 4
const CART_SHARE = 0.032
const REMOVE_SHARE = 0.2
const HOME_SHARE = 0.3
const SEARCH_SHARE = 0.1
const LIST_SHARE = 0.05
const LIST_LENGTH = 6
const LOOK_AGAIN_SHARE = 0.07
const SLATE_SHARE = 0.35
const RETURN_LEAST = 0.15
const RETURN_SPREAD = 0.15
const LOGGED_IN_SHARE = 0.7
const LOGS_IN_LATER_SHARE = 0.3
/** About as long as a visit that buys. */
const BUYING_MS = 5 * 60_000
/** Seconds between two clicks: log-normal around 28 s. */
const GAP_MEDIAN_MS = 28_000
const GAP_SIGMA = 0.9
const GAP_MAXIMUM_MS = 20 * 60_000

const SOURCES = [
  { referrer: 'https://search.example/' },
  { referrer: 'https://search.example/' },
  { referrer: 'https://pictures.example/', campaign: 'autumn-looks' },
  { campaign: 'newsletter' },
  {},
  {},
] as const

export interface TimedEvent {
  readonly atMs: number
  readonly event: WireEvent
}

export interface Scene {
  readonly shop: DemoShop
  readonly writer: EventWriter
  readonly mood: Mood
  readonly random: Random
}

/** A visit that looks around, may use the cart, and leaves. */
export function browse(scene: Scene, shopper: Shopper, startMs: number): TimedEvent[] {
  const { random } = scene
  const knows = shopper.userId !== null
  const story = openStory(scene, startVisit(shopper, knows && random.chance(LOGGED_IN_SHARE), startMs), startMs)
  arrive(story)
  const views = 1 + Math.min(VIEWS_MAXIMUM, Math.floor(random.exponential(MEAN_VIEWS - 0.5)))
  const seen: number[] = []
  for (let i = 0; i < views; i++) {
    const product = nextProduct(scene, shopper, seen)
    seen.push(product)
    viewProduct(story, product)
    if (random.chance(CART_SHARE)) useCart(story, lineFor(scene.shop, scene.mood, product, random))
  }
  return story.events
}

/** A visit that ends with an order, at the order's own time. */
export function buy(scene: Scene, order: SimulatedOrder): TimedEvent[] {
  const { random, writer } = scene
  const logsInLater = random.chance(LOGS_IN_LATER_SHARE)
  const story = openStory(scene, startVisit(order.shopper, !logsInLater, order.orderedMs - BUYING_MS), order.orderedMs)
  arrive(story)
  const seen: number[] = []
  const around = Math.floor(random.exponential(MEAN_VIEWS_BEFORE_ORDER))
  for (let i = 0; i < around; i++) {
    seen.push(nextProduct(scene, order.shopper, seen))
    viewProduct(story, seen.at(-1)!)
  }
  for (const line of order.lines) {
    viewProduct(story, line.product)
    tell(story, (visit, atMs) => writer.addToCart(visit, atMs, line))
  }
  if (logsInLater) tell(story, (visit, atMs) => writer.identify(visit, atMs))
  tell(story, (visit, atMs) => writer.checkout(visit, atMs))
  return endAt(story, order)
}

interface Story {
  readonly scene: Scene
  readonly visit: Visit
  readonly events: TimedEvent[]
  /** Time of the newest event. */
  atMs: number
}

function openStory(scene: Scene, visit: Visit, startMs: number): Story {
  return { scene, visit, events: [], atMs: startMs }
}

function tell(story: Story, write: (visit: Visit, atMs: number) => WireEvent): void {
  if (story.events.length > 0) story.atMs += gap(story.scene.random)
  story.events.push({ atMs: story.atMs, event: write(story.visit, story.atMs) })
}

function arrive(story: Story): void {
  const { writer, random, shop, mood } = story.scene
  if (random.chance(HOME_SHARE)) {
    const source = random.pick(SOURCES)
    tell(story, (visit, atMs) => writer.pageView(visit, atMs, source))
  }
  const { shopper } = story.visit
  if (shop.truth.recommendation_lift > 0 && random.chance(SLATE_SHARE)) seeSlate(story)
  if (random.chance(SEARCH_SHARE)) {
    const wanted = shop.products[shop.chooser.choose(shopper, mood, -1, random)]
    const words = `${wanted.base_colour ?? ''} ${wanted.article_type ?? ''}`.trim().toLowerCase()
    tell(story, (visit, atMs) => writer.search(visit, atMs, words))
  }
  if (random.chance(LIST_SHARE)) {
    const listed = new Set<number>()
    for (let i = 0; i < LIST_LENGTH; i++) listed.add(shop.market.pickAny(random))
    const productIds = [...listed].map((position) => shop.products[position].id)
    tell(story, (visit, atMs) => writer.list(visit, atMs, { path: '/new', productIds }))
  }
}

/** Sees what is recommended to visitors of the arm, and perhaps opens a product of it. */
function seeSlate(story: Story): void {
  const { writer, random, shop, mood } = story.scene
  const { shopper } = story.visit
  const viewer = { shopper, mood, random }
  const arm = armOf(shop, shopper)
  const shown = drawSlate(shop, arm, viewer)
  const slate = slateOf(shop, arm, shown, `s-${story.visit.sequence}-${shopper.visitorId.slice(2)}`)
  tell(story, (visit, atMs) => writer.slateShown(visit, atMs, slate))
  const place = choosePlace(shop.chooser, viewer, shown)
  if (place < 0) return
  tell(story, (visit, atMs) => writer.slateClicked(visit, atMs, slate, place))
  viewProduct(story, shown[place])
}

/** What comes back of an order, by the type of its products; all of it where the order was cancelled. */
export function giveBack(scene: Scene, order: SimulatedOrder, atMs: number): TimedEvent[] {
  const { random, shop, writer } = scene
  const isCancelled = order.status === 'cancelled'
  const lines = order.lines.filter((line) => isCancelled || random.chance(returnShare(shop, line.product)))
  if (lines.length === 0) return []
  const visit = startVisit(order.shopper, true, atMs)
  return [{ atMs, event: writer.refund(visit, atMs, { orderId: order.orderId, lines }) }]
}

/** 15 to 30 %, the same for all products of a type. */
function returnShare({ seed, market }: DemoShop, product: number): number {
  return RETURN_LEAST + (RETURN_SPREAD * (hashOf(seed, ['returns', market.type[product]]) % 1000)) / 1000
}

function nextProduct(scene: Scene, shopper: Shopper, seen: readonly number[]): number {
  if (seen.length > 2 && scene.random.chance(LOOK_AGAIN_SHARE)) return scene.random.pick(seen)
  return scene.shop.chooser.choose(shopper, scene.mood, seen.at(-1) ?? -1, scene.random)
}

function viewProduct(story: Story, product: number): void {
  const { shop, writer, mood } = story.scene
  const priced = pricedProduct(shop, mood, product)
  tell(story, (visit, atMs) => writer.view(visit, atMs, priced))
}

export function pricedProduct(shop: DemoShop, mood: Mood, product: number): PricedProduct {
  return { productId: shop.products[product].id, price: priceText(shop, mood, product) }
}

function useCart(story: Story, line: SimulatedLine): void {
  const { writer, random } = story.scene
  tell(story, (visit, atMs) => writer.addToCart(visit, atMs, line))
  if (random.chance(REMOVE_SHARE)) tell(story, (visit, atMs) => writer.removeFromCart(visit, atMs, line))
}

/** Moves the visit back in time so that its purchase falls on the order. */
function endAt(story: Story, order: SimulatedOrder): TimedEvent[] {
  const { writer, random } = story.scene
  const shiftMs = order.orderedMs - gap(random) - story.atMs
  const events = story.events.map(({ atMs, event }) => ({
    atMs: atMs + shiftMs,
    event: { ...event, timestamp: isoTimeOf(atMs + shiftMs) },
  }))
  events.push({ atMs: order.orderedMs, event: writer.purchase(story.visit, order.orderedMs, order) })
  return events
}

function gap(random: Random): number {
  return Math.min(GAP_MAXIMUM_MS, Math.round(GAP_MEDIAN_MS * Math.exp(GAP_SIGMA * random.normal())))
}
