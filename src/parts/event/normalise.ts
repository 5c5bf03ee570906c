/**
 * event/normalise: from what a client sent to what Hemline keeps.
 *
 * In: one parsed JSON value and the facts of its request.
 * Out: one event, or one for each of its items; or a refusal with a code and a reason.
 * Invariant: never throws, whatever the value; never alters what it was given.
 */
import type { ErrorCode } from '../../std/error-codes.ts'
import { decimalOf } from './decimal.ts'
import {
  ITEM_EVENT_TYPES,
  PRODUCT_EVENT_TYPES,
  type DeviceClass,
  type EventOrigin,
  type HemlineEvent,
} from './event.ts'
import { unsafeIn } from './json-guard.ts'
import {
  EVENT_FIELDS,
  firstFault,
  isWireEvent,
  ITEM_FIELDS,
  MAX_PROPERTIES_CHARACTERS,
  MAX_TEXT_CHARACTERS,
  type WireEvent,
  type WireItem,
} from './schema.ts'
import { formatTime, parseTime } from './time.ts'

const MAX_AHEAD_MS = 24 * 3_600_000
const MAX_LATE_MS = 7 * 24 * 3_600_000
/** Years no shop's clock can mean: before 2000 and from 2100. */
const EARLIEST_MS = Date.UTC(2000, 0, 1)
const LATEST_MS = Date.UTC(2100, 0, 1)
const MAX_CONSENT_CHARACTERS = 2048

/** What the request says of all its events. */
export interface RequestFacts {
  /** Collector's clock, epoch milliseconds. */
  readonly receivedAtMs: number
  /** The same, ISO 8601 UTC. */
  readonly receivedAt: string
  /** Client's clock when it sent the request, or null. */
  readonly sentAtMs: number | null
  readonly origin: EventOrigin
  readonly device_class: DeviceClass
  readonly is_bot: boolean
  readonly ip_network: string | null
  readonly newEventId: () => string
  readonly isKnownProduct: (productId: string) => boolean
}

interface Refusal {
  readonly code: ErrorCode
  readonly message: string
}

export type Normalised = { readonly events: readonly HemlineEvent[] } | { readonly refusal: Refusal }

export function normaliseEvent(wire: unknown, request: RequestFacts): Normalised {
  const unsafe = unsafeIn(wire)
  if (unsafe !== null) return refuse('HEM_EVENT_UNSAFE', `the event holds ${unsafe}; remove it`)
  if (typeof wire !== 'object' || wire === null || Array.isArray(wire)) {
    return refuse(
      'HEM_EVENT_INVALID',
      'an event is a JSON object such as {"event_type":"page_view","visitor_id":"v-1"}',
    )
  }
  if (!isWireEvent(wire)) {
    const fault = firstFault(wire)
    return refuse('HEM_EVENT_INVALID', `${fault.field} must be ${fault.expected}`)
  }
  return incomplete(wire) ?? build(wire, request)
}

function refuse(code: ErrorCode, message: string): { readonly refusal: Refusal } {
  return { refusal: { code, message } }
}

function incomplete(wire: WireEvent): Normalised | null {
  if (!wire.event_type) return refuse('HEM_EVENT_INCOMPLETE', 'event_type is missing')
  if (idOf(wire.visitor_id) === null && idOf(wire.user_id) === null) {
    return refuse('HEM_EVENT_INCOMPLETE', 'one of visitor_id and user_id is needed')
  }
  if (PRODUCT_EVENT_TYPES.has(wire.event_type) && idOf(wire.product_id) === null) {
    return refuse('HEM_EVENT_INCOMPLETE', `product_id is missing; a ${wire.event_type} is about a product`)
  }
  const joins = wire.event_type === 'identify' || wire.event_type === 'unidentify'
  if (joins && (idOf(wire.visitor_id) === null || idOf(wire.user_id) === null)) {
    return refuse(
      'HEM_EVENT_INCOMPLETE',
      `${wire.event_type} needs both visitor_id and user_id, since it is about both`,
    )
  }
  return null
}

function build(wire: WireEvent, request: RequestFacts): Normalised {
  const times = timesOf(wire, request)
  if ('refusal' in times) return times
  const hasItems = ITEM_EVENT_TYPES.has(wire.event_type ?? '') && (wire.items?.length ?? 0) > 0
  const properties = propertiesOf(wire, hasItems)
  const large = tooLarge(wire, properties)
  if (large !== null) return large
  const base = baseEvent(wire, { request, times, properties })
  if ('refusal' in base) return base
  if (!hasItems) return { events: [base.event] }
  const events: HemlineEvent[] = []
  for (const [index, item] of (wire.items ?? []).entries()) {
    const built = itemEvent(base.event, item, { index, request })
    if ('refusal' in built) return built
    events.push(built.event)
  }
  return { events }
}

interface Times {
  readonly timestamp: string
  readonly corrected_at: string
  readonly time_clamped: boolean
}

/** Corrects by the client's own sending time, so that a wrong clock is no obstacle. */
function timesOf(wire: WireEvent, request: RequestFacts): Times | { readonly refusal: Refusal } {
  const { receivedAtMs, receivedAt: received, sentAtMs } = request
  if (wire.timestamp === undefined || wire.timestamp === null || wire.timestamp === '') {
    if (request.origin === 'import') return refuse('HEM_EVENT_INCOMPLETE', 'timestamp is missing; imports need it')
    return { timestamp: received, corrected_at: received, time_clamped: false }
  }
  const clientMs = parseTime(wire.timestamp)
  if (clientMs === null) {
    return refuse(
      'HEM_EVENT_TIME_INVALID',
      'timestamp must be ISO 8601 such as 2026-11-23T08:15:30Z, or epoch milliseconds',
    )
  }
  const correctedMs = sentAtMs === null ? clientMs : receivedAtMs - (sentAtMs - clientMs)
  if (correctedMs < EARLIEST_MS || correctedMs >= LATEST_MS || clientMs < 0 || clientMs >= LATEST_MS) {
    return refuse(
      'HEM_EVENT_TIME_INVALID',
      'timestamp lies outside the years 2000 to 2099; numbers are epoch milliseconds',
    )
  }
  if (request.origin === 'live' && receivedAtMs - correctedMs > MAX_LATE_MS) {
    return refuse('HEM_EVENT_TOO_LATE', 'the event is more than 7 days old; load it with hemline import-events')
  }
  const clamped = correctedMs - receivedAtMs > MAX_AHEAD_MS
  const timestamp = formatTime(clientMs)
  const corrected = correctedMs === clientMs ? timestamp : formatTime(correctedMs)
  return {
    timestamp,
    corrected_at: clamped ? received : corrected,
    time_clamped: clamped,
  }
}

function propertiesOf(wire: WireEvent, hasItems: boolean): Record<string, unknown> {
  const properties: Record<string, unknown> = {}
  for (const name of Object.keys(wire)) if (!EVENT_FIELDS.has(name)) properties[name] = wire[name]
  // Items of a type that has none are kept as they came.
  if (!hasItems && (wire.items?.length ?? 0) > 0) properties['items'] = wire.items
  return Object.assign(properties, wire.properties)
}

function tooLarge(wire: WireEvent, properties: object): Normalised | null {
  const characters = (value: object) => JSON.stringify(value).length
  if (wire.consent && characters(wire.consent) > MAX_CONSENT_CHARACTERS) {
    return refuse('HEM_EVENT_TOO_LARGE', `consent is longer than ${MAX_CONSENT_CHARACTERS} characters of JSON`)
  }
  for (const _ in properties) {
    if (characters(properties) <= MAX_PROPERTIES_CHARACTERS) break
    return refuse(
      'HEM_EVENT_TOO_LARGE',
      `properties and unknown fields exceed ${MAX_PROPERTIES_CHARACTERS} characters of JSON`,
    )
  }
  return null
}

type Built = { readonly event: HemlineEvent } | { readonly refusal: Refusal }

const PRICE_FAULT = 'unit_price must be an amount from 0 to 9999999999.99, such as "39.90"'

function baseEvent(
  wire: WireEvent,
  given: { readonly request: RequestFacts; readonly times: Times; readonly properties: Record<string, unknown> },
): Built {
  const { request, times } = given
  const price = priceOf(wire.unit_price)
  if (price === undefined) return refuse('HEM_EVENT_INVALID', PRICE_FAULT)
  const productId = idOf(wire.product_id)
  return {
    event: {
      event_id: idOf(wire.event_id) ?? request.newEventId(),
      event_type: wire.event_type ?? '',
      timestamp: times.timestamp,
      visitor_id: idOf(wire.visitor_id),
      user_id: idOf(wire.user_id),
      product_id: productId,
      variant_id: idOf(wire.variant_id),
      quantity: countOf(wire.quantity),
      unit_price: price,
      currency: wire.currency ? wire.currency.toUpperCase() : null,
      order_id: idOf(wire.order_id),
      query: wire.query ?? null,
      slate_id: idOf(wire.slate_id),
      placement: idOf(wire.placement),
      position: countOf(wire.position),
      client_sequence: countOf(wire.client_sequence),
      page_url: cut(wire.page_url),
      referrer: cut(wire.referrer),
      locale: idOf(wire.locale),
      campaign: wire.campaign ?? null,
      consent: wire.consent ?? null,
      properties: given.properties,
      received_at: request.receivedAt,
      corrected_at: times.corrected_at,
      device_class: request.device_class,
      is_bot: request.is_bot,
      origin: request.origin,
      unknown_product: productId !== null && !request.isKnownProduct(productId),
      time_clamped: times.time_clamped,
      ip_network: request.ip_network,
    },
  }
}

/** One item of a list, an order or a refund, with what it shares with its event. */
function itemEvent(
  base: HemlineEvent,
  item: WireItem,
  given: { readonly index: number; readonly request: RequestFacts },
): Built {
  const productId = idOf(item.product_id)
  if (productId === null) return refuse('HEM_EVENT_INCOMPLETE', `items.${given.index}.product_id is missing`)
  const price = priceOf(item.unit_price)
  if (price === undefined) return refuse('HEM_EVENT_INVALID', `items.${given.index}.${PRICE_FAULT}`)
  const own: Record<string, unknown> = {}
  for (const name of Object.keys(item)) if (!ITEM_FIELDS.has(name)) own[name] = item[name]
  const properties = Object.keys(own).length === 0 ? base.properties : { ...base.properties, ...own }
  if (properties !== base.properties && JSON.stringify(properties).length > MAX_PROPERTIES_CHARACTERS) {
    return refuse('HEM_EVENT_TOO_LARGE', `items.${given.index} exceeds ${MAX_PROPERTIES_CHARACTERS} characters of JSON`)
  }
  return {
    event: {
      ...base,
      event_id: `${base.event_id}#${given.index}`,
      product_id: productId,
      variant_id: idOf(item.variant_id) ?? base.variant_id,
      quantity: countOf(item.quantity) ?? base.quantity,
      unit_price: price ?? base.unit_price,
      currency: item.currency ? item.currency.toUpperCase() : base.currency,
      position: countOf(item.position) ?? base.position,
      properties,
      unknown_product: !given.request.isKnownProduct(productId),
    },
  }
}

/** Ids are texts; an empty one is none. */
function idOf(value: string | number | null | undefined): string | null {
  if (typeof value === 'number') return String(value)
  return value ? value : null
}

function countOf(value: string | number | null | undefined): number | null {
  return value === null || value === undefined || value === '' ? null : Number(value)
}

/** The amount with two places; null where absent, undefined where it is no amount. */
function priceOf(value: string | number | null | undefined): string | null | undefined {
  if (value === null || value === undefined || value === '') return null
  return decimalOf(value) ?? undefined
}

function cut(value: string | null | undefined): string | null {
  if (!value) return null
  return value.length <= MAX_TEXT_CHARACTERS ? value : value.slice(0, MAX_TEXT_CHARACTERS).toWellFormed()
}
