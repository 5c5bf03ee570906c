/**
 * simulate/wire: events as a tracker would send them.
 *
 * In: a visit (who, where from, on which device) and what happened in it.
 * Out: events of the public format, with only the fields that apply.
 * Invariant: an event's id is a UUID of version 7 made from the event's own time and the visit's chance.
 */
import type { SimulatedLine, SimulatedOrder } from './orders.ts'
import { decimalOf } from './money.ts'
import type { Random } from './random.ts'
import type { Shopper } from './shoppers.ts'
import { isoTimeOf, uuidAt } from './wire-text.ts'

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
  readonly event_type: string
  readonly timestamp: string
  readonly visitor_id: string
  readonly user_id?: string
  readonly client_sequence: number
  readonly locale: string
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

type Draft = { -readonly [Field in keyof WireEvent]: WireEvent[Field] }

const SHOP_URL = 'https://shop.example'

/** One visit in progress; it counts its own events and knows whether the shopper is logged in. */
export interface Visit {
  readonly shopper: Shopper
  isLoggedIn: boolean
  sequence: number
}

/** A browser's counter goes on from visit to visit; seconds since this instant keep it growing without memory. */
const SEQUENCE_START_MS = Date.UTC(2024, 0, 1)

export function startVisit(shopper: Shopper, isLoggedIn: boolean, startMs: number): Visit {
  const sequence = Math.max(0, Math.floor((startMs - SEQUENCE_START_MS) / 1000))
  return { shopper, isLoggedIn: isLoggedIn && shopper.userId !== null, sequence }
}

export interface EventWriter {
  pageView(visit: Visit, atMs: number, entry: { readonly referrer?: string; readonly campaign?: string }): WireEvent
  search(visit: Visit, atMs: number, query: string): WireEvent
  list(visit: Visit, atMs: number, listed: { readonly path: string; readonly productIds: readonly string[] }): WireEvent
  view(visit: Visit, atMs: number, product: PricedProduct): WireEvent
  addToCart(visit: Visit, atMs: number, line: SimulatedLine): WireEvent
  removeFromCart(visit: Visit, atMs: number, line: SimulatedLine): WireEvent
  checkout(visit: Visit, atMs: number): WireEvent
  /** Logs the shopper in: this and later events carry `user_id`. */
  identify(visit: Visit, atMs: number): WireEvent
  purchase(visit: Visit, atMs: number, order: Pick<SimulatedOrder, 'orderId' | 'lines'>): WireEvent
  refund(visit: Visit, atMs: number, order: Pick<SimulatedOrder, 'orderId' | 'lines'>): WireEvent
  slateShown(visit: Visit, atMs: number, slate: ShownSlate): WireEvent
  slateClicked(visit: Visit, atMs: number, slate: ShownSlate, position: number): WireEvent
}

export interface PricedProduct {
  readonly productId: string
  /** Decimal string. */
  readonly price: string
}

/** A slate as the shopper saw it, first place first. */
export interface ShownSlate {
  readonly slateId: string
  readonly placement: string
  readonly productIds: readonly string[]
  /** Which group of visitors saw it, where the shop compares groups. */
  readonly arm?: string
}

type Begin = (visit: Visit, atMs: number, event_type: string, path: string) => Draft

/** Fields are set one by one because that is several times faster than spreading objects. */
export function eventWriter(currency: string, random: Random): EventWriter {
  const begin: Begin = (visit, atMs, event_type, path) => {
    const { shopper } = visit
    const event: Draft = {
      event_id: uuidAt(atMs, random),
      event_type,
      timestamp: isoTimeOf(atMs),
      visitor_id: shopper.visitorId,
      client_sequence: visit.sequence++,
      locale: shopper.locale,
      page_url: SHOP_URL + path,
    }
    if (visit.isLoggedIn) event.user_id = shopper.userId!
    return event
  }
  return { ...pageEvents(begin), ...productEvents(begin, currency), ...slateEvents(begin) }
}

function pageEvents(begin: Begin): Pick<EventWriter, 'pageView' | 'search' | 'list' | 'checkout' | 'identify'> {
  return {
    pageView: (visit, atMs, entry) => withConsent(Object.assign(begin(visit, atMs, 'page_view', '/'), entry)),
    search(visit, atMs, query) {
      const event = begin(visit, atMs, 'search', `/search?q=${encodeURIComponent(query)}`)
      event.query = query
      return event
    },
    list(visit, atMs, { path, productIds }) {
      const event = begin(visit, atMs, 'product_list_view', path)
      event.items = productIds.map((product_id, position) => ({ product_id, position }))
      return event
    },
    checkout: (visit, atMs) => begin(visit, atMs, 'begin_checkout', '/checkout'),
    identify(visit, atMs) {
      visit.isLoggedIn = visit.shopper.userId !== null
      return withConsent(begin(visit, atMs, 'identify', '/login'))
    },
  }
}

/** Of ten people with an account six have agreed to be written to, two have not, and two were never asked. */
function withConsent(event: Draft): WireEvent {
  const answer = Number(event.user_id) % 10
  if (answer < 8) event.consent = { marketing: answer < 6 }
  return event
}

type ProductEvents = Pick<EventWriter, 'view' | 'addToCart' | 'removeFromCart' | 'purchase' | 'refund'>

function productEvents(begin: Begin, currency: string): ProductEvents {
  const aboutLine = (visit: Visit, atMs: number, event_type: string, line: SimulatedLine): WireEvent => {
    const event = begin(visit, atMs, event_type, `/products/${line.productId}`)
    event.product_id = line.productId
    event.variant_id = line.variantId
    event.quantity = line.quantity
    event.unit_price = decimalOf(line.unitPriceMinor)
    event.currency = currency
    return event
  }
  const aboutOrder = (event: Draft, order: Pick<SimulatedOrder, 'orderId' | 'lines'>): WireEvent => {
    event.order_id = order.orderId
    event.currency = currency
    event.items = order.lines.map((line) => ({
      product_id: line.productId,
      variant_id: line.variantId,
      quantity: line.quantity,
      unit_price: decimalOf(line.unitPriceMinor),
    }))
    return event
  }
  return {
    view(visit, atMs, { productId, price }) {
      const event = begin(visit, atMs, 'product_view', `/products/${productId}`)
      event.product_id = productId
      event.unit_price = price
      event.currency = currency
      return event
    },
    addToCart: (visit, atMs, line) => aboutLine(visit, atMs, 'add_to_cart', line),
    removeFromCart: (visit, atMs, line) => aboutLine(visit, atMs, 'remove_from_cart', line),
    purchase: (visit, atMs, order) => aboutOrder(begin(visit, atMs, 'purchase', '/thanks'), order),
    refund: (visit, atMs, order) => aboutOrder(begin(visit, atMs, 'refund', '/returns'), order),
  }
}

function slateEvents(begin: Begin): Pick<EventWriter, 'slateShown' | 'slateClicked'> {
  const ofSlate = (visit: Visit, atMs: number, event_type: string, slate: ShownSlate): Draft => {
    const event = begin(visit, atMs, event_type, '/')
    event.slate_id = slate.slateId
    event.placement = slate.placement
    return event
  }
  return {
    slateShown(visit, atMs, slate) {
      const event = ofSlate(visit, atMs, 'recommendation_view', slate)
      event.items = slate.productIds.map((product_id, position) => ({ product_id, position }))
      if (slate.arm !== undefined) event.properties = { arm: slate.arm }
      return event
    },
    slateClicked(visit, atMs, slate, position) {
      const event = ofSlate(visit, atMs, 'recommendation_click', slate)
      event.product_id = slate.productIds[position]
      event.position = position
      return event
    },
  }
}
