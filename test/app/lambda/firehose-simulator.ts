/**
 * test/app/lambda/firehose-simulator: carries a stream to files as Firehose does, through its transformation.
 *
 * In: shards, the transforming handler, a file store.
 * Out: compressed files of what has come since the last flush.
 * Invariant: at least once: a transformation that fails is asked again, and now and then a file is delivered twice.
 */
import { gzipSync } from 'node:zlib'
import type { FileStore } from '../../../src/parts/lake/port.ts'
import type { handler } from '../../../src/app/lambda/deliver.ts'
import type { KinesisShard } from './memory-kinesis.ts'

export interface FirehoseOptions {
  readonly shards: readonly KinesisShard[]
  readonly transform: typeof handler
  readonly files: FileStore
  readonly folder: string
  /** From 0 up to 1. */
  readonly random: () => number
  /** Chance of 0 to 1 that a file comes twice. */
  readonly repeats: number
}

/** Records of one transformation; Firehose hands over a megabyte. */
const RECORDS_AT_ONCE = 50

export function createFirehose({ shards, transform, files, folder, random, repeats }: FirehoseOptions) {
  const taken = new Map<string, number>()
  let written = 0
  const write = async (bytes: Uint8Array): Promise<void> => {
    const name = `hemline-delivery-1-2026-11-24-08-${String(++written).padStart(5, '0')}.gz`
    await files.write(`${folder}/2026/11/24/08/${name}`, bytes)
  }
  return {
    /** What happens every five minutes. */
    async flush(): Promise<void> {
      for (const { id, entries } of shards) {
        const since = entries.slice(taken.get(id) ?? 0)
        taken.set(id, entries.length)
        if (since.length === 0) continue
        const bodies: Buffer[] = []
        for (let first = 0; first < since.length; first += RECORDS_AT_ONCE) {
          const records = since.slice(first, first + RECORDS_AT_ONCE).map((entry, nth) => ({
            recordId: `${id}-${first + nth}`,
            approximateArrivalTimestamp: entry.arrivedMs,
            data: entry.data.toString('base64'),
            kinesisRecordMetadata: { shardId: id, sequenceNumber: entry.sequenceNumber },
          }))
          const answer = await transform({ records })
          for (const { result, data } of answer.records) if (result === 'Ok') bodies.push(Buffer.from(data, 'base64'))
        }
        const bytes = gzipSync(Buffer.concat(bodies))
        await write(bytes)
        if (random() < repeats) await write(bytes)
      }
    },
  }
}
