/**
 * stream/record: what one entry of the stream holds.
 *
 * In: accepted events of one visitor and one request, changes of products or rules, refused events, or erasures.
 * Out: the record types, and their limits.
 * Invariant: a record holds at most 20 events and 64 KiB, so that no record can fail in part.
 */
import type { PersonKind } from '../access/suppression.ts'
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

/** What is left of a record once some of its entries were erased; absent where none was. */
interface Remains {
  /** Place of each entry that is left, as it was received, from 0. */
  readonly places?: readonly number[]
  /** Entries that are no more. */
  readonly erased?: number
}

/** One visitor's events of one request. */
export interface EventsRecord extends RecordHead, Remains {
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
export interface QuarantineRecord extends RecordHead, Remains {
  readonly kind: 'quarantine'
  readonly refused: readonly RefusedEvent[]
}

/** Where accepted events were that have been erased: nothing but their number, and the day they came. */
export interface ErasedRecord extends RecordHead {
  readonly kind: 'erased'
  readonly events: number
}

/** Somebody has been erased: what came before is no more. */
export interface ErasureRecord extends RecordHead {
  readonly kind: 'erasure'
  readonly erasure_id: string
  readonly person: PersonKind
  /** Keyed hashes, as in the suppression list. */
  readonly people: readonly string[]
}

/** In place of a record whose bytes the disk has altered; read, never written. */
export interface UnreadableRecord extends RecordHead {
  readonly kind: 'unreadable'
  /** Empty: nobody knows any more. */
  readonly received_at: ''
  readonly message: string
  /** What is there now, base64. */
  readonly bytes: string
}

export type StreamRecord =
  | EventsRecord
  | ProductsRecord
  | RulesRecord
  | QuarantineRecord
  | ErasedRecord
  | ErasureRecord
  | UnreadableRecord

export interface StoredRecord {
  readonly position: Position
  readonly record: StreamRecord
}
