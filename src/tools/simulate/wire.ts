/**
 * simulate/wire: events as a tracker would send them.
 *
 * In: a visit (who, where from, on which device) and what happened in it.
 * Out: lines of the public format, with only the fields that apply.
 * Invariant: a visit's events count up, and carry `user_id` once the shopper is logged in.
 */
import type { Product } from '../../parts/event/product.ts'
import { headOf, textOf, type Line } from './line.ts'
import { decimalOf } from './money.ts'
import type { SimulatedLine, SimulatedOrder } from './orders.ts'
import type { Random } from './random.ts'
import type { Shopper } from './shoppers.ts'

interface WireItem {
  readonly product_id: string
  readonly variant_id?: string | null
  readonly quantity?: number
  readonly unit_price?: string
  readonly position?: number
}

/** An event of the public format; absent fields are left out. */
export interface WireEvent {
  readonly event_id: string
  readonly timestamp: string
  readonly visitor_id: string
  readonly locale: string
  readonly user_id?: string
  readonly client_sequence: number
  readonly event_type: string
  readonly page_url?: string
  readonly referrer?: string
  readonly campaign?: string
  readonly product_id?: string
  readonly variant_id?: string | null
  readonly quantity?: number
  readonly unit_price?: string
  readonly currency?: string
  readonly order_id?: string
  readonly query?: string
  readonly slate_id?: string
  readonly placement?: string
  readonly position?: number
  readonly items?: readonly WireItem[]
  readonly consent?: Readonly<Record<string, boolean>>
  readonly properties?: Readonly<Record<string, unknown>>
}

/** What an event says besides who did it and when. */
type Rest = Partial<Omit<WireEvent, 'event_id' | 'timestamp' | 'event_type' | 'visitor_id' | 'client_sequence'>>

const SHOP_URL = 'https://shop.example'

/** One visit in progress; it counts its own events and knows whether the shopper is logged in. */
export interface Visit {
  readonly shopper: Shopper
  /** 32 bits, for the ids of its events. */
  readonly chance: number
  /** Who it is, in all events until the shopper logs in. */
  head: Buffer
  isLoggedIn: boolean
  sequence: number
}

/** A browser's counter goes on from visit to visit; seconds since this instant keep it growing without memory. */
const SEQUENCE_START_MS = Date.UTC(2024, 0, 1)

interface VisitStart {
  readonly isLoggedIn: boolean
  readonly startMs: number
  readonly random: Random
}

export function startVisit(shopper: Shopper, { isLoggedIn, startMs, random }: VisitStart): Visit {
  const sequence = Math.max(0, Math.floor((startMs - SEQUENCE_START_MS) / 1000))
  return { shopper, sequence, chance: random.bits(), ...identityOf(shopper, isLoggedIn && shopper.userId !== null) }
}

function identityOf({ visitorId, locale, userId }: Shopper, isLoggedIn: boolean): Pick<Visit, 'head' | 'isLoggedIn'> {
  const user = isLoggedIn ? `"user_id":"${userId}",` : ''
  return { head: headOf(`"visitor_id":"${visitorId}","locale":"${locale}",${user}"client_sequence":`), isLoggedIn }
}

export interface EventWriter {
  pageView(visit: Visit, atMs: number, entry: Pick<WireEvent, 'referrer' | 'campaign'>): Line
  search(visit: Visit, atMs: number, query: string): Line
  list(visit: Visit, atMs: number, listed: { readonly path: string; readonly productIds: readonly string[] }): Line
  view(visit: Visit, atMs: number, product: PricedProduct): Line
  crawl(visit: Visit, atMs: number, page: { readonly product: PricedProduct; readonly userAgent: string }): Line
  addToCart(visit: Visit, atMs: number, line: SimulatedLine): Line
  removeFromCart(visit: Visit, atMs: number, line: SimulatedLine): Line
  checkout(visit: Visit, atMs: number): Line
  /** Logs the shopper in: this and later events carry `user_id`. */
  identify(visit: Visit, atMs: number): Line
  purchase(visit: Visit, atMs: number, order: Pick<SimulatedOrder, 'orderId' | 'lines'>): Line
  refund(visit: Visit, atMs: number, order: Pick<SimulatedOrder, 'orderId' | 'lines'>): Line
  slateShown(visit: Visit, atMs: number, slate: ShownSlate): Line
  slateClicked(visit: Visit, atMs: number, slate: ShownSlate, position: number): Line
}

export interface PricedProduct {
  /** Position in the catalogue. */
  readonly product: number
  readonly priceMinor: number
}

/** A slate as the shopper saw it, first place first. */
export interface ShownSlate {
  readonly slateId: string
  readonly placement: string
  readonly productIds: readonly string[]
  /** Which group of visitors saw it, where the shop compares groups. */
  readonly arm?: string
}

type Tell = (visit: Visit, atMs: number, type: string, rest: Rest) => Line

/** Most events are views, whose fields are made once a product; those of the others go through `JSON.stringify`. */
export function eventWriter({ products, currency }: Catalogue): EventWriter {
  const viewed = viewRests(products, currency)
  return {
    view: (visit, atMs, priced) => lineOf(visit, atMs, viewed(priced)),
    ...pageEvents,
    ...productEvents({ products, currency }),
    ...slateEvents,
  }
}

interface Catalogue {
  readonly products: readonly Product[]
  readonly currency: string
}

function lineOf(visit: Visit, atMs: number, rest: Line['rest']): Line {
  return { atMs, arrivesMs: atMs, head: visit.head, sequence: visit.sequence++, chance: visit.chance, rest }
}

const tell: Tell = (visit, atMs, type, rest) => lineOf(visit, atMs, restOf(type, rest))

function restOf(type: string, rest: Rest): string {
  return `,"event_type":"${type}",${JSON.stringify(rest).slice(1)}\n`
}

/** What a view says of a product at a price, made anew when the price changes. */
function viewRests(products: readonly Product[], currency: string): (priced: PricedProduct) => Buffer {
  const rests: (Buffer | undefined)[] = products.map(() => undefined)
  const prices = new Int32Array(products.length)
  return ({ product, priceMinor }) => {
    const known = rests[product]
    if (known !== undefined && prices[product] === priceMinor) return known
    prices[product] = priceMinor
    const rest = restOf('product_view', viewOf(products[product], priceMinor, currency))
    return (rests[product] = Buffer.from(rest))
  }
}

function viewOf({ id }: Product, priceMinor: number, currency: string): Rest {
  return { page_url: `${SHOP_URL}/products/${id}`, product_id: id, unit_price: decimalOf(priceMinor), currency }
}

const page = (path: string) => ({ page_url: SHOP_URL + path })

const pageEvents: Pick<EventWriter, 'pageView' | 'search' | 'list' | 'checkout' | 'identify'> = {
  pageView: (visit, atMs, entry) => tell(visit, atMs, 'page_view', { ...page('/'), ...entry, ...consentOf(visit) }),
  search(visit, atMs, query) {
    return tell(visit, atMs, 'search', { ...page(`/search?q=${encodeURIComponent(query)}`), query })
  },
  list(visit, atMs, { path, productIds }) {
    return tell(visit, atMs, 'product_list_view', { ...page(path), items: placesOf(productIds) })
  },
  checkout: (visit, atMs) => tell(visit, atMs, 'begin_checkout', page('/checkout')),
  identify(visit, atMs) {
    Object.assign(visit, identityOf(visit.shopper, visit.shopper.userId !== null))
    return tell(visit, atMs, 'identify', { ...page('/login'), ...consentOf(visit) })
  },
}

function placesOf(productIds: readonly string[]): readonly WireItem[] {
  return productIds.map((product_id, position) => ({ product_id, position }))
}

/** Of ten people with an account six have agreed to be written to, two have not, and two were never asked. */
function consentOf({ isLoggedIn, shopper }: Visit): Pick<WireEvent, 'consent'> {
  const answer = Number(shopper.userId) % 10
  return isLoggedIn && answer < 8 ? { consent: { marketing: answer < 6 } } : {}
}

type ProductEvents = Pick<EventWriter, 'crawl' | 'addToCart' | 'removeFromCart' | 'purchase' | 'refund'>

function productEvents({ products, currency }: Catalogue): ProductEvents {
  const itemOf = (line: SimulatedLine) => ({
    product_id: line.productId,
    variant_id: line.variantId,
    quantity: line.quantity,
    unit_price: decimalOf(line.unitPriceMinor),
  })
  const ofLine = (line: SimulatedLine): Rest => ({
    page_url: `${SHOP_URL}/products/${line.productId}`,
    ...itemOf(line),
    currency,
  })
  const ofOrder = (path: string, { orderId, lines }: Pick<SimulatedOrder, 'orderId' | 'lines'>): Rest => ({
    page_url: SHOP_URL + path,
    order_id: orderId,
    currency,
    items: lines.map(itemOf),
  })
  return {
    crawl(visit, atMs, { product: { product, priceMinor }, userAgent }) {
      const properties = { user_agent: userAgent }
      return tell(visit, atMs, 'product_view', { ...viewOf(products[product], priceMinor, currency), properties })
    },
    addToCart: (visit, atMs, line) => tell(visit, atMs, 'add_to_cart', ofLine(line)),
    removeFromCart: (visit, atMs, line) => tell(visit, atMs, 'remove_from_cart', ofLine(line)),
    purchase: (visit, atMs, order) => tell(visit, atMs, 'purchase', ofOrder('/thanks', order)),
    refund: (visit, atMs, order) => tell(visit, atMs, 'refund', ofOrder('/returns', order)),
  }
}

const ofSlate = ({ slateId, placement }: ShownSlate) => ({ ...page('/'), slate_id: slateId, placement })

const slateEvents: Pick<EventWriter, 'slateShown' | 'slateClicked'> = {
  slateShown(visit, atMs, slate) {
    const properties = slate.arm === undefined ? {} : { properties: { arm: slate.arm } }
    const items = placesOf(slate.productIds)
    return tell(visit, atMs, 'recommendation_view', { ...ofSlate(slate), items, ...properties })
  },
  slateClicked(visit, atMs, slate, position) {
    const product_id = slate.productIds[position]
    return tell(visit, atMs, 'recommendation_click', { ...ofSlate(slate), product_id, position })
  },
}

/** The event that a line holds. */
export function eventOf(line: Line): WireEvent {
  return JSON.parse(textOf(line)) as WireEvent
}
