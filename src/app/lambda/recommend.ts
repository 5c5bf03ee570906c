/**
 * lambda/recommend: the stream's first consumer: each click becomes a new list for its visitor.
 *
 * In: a batch of one shard, in order.
 * Out: visitors' lists in the serving table; where the batch is to begin again, if it must.
 * Guarantee: effectively once, see `score-batch.ts`. A record that cannot be read or followed is kept as a dead letter at
 *   once, since it would fail again; a fault of a service is tried again by Lambda, for as long as the mapping says.
 * Invariant: nothing is passed over that is neither in the table nor kept.
 */
import { formatTime } from '../../parts/event/time.ts'
import type { Model } from '../../parts/model/model.ts'
import type { VisitorStore } from '../../parts/serving/visitor-store.ts'
import type { StoredRecord } from '../../parts/stream/record.ts'
import type { Clock } from '../../std/clock.ts'
import { scoreBatch } from '../../steps/recommend/score-batch.ts'
import { storedRecordOf } from '../../wings/aws/stream/kinesis-record.ts'
import { openFiles, openModelImages, openVisitors } from './adapters.ts'
import { deadLettersIn, type KeepDeadLetter } from './dead-letters.ts'
import { opened } from './environment.ts'
import { createModelSource } from './model-source.ts'

export interface KinesisEventRecord {
  /** `shardId-000000000000:4954…` */
  readonly eventID: string
  readonly kinesis: { readonly sequenceNumber: string; readonly data: string }
}

export interface RecommendOptions {
  readonly visitors: VisitorStore
  /** The newest model at hand. */
  readonly model: () => Promise<Model>
  readonly deadLetter: KeepDeadLetter
  readonly clock: Clock
  readonly onFault: (fault: unknown) => void
}

export function createRecommend({ visitors, model, deadLetter, clock, onFault }: RecommendOptions) {
  return async ({ Records }: { readonly Records: readonly KinesisEventRecord[] }) => {
    const numbers = new Map<string, string>()
    const records: StoredRecord[] = []
    for (const { eventID, kinesis } of Records) {
      const [shard = ''] = eventID.split(':')
      const raw = { shard, sequenceNumber: kinesis.sequenceNumber, data: Buffer.from(kinesis.data, 'base64') }
      try {
        const stored = storedRecordOf(raw)
        numbers.set(stored.position.sequence_number, kinesis.sequenceNumber)
        records.push(stored)
      } catch (fault) {
        await deadLetter(raw, fault)
      }
    }
    const dataOf = new Map(Records.map(({ kinesis }) => [kinesis.sequenceNumber, kinesis.data]))
    const { failed } = await scoreBatch(records, {
      model: await model(),
      visitors,
      computedAt: formatTime(clock.nowMs()),
      setAside: ({ position }, fault) => {
        const sequenceNumber = numbers.get(position.sequence_number) ?? ''
        const data = Buffer.from(dataOf.get(sequenceNumber) ?? '', 'base64')
        return deadLetter({ shard: position.shard, sequenceNumber, data }, fault)
      },
    })
    if (failed === null) return { batchItemFailures: [] }
    onFault(failed.fault)
    return { batchItemFailures: [{ itemIdentifier: numbers.get(failed.from.sequence_number) ?? '' }] }
  }
}

export const handler = opened(async (environment) => {
  const { clock, onFault } = environment
  const model = createModelSource({ images: openModelImages(environment), clock, onFault })
  const letters = deadLettersIn(await openFiles(environment), 'dead-letter/recommend')
  return createRecommend({ visitors: openVisitors(environment), model, deadLetter: letters, clock, onFault })
})
