/**
 * simulate/visits: one visit after another, from the first page to leaving or buying.
 *
 * In: a shop, a visitor, a day's mood, and perhaps the order the visit ends with.
 * Out: the visit's events as lines, oldest first.
 * Invariant: a buying visit shows, puts in the cart and buys exactly the lines of its order, at the order's time.
 */
import type { Mood } from './choice.ts'
import type { DemoShop } from './demo-shop.ts'
import type { Line } from './line.ts'
import { pickAny } from './market.ts'
import { lineFor, priceMinorOf, type SimulatedLine, type SimulatedOrder } from './orders.ts'
import { hashOf, type Random } from './random.ts'
import type { Shopper } from './shoppers.ts'
import { armOf, choosePlace, drawSlate, slateOf } from './shown-slates.ts'
import { startVisit, type EventWriter, type PricedProduct, type Visit } from './wire.ts'

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
/** Between two clicks: log-logistic of shape 2 around 28 s. */
const GAP_MEDIAN_MS = 28_000
const GAP_MAXIMUM_MS = 20 * 60_000

const SOURCES = [
  { referrer: 'https://search.example/' },
  { referrer: 'https://search.example/' },
  { referrer: 'https://pictures.example/', campaign: 'autumn-looks' },
  { campaign: 'newsletter' },
  {},
  {},
] as const

export interface Scene {
  readonly shop: DemoShop
  readonly writer: EventWriter
  readonly mood: Mood
  readonly random: Random
}

/** A visit that looks around, may use the cart, and leaves. */
export function browse(scene: Scene, shopper: Shopper, startMs: number): Line[] {
  const { random } = scene
  const knows = shopper.userId !== null
  const isLoggedIn = knows && random.chance(LOGGED_IN_SHARE)
  const story = openStory(scene, startVisit(shopper, { isLoggedIn, startMs, random }), startMs)
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
export function buy(scene: Scene, order: SimulatedOrder): Line[] {
  const { random, writer } = scene
  const logsInLater = random.chance(LOGS_IN_LATER_SHARE)
  const visit = startVisit(order.shopper, { isLoggedIn: !logsInLater, startMs: order.orderedMs - BUYING_MS, random })
  const story = openStory(scene, visit, order.orderedMs)
  arrive(story)
  const seen: number[] = []
  const around = Math.floor(random.exponential(MEAN_VIEWS_BEFORE_ORDER))
  for (let i = 0; i < around; i++) {
    seen.push(nextProduct(scene, order.shopper, seen))
    viewProduct(story, seen.at(-1)!)
  }
  for (const line of order.lines) {
    viewProduct(story, line.product)
    story.events.push(writer.addToCart(story.visit, nextMs(story), line))
  }
  if (logsInLater) story.events.push(writer.identify(story.visit, nextMs(story)))
  story.events.push(writer.checkout(story.visit, nextMs(story)))
  return endAt(story, order)
}

interface Story {
  readonly scene: Scene
  readonly visit: Visit
  readonly events: Line[]
  /** Time of the newest event. */
  atMs: number
}

function openStory(scene: Scene, visit: Visit, startMs: number): Story {
  return { scene, visit, events: [], atMs: startMs }
}

/** When the visit's next event happens. */
function nextMs(story: Story): number {
  if (story.events.length > 0) story.atMs += gap(story.scene.random)
  return story.atMs
}

function arrive(story: Story): void {
  const { writer, random, shop, mood } = story.scene
  if (random.chance(HOME_SHARE)) {
    const source = random.pick(SOURCES)
    story.events.push(writer.pageView(story.visit, nextMs(story), source))
  }
  const { shopper } = story.visit
  if (shop.truth.recommendation_lift > 0 && random.chance(SLATE_SHARE)) seeSlate(story)
  if (random.chance(SEARCH_SHARE)) {
    const wanted = shop.products[shop.chooser.choose(shopper, mood, -1, random)]
    const words = `${wanted.base_colour ?? ''} ${wanted.article_type ?? ''}`.trim().toLowerCase()
    story.events.push(writer.search(story.visit, nextMs(story), words))
  }
  if (random.chance(LIST_SHARE)) {
    const listed = new Set<number>()
    for (let i = 0; i < LIST_LENGTH; i++) listed.add(pickAny(shop.market, random))
    const productIds = [...listed].map((position) => shop.products[position].id)
    story.events.push(writer.list(story.visit, nextMs(story), { path: '/new', productIds }))
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
  story.events.push(writer.slateShown(story.visit, nextMs(story), slate))
  const place = choosePlace(shop.chooser, viewer, shown)
  if (place < 0) return
  story.events.push(writer.slateClicked(story.visit, nextMs(story), slate, place))
  viewProduct(story, shown[place])
}

/** What comes back of an order, by the type of its products; all of it where the order was cancelled. */
export function giveBack(scene: Scene, order: SimulatedOrder, atMs: number): Line[] {
  const { random, shop, writer } = scene
  const isCancelled = order.status === 'cancelled'
  const lines = order.lines.filter((line) => isCancelled || random.chance(returnShare(shop, line.product)))
  if (lines.length === 0) return []
  const visit = startVisit(order.shopper, { isLoggedIn: true, startMs: atMs, random })
  return [writer.refund(visit, atMs, { orderId: order.orderId, lines })]
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
  story.events.push(writer.view(story.visit, nextMs(story), priced))
}

export function pricedProduct(shop: DemoShop, mood: Mood, product: number): PricedProduct {
  return { product, priceMinor: priceMinorOf(shop, mood, product) }
}

function useCart(story: Story, line: SimulatedLine): void {
  const { writer, random } = story.scene
  story.events.push(writer.addToCart(story.visit, nextMs(story), line))
  if (random.chance(REMOVE_SHARE)) story.events.push(writer.removeFromCart(story.visit, nextMs(story), line))
}

/** Moves the visit back in time so that its purchase falls on the order. */
function endAt(story: Story, order: SimulatedOrder): Line[] {
  const { writer, random } = story.scene
  const shiftMs = order.orderedMs - gap(random) - story.atMs
  for (const line of story.events) line.arrivesMs = line.atMs += shiftMs
  story.events.push(writer.purchase(story.visit, order.orderedMs, order))
  return story.events
}

function gap(random: Random): number {
  const share = random.next()
  return Math.min(GAP_MAXIMUM_MS, Math.round(GAP_MEDIAN_MS * Math.sqrt(share / (1 - share))))
}
