/**
 * aws/stream/shard-cursor: reads one shard, from a place of it to its end.
 *
 * In: where to begin.
 * Out: its records in order, a page at a time, with the time by which they are ordered among other shards.
 * Invariant: no record is left out: an iterator that has expired is replaced by one after the last record read. Times never go
 *   back within a shard, although Kinesis' own may.
 */
import { GetRecordsCommand, GetShardIteratorCommand, type KinesisClient } from '@aws-sdk/client-kinesis'
import type { StoredRecord } from '../../../parts/stream/record.ts'
import type { Clock } from '../../../std/clock.ts'
import { HemlineError } from '../../../std/errors.ts'
import { retry } from '../../../std/retry.ts'
import { backoffOf, type AwsAccess } from '../access.ts'
import { isNamed, isPassing } from '../faults.ts'
import { nativeSequence, storedRecordOf } from './kinesis-record.ts'

/** Kinesis answers with fewer, at most 10 MB. */
const PAGE_RECORDS = 1000
/** Within some six seconds: a shard that has given 10 MB at once gives nothing for five. */
const TRIES = 12
/** Pages without a record and yet not at the end, which Kinesis gives where old records were. */
const MAX_EMPTY_PAGES = 1000

export interface KinesisSource {
  readonly client: KinesisClient
  readonly access: AwsAccess
  readonly stream: string
  readonly clock: Clock
  /** Told of a record that is none of Hemline's, or is damaged; it is left out. */
  readonly onCorrupt: (fault: HemlineError) => void
}

export interface Fetched extends StoredRecord {
  /** Epoch ms; never before that of an earlier record of the shard. */
  readonly arrivedMs: number
}

/** After a number, at or after a time, or from the oldest record where null. */
export type ShardStart = { readonly after: string } | { readonly sinceMs: number } | null

export interface ShardCursor {
  readonly shard: string
  /** The oldest record fetched and not taken, or null. */
  head(): Fetched | null
  take(): void
  /** Whether the shard is closed and all of it was fetched. */
  isRead(): boolean
  /** Epoch ms of the last answer that reached the shard's newest record; -Infinity before the first. */
  atTailMs(): number
  /** Fetches one page. @returns whether it reached the newest record */
  fetch(): Promise<boolean>
}

export function openShard(source: KinesisSource, shard: string, start: ShardStart): ShardCursor {
  const { client, stream, clock } = source
  const tried = { ...backoffOf(source.access), attempts: TRIES, isPassing }
  let from = start
  let iterator: string | undefined
  let isRead = false
  let atTailMs = Number.NEGATIVE_INFINITY
  let arrivedMs = 0
  let page: Fetched[] = []
  let taken = 0

  const locate = async (): Promise<string | undefined> => {
    const command = new GetShardIteratorCommand({ StreamName: stream, ShardId: shard, ...iteratorOf(from) })
    return (await retry(() => client.send(command), tried)).ShardIterator
  }

  const readPage = async () => {
    iterator ??= await locate()
    const command = new GetRecordsCommand({ ShardIterator: iterator, Limit: PAGE_RECORDS })
    try {
      return await retry(() => client.send(command), tried)
    } catch (fault) {
      if (!isNamed(fault, 'ExpiredIteratorException')) throw fault
      iterator = undefined
      return null
    }
  }

  const keep = ({ SequenceNumber = '', Data, ApproximateArrivalTimestamp }: RawRecord): void => {
    from = { after: SequenceNumber }
    arrivedMs = Math.max(arrivedMs, ApproximateArrivalTimestamp?.getTime() ?? 0)
    try {
      const raw = { shard, sequenceNumber: SequenceNumber, data: Data ?? new Uint8Array() }
      page.push({ ...storedRecordOf(raw), arrivedMs })
    } catch (fault) {
      if (!(fault instanceof HemlineError)) throw fault
      source.onCorrupt(fault)
    }
  }

  return {
    shard,
    head: () => page[taken] ?? null,
    take: () => void taken++,
    isRead: () => isRead,
    atTailMs: () => atTailMs,
    async fetch() {
      for (let pages = 0; pages < MAX_EMPTY_PAGES && !isRead; pages++) {
        const askedMs = clock.nowMs()
        const answer = await readPage()
        if (answer === null) continue
        page = []
        taken = 0
        for (const record of answer.Records ?? []) keep(record)
        iterator = answer.NextShardIterator
        isRead = iterator === undefined
        const isAtTail = isRead || answer.MillisBehindLatest === 0
        if (isAtTail) atTailMs = askedMs
        if (isAtTail || page.length > 0) return isAtTail
      }
      return true
    },
  }
}

interface RawRecord {
  readonly SequenceNumber?: string | undefined
  readonly Data?: Uint8Array | undefined
  readonly ApproximateArrivalTimestamp?: Date | undefined
}

interface IteratorPlace {
  readonly ShardIteratorType: 'TRIM_HORIZON' | 'AT_TIMESTAMP' | 'AFTER_SEQUENCE_NUMBER'
  readonly Timestamp?: Date
  readonly StartingSequenceNumber?: string
}

function iteratorOf(start: ShardStart): IteratorPlace {
  if (start === null) return { ShardIteratorType: 'TRIM_HORIZON' }
  if ('sinceMs' in start) return { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(start.sinceMs) }
  const number = nativeSequence(start.after)
  // No record has number 0: it stands for the place before all of them.
  if (number === '0') return iteratorOf(null)
  return { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: number }
}
