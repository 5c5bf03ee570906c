/**
 * stream/grouping: which events share a record.
 *
 * In: the accepted events, products or refusals of one request.
 * Out: records within the limits, in the order of arrival per visitor.
 * Invariant: every entry is in exactly one record; a record holds one visitor's events only.
 */
import { visitorKeyOf, type HemlineEvent, type RefusedEvent } from '../event/event.ts'
import type { Product } from '../event/product.ts'
import type { Rule } from '../event/rule.ts'
import {
  MAX_EVENTS_PER_RECORD,
  MAX_RECORD_BYTES,
  type EventsRecord,
  type ProductsRecord,
  type QuarantineRecord,
  type RulesRecord,
} from './record.ts'

/** Left for the record's own fields and head; a visitor key may take 262 characters. */
const MAX_CONTENT_BYTES = MAX_RECORD_BYTES - 2048
/** Most that names, quotes, numbers and times of one event's JSON take. */
const EVENT_FRAME_BYTES = 1100
/** Most that one UTF-16 unit takes in JSON: an escape such as \u0007. */
const BYTES_PER_UNIT = 6

/** @param receivedAt ISO 8601 UTC */
export function groupEvents(events: readonly HemlineEvent[], receivedAt: string): EventsRecord[] {
  const byVisitor = new Map<string, HemlineEvent[]>()
  for (const event of events) {
    const key = visitorKeyOf(event)
    const group = byVisitor.get(key)
    if (group === undefined) byVisitor.set(key, [event])
    else group.push(event)
  }
  const records: EventsRecord[] = []
  for (const [visitorKey, group] of byVisitor) {
    for (const pack of packed(group, eventBytes)) {
      records.push({ kind: 'events', received_at: receivedAt, visitor_key: visitorKey, events: pack })
    }
  }
  return records
}

export function groupProducts(products: readonly Product[], receivedAt: string): ProductsRecord[] {
  return packed(products, jsonBytes).map((pack) => ({ kind: 'products', received_at: receivedAt, products: pack }))
}

export function groupRules(rules: readonly Rule[], receivedAt: string): RulesRecord[] {
  return packed(rules, jsonBytes).map((pack) => ({ kind: 'rules', received_at: receivedAt, put: pack, removed: [] }))
}

/** A body too large for a record is cut; its message then says so. */
export function groupRefused(refused: readonly RefusedEvent[], receivedAt: string): QuarantineRecord[] {
  return packed(refused.map(fitting), jsonBytes).map((pack) => ({
    kind: 'quarantine',
    received_at: receivedAt,
    refused: pack,
  }))
}

function fitting(refused: RefusedEvent): RefusedEvent {
  let kept = refused.body.toWellFormed()
  // Each round keeps half, so at most log2 of the body's length.
  while (jsonBytes({ ...refused, body: kept }) > MAX_CONTENT_BYTES - 64) {
    kept = kept.slice(0, Math.floor(kept.length / 2)).toWellFormed()
  }
  if (kept.length === refused.body.length) return { ...refused, body: kept }
  return { ...refused, body: kept, message: `${refused.message} (first ${kept.length} characters kept)` }
}

/** Splits in order into packs within the limits of a record. */
function packed<Entry>(entries: readonly Entry[], bytesOf: (entry: Entry) => number): Entry[][] {
  const packs: Entry[][] = []
  let pack: Entry[] = []
  let packBytes = 0
  for (const entry of entries) {
    const bytes = bytesOf(entry)
    if (pack.length > 0 && (pack.length >= MAX_EVENTS_PER_RECORD || packBytes + bytes > MAX_CONTENT_BYTES)) {
      packs.push(pack)
      pack = []
      packBytes = 0
    }
    pack.push(entry)
    packBytes += bytes
  }
  if (pack.length > 0) packs.push(pack)
  return packs
}

function jsonBytes(value: object): number {
  return Buffer.byteLength(JSON.stringify(value)) + 1
}

/** A bound that costs no serialising for ordinary events; exact for large ones. */
function eventBytes(event: HemlineEvent): number {
  const units =
    unitsOf(event.event_id) +
    unitsOf(event.event_type) +
    unitsOf(event.visitor_id) +
    unitsOf(event.user_id) +
    unitsOf(event.product_id) +
    unitsOf(event.variant_id) +
    unitsOf(event.order_id) +
    unitsOf(event.query) +
    unitsOf(event.slate_id) +
    unitsOf(event.placement) +
    unitsOf(event.page_url) +
    unitsOf(event.referrer) +
    unitsOf(event.locale) +
    unitsOf(event.campaign)
  const bound = EVENT_FRAME_BYTES + units * BYTES_PER_UNIT + objectBytes(event.properties) + objectBytes(event.consent)
  return bound <= MAX_CONTENT_BYTES / MAX_EVENTS_PER_RECORD ? bound : jsonBytes(event)
}

/** Written JSON is escaped already; UTF-8 takes at most three bytes of each unit. */
function objectBytes(value: Readonly<Record<string, unknown>> | null): number {
  for (const _ in value) return JSON.stringify(value).length * 3
  return 0
}

function unitsOf(text: string | null): number {
  return text === null ? 0 : text.length
}
