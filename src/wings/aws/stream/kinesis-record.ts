/**
 * aws/stream/kinesis-record: a record of the stream as Kinesis holds it.
 *
 * In: a record; or a shard's name, a sequence number and bytes, however they were read.
 * Out: partition key and bytes; the record with its position.
 * Invariant: the bytes are those of stream/codec; one visitor's events share a key, so they stay in order in one shard.
 */
import { decodeRecord, encodeRecord } from '../../../parts/stream/codec.ts'
import type { Position } from '../../../parts/stream/position.ts'
import type { StoredRecord, StreamRecord } from '../../../parts/stream/record.ts'

/** Kinesis' numbers have 56 digits but for those of a young fake. */
const SEQUENCE_DIGITS = 56
const MAX_KEY_CHARACTERS = 256

export interface PutEntry {
  readonly key: string
  readonly bytes: Buffer
}

/** @throws HEM_STREAM_RECORD_TOO_LARGE */
export function putEntryOf(record: StreamRecord): PutEntry {
  return { key: partitionKeyOf(record), bytes: encodeRecord(record) }
}

function partitionKeyOf(record: StreamRecord): string {
  // A visitor key may have a few characters more than a partition key; who shares the first 256 shares a shard.
  if (record.kind === 'events') return record.visitor_key.slice(0, MAX_KEY_CHARACTERS)
  // A flood of refused events spreads over the shards; the order of changes matters, so each kind of them has one key.
  return record.kind === 'quarantine' ? `quarantine ${record.received_at}` : record.kind
}

export function kinesisPosition(shard: string, sequenceNumber: string): Position {
  return { shard, sequence_number: sequenceNumber.padStart(SEQUENCE_DIGITS, '0') }
}

/** The number as Kinesis knows it. */
export function nativeSequence(sequenceNumber: string): string {
  return sequenceNumber.replace(/^0+(?=\d)/, '')
}

/**
 * A record as a Lambda on the stream gets it.
 *
 * @param data the record's bytes, decoded from base64
 * @throws HEM_STREAM_RECORD_CORRUPT
 */
export function storedRecordOf(raw: {
  readonly shard: string
  readonly sequenceNumber: string
  readonly data: Uint8Array
}): StoredRecord {
  const bytes = Buffer.from(raw.data.buffer, raw.data.byteOffset, raw.data.byteLength)
  return {
    position: kinesisPosition(raw.shard, raw.sequenceNumber),
    record: decodeRecord(bytes, `${raw.shard}, sequence number ${raw.sequenceNumber}`),
  }
}
