/**
 * lambda/deliver: turns records into lines as Firehose takes them from the stream to S3.
 *
 * In: records as Firehose reads them.
 * Out: for each, its lines, which name their tables; nothing for a record that no table holds.
 * Guarantee: pure, so that Firehose may ask again; a record that cannot be read becomes a dead letter among the lines.
 * Invariant: one answer a record, under its id.
 */
import { deliveredLines } from '../../steps/deliver/delivered-lines.ts'
import { kinesisPosition } from '../../wings/aws/stream/kinesis-record.ts'

interface FirehoseRecord {
  readonly recordId: string
  readonly approximateArrivalTimestamp: number
  /** Base64. */
  readonly data: string
  readonly kinesisRecordMetadata?: { readonly shardId: string; readonly sequenceNumber: string }
}

interface FirehoseAnswer {
  readonly recordId: string
  readonly result: 'Ok' | 'Dropped'
  readonly data: string
}

// oxlint-disable-next-line typescript/require-await -- Lambda takes promises alone.
export async function handler(event: { readonly records: readonly FirehoseRecord[] }) {
  return { records: event.records.map(answerOf) }
}

function answerOf(record: FirehoseRecord): FirehoseAnswer {
  const { recordId, data, approximateArrivalTimestamp, kinesisRecordMetadata } = record
  const lines = deliveredLines({
    bytes: Buffer.from(data, 'base64'),
    position: kinesisPosition(
      kinesisRecordMetadata?.shardId ?? 'unknown',
      kinesisRecordMetadata?.sequenceNumber ?? '0',
    ),
    arrivedMs: approximateArrivalTimestamp,
  })
  return { recordId, result: lines === '' ? 'Dropped' : 'Ok', data: Buffer.from(lines).toString('base64') }
}
