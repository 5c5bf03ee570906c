/**
 * recommend/record-queue: records read ahead of learning, and what they say of each visitor and of the load.
 *
 * In: a reader of the stream.
 * Out: one record at a time; whether a later one in the queue changes the same visitor's slate; whether more wait than fit.
 * Invariant: at most `READ_RECORDS` are held; the next are read when all are taken.
 */
import { changesSlate } from './apply-record.ts'
import { isAfter } from '../../parts/stream/checkpoint.ts'
import type { Position } from '../../parts/stream/position.ts'
import type { StreamReader } from '../../parts/stream/port.ts'
import type { StoredRecord } from '../../parts/stream/record.ts'

/** Some eighty milliseconds of slates at most, where each record is of another visitor. */
const READ_RECORDS = 128

export interface RecordQueue {
  /**
   * Reads on where the queue is empty.
   *
   * @param after position of the newest record taken
   * @param mayBurst whether a full read counts as a burst
   */
  fill(after: Position | null, mayBurst: boolean): Promise<void>
  /** The next record, or null where all are taken. */
  next(): StoredRecord | null
  /** Whether a record not yet taken changes this visitor's slate. */
  holdsLater(visitorKey: string): boolean
  /** Whether the last read was full, so that slates must not hold up learning. */
  isBurst(): boolean
  /** Whether the last read reached the end of the stream and all of it is taken. */
  isCaughtUp(): boolean
}

export function createRecordQueue(reader: StreamReader): RecordQueue {
  let records: readonly StoredRecord[] = []
  let taken = 0
  let isBurst = false
  let reachedEnd = false
  const newestOf = new Map<string, Position>()

  return {
    async fill(after, mayBurst) {
      if (taken < records.length) return
      records = await reader.read(after, READ_RECORDS)
      taken = 0
      reachedEnd = records.length < READ_RECORDS
      isBurst = mayBurst && !reachedEnd
      newestOf.clear()
      for (const { record, position } of records) {
        if (changesSlate(record)) newestOf.set(record.visitor_key, position)
      }
    },
    next: () => (taken < records.length ? (records[taken++] ?? null) : null),
    holdsLater(visitorKey) {
      const newest = newestOf.get(visitorKey)
      const current = records[taken - 1]
      return newest !== undefined && current !== undefined && isAfter(newest, current.position)
    },
    isBurst: () => isBurst,
    isCaughtUp: () => reachedEnd && taken === records.length,
  }
}
