/**
 * forget/remains: what is left of records of the stream when a person's entries go.
 *
 * In: stored records, and which of their entries are the person's.
 * Out: the records to be put in their places; none for records that hold nothing of the person.
 * Invariant: entries of others stay as they were, and keep their places; events that go are counted, so that the ledger adds up.
 */
import type { HemlineEvent, RefusedEvent } from '../../parts/event/event.ts'
import type { StoredRecord, StreamRecord } from '../../parts/stream/record.ts'

export interface Erased {
  event(event: HemlineEvent, sequenceNumber: string): boolean
  refused(refused: RefusedEvent): boolean
  /** Whether all of a record goes that could not be delivered. */
  letter(sequenceNumber: string): boolean
}

/** @returns null where nothing goes */
export function remainsOf({ position, record }: StoredRecord, erased: Erased): StoredRecord | null {
  if (record.kind === 'events') {
    const { sequence_number: number } = position
    const goes = (event: HemlineEvent): boolean => erased.letter(number) || erased.event(event, number)
    const { kept, places } = keep(record.events, record.places, goes)
    const gone = record.events.length - kept.length
    if (gone === 0) return null
    const count = gone + (record.erased ?? 0)
    const left: StreamRecord = { ...record, events: kept, places, erased: count }
    return { position, record: kept.length === 0 ? nothingLeft(record, count) : left }
  }
  if (record.kind === 'quarantine') {
    const { kept, places } = keep(record.refused, record.places, erased.refused)
    if (kept.length === record.refused.length) return null
    return { position, record: kept.length === 0 ? nothingLeft(record, 0) : { ...record, refused: kept, places } }
  }
  return null
}

/** To the millisecond, the time could tell whose it was. */
function nothingLeft({ received_at: receivedAt }: StreamRecord, events: number): StreamRecord {
  return { kind: 'erased', received_at: `${receivedAt.slice(0, 10)}T00:00:00.000Z`, events }
}

function keep<Entry>(
  entries: readonly Entry[],
  before: readonly number[] | undefined,
  goes: (entry: Entry) => boolean,
) {
  const kept: Entry[] = []
  const places: number[] = []
  for (const [nth, entry] of entries.entries()) {
    if (goes(entry)) continue
    kept.push(entry)
    places.push(before?.[nth] ?? nth)
  }
  return { kept, places }
}
