/**
 * deliver/landing-rows: a record of the stream as rows of the landing zone.
 *
 * In: one stored record.
 * Out: lines of JSON, one a row, for landing.clickstreams, landing.product_changes or landing.quarantine.
 * Invariant: nothing of a record is lost or altered; JSON inside a row is text.
 */
import { visitorKeyOf } from '../../parts/event/event.ts'
import type { HemlineEvent, RefusedEvent } from '../../parts/event/event.ts'
import type { Product } from '../../parts/event/product.ts'
import type { EventsRecord, ProductsRecord, QuarantineRecord, StoredRecord } from '../../parts/stream/record.ts'
import type { Position } from '../../parts/stream/position.ts'

/** Rows of landing.clickstreams. */
export function eventLines(record: EventsRecord, position: Position): readonly string[] {
  return record.events.map((event, nth) => JSON.stringify(eventRow(event, position, placeIn(record, nth))))
}

function eventRow(event: HemlineEvent, position: Position, index: number): Record<string, unknown> {
  return {
    ...event,
    visitor_key: visitorKeyOf(event),
    consent: event.consent === null ? null : JSON.stringify(event.consent),
    properties: JSON.stringify(event.properties),
    ...placeOf(position, index),
  }
}

/** Rows of landing.product_changes. */
export function productLines(record: ProductsRecord, position: Position): readonly string[] {
  return record.products.map((product, index) =>
    JSON.stringify({ ...productRow(product), changed_at: record.received_at, ...placeOf(position, index) }),
  )
}

function productRow(product: Product): Record<string, unknown> {
  const { id, variants: _variants, url: _url, image_url: _imageUrl, attributes, ...rest } = product
  return { product_id: id, ...rest, attributes: JSON.stringify(attributes) }
}

/** Rows of landing.quarantine for events refused at the door. */
export function quarantineLines(record: QuarantineRecord, position: Position): readonly string[] {
  return record.refused.map((refused, nth) =>
    JSON.stringify(refusedRow(refused, record.received_at, position, placeIn(record, nth))),
  )
}

/** A row keeps its place when others of its record are erased. */
function placeIn({ places }: EventsRecord | QuarantineRecord, nth: number): number {
  return places?.[nth] ?? nth
}

function refusedRow(refused: RefusedEvent, receivedAt: string, position: Position, index: number): object {
  return {
    received_at: receivedAt,
    reason: 'refused',
    code: refused.code,
    message: refused.message,
    body: refused.body,
    request_index: refused.index,
    ...placeOf(position, index),
  }
}

interface Failure {
  readonly code: string
  readonly message: string
}

/** The row of landing.quarantine for a record that could not be delivered. */
export function deadLetterLine(stored: StoredRecord, failure: Failure): string {
  return letterLine('dead_letter', stored, failure)
}

/** The row of landing.quarantine for a record that the recommender could not learn from. */
export function notLearnedLine(stored: StoredRecord, failure: Failure): string {
  return letterLine('not_learned', stored, failure)
}

function letterLine(reason: string, { record, position }: StoredRecord, { code, message }: Failure): string {
  return JSON.stringify({
    received_at: record.kind === 'unreadable' ? null : record.received_at,
    reason,
    code,
    message,
    body: JSON.stringify(record),
    request_index: null,
    ...placeOf(position, 0),
  })
}

function placeOf(position: Position, index: number): Record<string, unknown> {
  return { shard: position.shard, sequence_number: position.sequence_number, record_index: index }
}
