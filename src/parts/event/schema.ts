/**
 * event/schema: the form of an event on the wire, compiled into a check.
 *
 * In: one parsed JSON value.
 * Out: whether its known fields have usable types, and what is wrong where they have not.
 * Invariant: unknown fields pass; they become properties.
 */
import { Type, type TProperties } from 'typebox'
import { Compile } from 'typebox/compile'

const MAX_ID_CHARACTERS = 256
export const MAX_TEXT_CHARACTERS = 2048
const MAX_ITEMS_PER_EVENT = 100
export const MAX_PROPERTIES_CHARACTERS = 8 * 1024

const MAX_QUANTITY = 1_000_000

/** Shops number their users and products; both forms of 42 are the id "42". */
const id = Type.Union([
  Type.Null(),
  Type.String({ maxLength: MAX_ID_CHARACTERS, pattern: '^[^\\u0000-\\u001f\\u007f]*$' }),
  Type.Integer({ minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
])
const text = Type.Union([Type.Null(), Type.String({ maxLength: MAX_TEXT_CHARACTERS })])
/** Addresses may be longer than we keep; their end is cut. */
const address = Type.Union([Type.Null(), Type.String()])
const count = Type.Union([
  Type.Null(),
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  Type.String({ pattern: '^\\d{0,15}$' }),
])
const quantity = Type.Union([
  Type.Null(),
  Type.Integer({ minimum: 0, maximum: MAX_QUANTITY }),
  Type.String({ pattern: '^\\d{0,6}$' }),
])
const amount = Type.Union([Type.Null(), Type.Number(), Type.String({ maxLength: 64 })])
const time = Type.Union([Type.Null(), Type.Number(), Type.String({ maxLength: 64 })])
const currency = Type.Union([Type.Null(), Type.String({ pattern: '^([A-Za-z]{3})?$' })])
const object = Type.Union([Type.Null(), Type.Record(Type.String(), Type.Unknown())])

const itemFields = {
  product_id: id,
  variant_id: id,
  quantity,
  unit_price: amount,
  currency,
  position: count,
} satisfies TProperties

const eventFields = {
  event_id: id,
  event_type: Type.Union([Type.Null(), Type.String({ maxLength: 64, pattern: '^[^\\u0000-\\u001f\\u007f]*$' })]),
  timestamp: time,
  visitor_id: id,
  user_id: id,
  ...itemFields,
  order_id: id,
  query: text,
  slate_id: id,
  placement: id,
  client_sequence: count,
  page_url: address,
  referrer: address,
  locale: id,
  campaign: text,
  consent: object,
  properties: object,
} satisfies TProperties

/** Fields that an event keeps under their own name, or that belong to its request. */
export const EVENT_FIELDS: ReadonlySet<string> = new Set([...Object.keys(eventFields), 'items', 'sent_at'])
/** Fields that one of an event's items may set. */
export const ITEM_FIELDS: ReadonlySet<string> = new Set(Object.keys(itemFields))

const wireItemSchema = Type.Partial(Type.Object(itemFields))
const wireEventSchema = Type.Partial(
  Type.Object({
    ...eventFields,
    items: Type.Union([Type.Null(), Type.Array(wireItemSchema, { maxItems: MAX_ITEMS_PER_EVENT })]),
  }),
)

type WireId = string | number | null
export interface WireItem {
  readonly product_id?: WireId
  readonly variant_id?: WireId
  readonly quantity?: string | number | null
  readonly unit_price?: string | number | null
  readonly currency?: string | null
  readonly position?: string | number | null
  readonly [unknownField: string]: unknown
}

export interface WireEvent extends WireItem {
  readonly event_id?: WireId
  readonly event_type?: string | null
  readonly timestamp?: string | number | null
  readonly visitor_id?: WireId
  readonly user_id?: WireId
  readonly order_id?: WireId
  readonly query?: string | null
  readonly slate_id?: WireId
  readonly placement?: WireId
  readonly client_sequence?: string | number | null
  readonly page_url?: string | null
  readonly referrer?: string | null
  readonly locale?: WireId
  readonly campaign?: string | null
  readonly consent?: Readonly<Record<string, unknown>> | null
  readonly properties?: Readonly<Record<string, unknown>> | null
  readonly items?: readonly WireItem[] | null
}

const check = Compile(wireEventSchema)

export function isWireEvent(value: unknown): value is WireEvent {
  return check.Check(value)
}

/** What each field must be, for the message of a refusal. */
const EXPECTED: Readonly<Record<string, string>> = {
  event_type: 'a text of at most 64 characters',
  timestamp: 'ISO 8601 or epoch milliseconds',
  quantity: `a whole number from 0 to ${MAX_QUANTITY}`,
  unit_price: 'an amount such as "39.90"',
  position: 'a whole number, 0 or more',
  client_sequence: 'a whole number, 0 or more',
  currency: 'three letters',
  query: `a text of at most ${MAX_TEXT_CHARACTERS} characters`,
  campaign: `a text of at most ${MAX_TEXT_CHARACTERS} characters`,
  page_url: 'a text',
  referrer: 'a text',
  consent: 'an object',
  properties: 'an object',
  items: `a list of at most ${MAX_ITEMS_PER_EVENT} objects`,
}

/** The first field that keeps `value` from being an event, and what it must be. */
export function firstFault(value: unknown): { readonly field: string; readonly expected: string } {
  const faults = check.Errors(value)
  const paths = faults.map((fault) => fault.instancePath.split('/').slice(1))
  const path = paths.find((found) => found.length > 0) ?? []
  const name = path.findLast((part) => Number.isNaN(Number(part))) ?? ''
  return {
    field: path.join('.') || 'event',
    expected: EXPECTED[name] ?? `a text of at most ${MAX_ID_CHARACTERS} printable characters, or a whole number`,
  }
}
