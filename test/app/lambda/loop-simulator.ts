/**
 * test/app/lambda/loop-simulator: drives a handler as Lambda's event source mapping for Kinesis does.
 *
 * In: a stream's shards, a handler, the mapping's settings, and what goes wrong how often.
 * Out: every record handed over at least once, in order within its key; counts of what happened on the way.
 * Invariant: what Lambda promises and nothing more: batches of one shard; up to `parallelBatches` of them at a time, a key
 *   always in the same one; a parent shard before its children; on a failure the batch again, from the reported record, or
 *   halved; a record older than `recordAgeMaxMs` goes to `onExpired` with what is left of its batch.
 */
import { hash } from 'node:crypto'
import type { KinesisEntry, KinesisShard } from './memory-kinesis.ts'

export interface LambdaRecord {
  readonly eventID: string
  readonly kinesis: { readonly sequenceNumber: string; readonly partitionKey: string; readonly data: string }
}

export type LambdaHandler = (event: { readonly Records: readonly LambdaRecord[] }) => Promise<{
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[]
}>

/** Chances of 0 to 1, for each invocation. */
export interface Faults {
  /** The handler works and Lambda does not hear of it. */
  readonly lostAnswer: number
  /** The same batch is given to two at once. */
  readonly twice: number
  /** A batch that was done comes once more. */
  readonly again: number
}

export interface LoopOptions {
  readonly shards: readonly KinesisShard[]
  readonly handler: LambdaHandler
  readonly clock: { nowMs(): number; advance(ms: number): void }
  /** From 0 up to 1. */
  readonly random: () => number
  readonly batchRecords: number
  readonly parallelBatches: number
  readonly recordAgeMaxMs: number
  readonly onExpired: (entries: readonly KinesisEntry[]) => void
  readonly faults: Faults
  readonly onInvoked?: (invocation: { readonly records: number; readonly failed: boolean }) => void
}

export interface LoopCounts {
  invocations: number
  failures: number
  expired: number
}

interface Lane {
  readonly shard: KinesisShard
  readonly number: number
  /** Entries of the shard looked at. */
  taken: number
  readonly waiting: KinesisEntry[]
  /** Most records of the next batch: halved by each failure that names no record. */
  most: number
  retries: number
  notBeforeMs: number
}

const RETRY_FIRST_MS = 100
const RETRY_LONGEST_MS = 60_000
const STEPS_MAX = 1_000_000

export interface Loop {
  readonly counts: LoopCounts
  /** Until all that is in the stream has been handed over. */
  drain(): Promise<void>
  /** One round: each lane that may, one batch. @returns whether any had one */
  round(): Promise<boolean>
}

export function createLoop(options: LoopOptions): Loop {
  const { clock, shards } = options
  const lanes: Lane[] = []
  const counts: LoopCounts = { invocations: 0, failures: 0, expired: 0 }

  const look = () => {
    for (const shard of shards) {
      if (lanes.some((lane) => lane.shard === shard)) continue
      for (let number = 0; number < options.parallelBatches; number++) {
        const most = options.batchRecords
        lanes.push({ shard, number, taken: 0, waiting: [], most, retries: 0, notBeforeMs: 0 })
      }
    }
    for (const lane of lanes) {
      for (; lane.taken < lane.shard.entries.length; lane.taken++) {
        const entry = lane.shard.entries[lane.taken]
        if (laneOf(entry, options.parallelBatches) === lane.number) lane.waiting.push(entry)
      }
    }
  }
  const isDone = ({ id }: KinesisShard): boolean =>
    lanes.every((lane) => lane.shard.id !== id || lane.waiting.length === 0)
  const mayGo = (lane: Lane): boolean =>
    lane.waiting.length > 0 && (lane.shard.parent === null || isDone(lane.shard.parent))

  const round = async (): Promise<boolean> => {
    look()
    const ready = lanes.filter(mayGo)
    if (ready.length === 0) return false
    const due = ready.filter((lane) => lane.notBeforeMs <= clock.nowMs())
    if (due.length === 0) clock.advance(Math.min(...ready.map((lane) => lane.notBeforeMs)) - clock.nowMs())
    await Promise.all(due.map((lane) => step(lane, options, counts)))
    return true
  }
  return {
    counts,
    round,
    async drain() {
      for (let steps = 0; await round(); steps++) {
        if (steps > STEPS_MAX) throw new Error('the loop does not come to an end')
      }
    },
  }
}

function laneOf({ partitionKey }: KinesisEntry, lanes: number): number {
  return hash('md5', `lane ${partitionKey}`, 'buffer').readUInt32BE() % lanes
}

async function step(lane: Lane, options: LoopOptions, counts: LoopCounts): Promise<void> {
  const { clock, faults, random } = options
  const batch = lane.waiting.slice(0, lane.most)
  if (lane.retries > 0 && clock.nowMs() - batch[0].arrivedMs > options.recordAgeMaxMs) {
    const old = batch.filter(({ arrivedMs }) => clock.nowMs() - arrivedMs > options.recordAgeMaxMs)
    counts.expired += old.length
    options.onExpired(old)
    advance(lane, old.length, options)
    return
  }
  const isTwice = random() < faults.twice
  const [answer] = await Promise.all([invoke(batch, options, counts), isTwice ? invoke(batch, options, counts) : null])
  const isLost = random() < faults.lostAnswer
  const failed = answer === null || isLost ? '' : (answer.batchItemFailures[0]?.itemIdentifier ?? null)
  options.onInvoked?.({ records: batch.length, failed: failed !== null })
  if (failed === null) {
    if (random() < faults.again) await invoke(batch, options, counts)
    advance(lane, batch.length, options)
    return
  }
  counts.failures++
  const at = batch.findIndex(({ sequenceNumber }) => sequenceNumber === failed)
  if (at > 0) advance(lane, at, options)
  else lane.most = Math.max(1, lane.most >> 1)
  lane.retries++
  lane.notBeforeMs = clock.nowMs() + Math.min(RETRY_LONGEST_MS, RETRY_FIRST_MS * 2 ** lane.retries)
}

function advance(lane: Lane, records: number, { batchRecords }: LoopOptions): void {
  lane.waiting.splice(0, records)
  lane.most = batchRecords
  lane.retries = 0
}

/** @returns null where the function fails */
async function invoke(batch: readonly KinesisEntry[], { handler }: LoopOptions, counts: LoopCounts) {
  counts.invocations++
  try {
    return await handler({ Records: batch.map(lambdaRecord) })
  } catch {
    return null
  }
}

function lambdaRecord({ shard, sequenceNumber, partitionKey, data }: KinesisEntry): LambdaRecord {
  return {
    eventID: `${shard}:${sequenceNumber}`,
    kinesis: { sequenceNumber, partitionKey, data: data.toString('base64') },
  }
}
