/**
 * stream/record: what one entry of the stream holds.
 *
 * In: accepted events of one visitor and one request, changes of products or rules, or refused events.
 * Out: the record types, and their limits.
 * Invariant: a record holds at most 20 events and 64 KiB, so that no record can fail in part.
 */
import type { HemlineEvent, RefusedEvent } from '../event/event.ts'
import type { Product } from '../event/product.ts'
import type { Rule } from '../event/rule.ts'
import type { Position } from './position.ts'

export const MAX_EVENTS_PER_RECORD = 20
export const MAX_RECORD_BYTES = 64 * 1024

interface RecordHead {
  /** Collector's clock, ISO 8601 UTC. */
  readonly received_at: string
}

/** One visitor's events of one request. */
export interface EventsRecord extends RecordHead {
  readonly kind: 'events'
  readonly visitor_key: string
  readonly events: readonly HemlineEvent[]
}

/** Products added or changed. */
export interface ProductsRecord extends RecordHead {
  readonly kind: 'products'
  readonly products: readonly Product[]
}

/** Rules of the merchandiser, put or taken away. */
export interface RulesRecord extends RecordHead {
  readonly kind: 'rules'
  readonly put: readonly Rule[]
  /** Ids of rules that are no more. */
  readonly removed: readonly string[]
}

/** Events refused at the door, kept for repair. */
export interface QuarantineRecord extends RecordHead {
  readonly kind: 'quarantine'
  readonly refused: readonly RefusedEvent[]
}

export type StreamRecord = EventsRecord | ProductsRecord | RulesRecord | QuarantineRecord

export interface StoredRecord {
  readonly position: Position
  readonly record: StreamRecord
}
