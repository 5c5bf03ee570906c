/**
 * test/app/lambda/memory-kinesis: a data stream with shards, in memory.
 *
 * In: records of the collector; splits.
 * Out: the stream's ports; what each shard holds, as Lambda and Firehose read it.
 * Invariant: one key is in one shard at a time and numbers rise, also from a shard to those it is split into; an answer that
 *   is lost makes the writer put the record once more.
 */
import { hash } from 'node:crypto'
import type { Position } from '../../../src/parts/stream/position.ts'
import type { StreamReader, StreamWriter } from '../../../src/parts/stream/port.ts'
import type { StoredRecord } from '../../../src/parts/stream/record.ts'
import type { Clock } from '../../../src/std/clock.ts'
import { kinesisPosition, putEntryOf, storedRecordOf } from '../../../src/wings/aws/stream/kinesis-record.ts'

export interface KinesisEntry {
  readonly shard: string
  readonly sequenceNumber: string
  readonly partitionKey: string
  readonly data: Buffer
  readonly arrivedMs: number
}

export interface KinesisShard {
  readonly id: string
  readonly parent: KinesisShard | null
  /** Hashes from here up to `to`, of 0 to 1. */
  readonly from: number
  readonly to: number
  isClosed: boolean
  readonly entries: KinesisEntry[]
}

export interface MemoryKinesis {
  readonly writer: StreamWriter
  readonly reader: StreamReader
  readonly shards: readonly KinesisShard[]
  split(shardId: string): void
  /** Puts bytes that are no record. */
  putBytes(partitionKey: string, data: Buffer): void
}

export interface MemoryKinesisOptions {
  readonly clock: Clock
  readonly shardCount: number
  /** Whether the answer of this put is lost. */
  readonly losesAnswer?: () => boolean
}

export function openMemoryKinesis({
  clock,
  shardCount,
  losesAnswer = () => false,
}: MemoryKinesisOptions): MemoryKinesis {
  const shards: KinesisShard[] = []
  let numbers = 0
  const open = (from: number, to: number, parent: KinesisShard | null) => {
    const id = `shardId-${String(shards.length).padStart(12, '0')}`
    shards.push({ id, parent, from, to, isClosed: false, entries: [] })
  }
  for (let nth = 0; nth < shardCount; nth++) open(nth / shardCount, (nth + 1) / shardCount, null)

  const put = (partitionKey: string, data: Buffer): Position => {
    const place = hash('md5', partitionKey, 'buffer').readUInt32BE() / 2 ** 32
    const shard = shards.find(({ from, to, isClosed }) => !isClosed && from <= place && place < to)
    if (shard === undefined) throw new Error(`no open shard for ${place}`)
    const sequenceNumber = `4958${String(++numbers).padStart(52, '0')}`
    shard.entries.push({ shard: shard.id, sequenceNumber, partitionKey, data, arrivedMs: clock.nowMs() })
    return kinesisPosition(shard.id, sequenceNumber)
  }

  const writer: StreamWriter = {
    capabilities: { duplicateWindowMs: 0 },
    async append(records) {
      let last = kinesisPosition('shardId-000000000000', '0')
      for (const { key, bytes } of records.map(putEntryOf)) {
        if (losesAnswer()) put(key, bytes)
        last = put(key, bytes)
      }
      return { last, duplicateEventIds: [] }
    },
    async close() {},
  }
  return {
    shards,
    writer,
    reader: mergedReader(shards),
    putBytes: (partitionKey, data) => void put(partitionKey, data),
    split(shardId) {
      const shard = shards.find(({ id }) => id === shardId)
      if (shard === undefined) throw new Error(`no shard ${shardId}`)
      shard.isClosed = true
      const middle = (shard.from + shard.to) / 2
      open(shard.from, middle, shard)
      open(middle, shard.to, shard)
    },
  }
}

/** All shards in the order of arrival; what is no record is left out. */
function mergedReader(shards: readonly KinesisShard[]): StreamReader {
  const reached = (after: Position | null, shard: string): string => {
    if (after === null) return ''
    return (after.shard === shard ? after.sequence_number : after.others?.[shard]) ?? ''
  }
  return {
    async read(after, limit) {
      const waiting = shards.flatMap(({ id, entries }) =>
        entries.filter(({ sequenceNumber }) => sequenceNumber > reached(after, id)),
      )
      waiting.sort((a, b) => a.arrivedMs - b.arrivedMs || (a.sequenceNumber < b.sequenceNumber ? -1 : 1))
      const standing = new Map(shards.map(({ id }) => [id, reached(after, id)]))
      const read: StoredRecord[] = []
      for (const entry of waiting) {
        if (read.length === limit) break
        standing.set(entry.shard, entry.sequenceNumber)
        const stored = recordOf(entry)
        if (stored === null) continue
        const others = Object.fromEntries([...standing].filter(([id, number]) => id !== entry.shard && number !== ''))
        read.push({ record: stored.record, position: { ...stored.position, others } })
      }
      return read
    },
    tail: () => Promise.reject(new Error('not asked for')),
    waitForMore: () => Promise.resolve(false),
    async close() {},
  }
}

function recordOf(entry: KinesisEntry): StoredRecord | null {
  try {
    return storedRecordOf(entry)
  } catch {
    return null
  }
}
