/**
 * aws/stream/kinesis-writer: appends to a Kinesis data stream.
 *
 * In: records from the collector.
 * Out: their positions, once Kinesis has accepted every one of them.
 * Guarantee: at least once. An answer that was lost is asked for again, and so a record may stand twice in the stream;
 *   consumers drop what they know. Duplicates that clients send are not looked for.
 * Invariant: one visitor's records enter in the order of the calls, whatever fails in between.
 */
import { KinesisClient, PutRecordCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis'
import type { Position } from '../../../parts/stream/position.ts'
import type { AppendResult, StreamWriter } from '../../../parts/stream/port.ts'
import { backOff, retry } from '../../../std/retry.ts'
import { backoffOf, clientSettings, type AwsAccess } from '../access.ts'
import { isPassing } from '../faults.ts'
import { kinesisPosition, putEntryOf, type PutEntry } from './kinesis-record.ts'
import { callsOf, roundsOf } from './put-calls.ts'
import { appendFault, closedFault, queueFault } from './stream-faults.ts'

const MAX_QUEUE_BYTES = 64 * 1024 * 1024
/** Before every record of any stream. */
const NOTHING_YET: Position = kinesisPosition('shardId-000000000000', '0')

export interface KinesisWriterOptions {
  readonly access: AwsAccess
  /** Name of the data stream. */
  readonly stream: string
}

export function openKinesisWriter({ access, stream }: KinesisWriterOptions): StreamWriter {
  const client = new KinesisClient(clientSettings(access))
  const order = createKeyOrder()
  let queuedBytes = 0
  let closed = false
  let newest = NOTHING_YET

  const putAll = async (entries: readonly PutEntry[]): Promise<Position> => {
    const reached = new Map<string, string>()
    for (const round of roundsOf(entries)) {
      for (const call of callsOf(round)) {
        for (const { shard, sequence_number } of await put({ client, access, stream }, call)) {
          if (sequence_number > (reached.get(shard) ?? '')) reached.set(shard, sequence_number)
        }
      }
    }
    return newestOf(reached)
  }

  return {
    capabilities: { duplicateWindowMs: 0 },
    async append(records): Promise<AppendResult> {
      if (closed) throw closedFault(stream)
      if (queuedBytes >= MAX_QUEUE_BYTES) throw queueFault(stream, { most: MAX_QUEUE_BYTES, waiting: queuedBytes })
      if (records.length === 0) return { last: newest, duplicateEventIds: [] }
      const entries = records.map(putEntryOf)
      const bytes = entries.reduce((sum, entry) => sum + entry.bytes.length, 0)
      queuedBytes += bytes
      try {
        newest = await order.after(new Set(entries.map(({ key }) => key)), () => putAll(entries))
        return { last: newest, duplicateEventIds: [] }
      } catch (fault) {
        throw appendFault(stream, fault)
      } finally {
        queuedBytes -= bytes
      }
    },
    async close() {
      closed = true
      await order.settled()
      client.destroy()
    },
  }
}

interface Target {
  readonly client: KinesisClient
  readonly access: AwsAccess
  readonly stream: string
}

/** Resolves once all entries are accepted. @throws the fault that stayed */
async function put({ client, access, stream }: Target, entries: readonly PutEntry[]): Promise<readonly Position[]> {
  const backoff = backoffOf(access)
  const [only] = entries
  if (entries.length === 1) {
    const command = new PutRecordCommand({ StreamName: stream, PartitionKey: only.key, Data: only.bytes })
    const { ShardId = '', SequenceNumber = '' } = await retry(() => client.send(command), { ...backoff, isPassing })
    return [kinesisPosition(ShardId, SequenceNumber)]
  }
  const accepted: Position[] = []
  let waiting = entries
  for (let tries = 1; ; tries++) {
    let fault: unknown
    try {
      const { Records: results = [] } = await client.send(
        new PutRecordsCommand({
          StreamName: stream,
          Records: waiting.map(({ key, bytes }) => ({ PartitionKey: key, Data: bytes })),
        }),
      )
      for (const { ShardId, SequenceNumber } of results) {
        if (ShardId !== undefined && SequenceNumber !== undefined)
          accepted.push(kinesisPosition(ShardId, SequenceNumber))
      }
      waiting = waiting.filter((_, nth) => results[nth]?.SequenceNumber === undefined)
      if (waiting.length === 0) return accepted
      const refused = results.find(({ ErrorCode }) => ErrorCode !== undefined)
      fault = Object.assign(new Error(refused?.ErrorMessage ?? 'a record was not accepted'), {
        name: refused?.ErrorCode,
      })
    } catch (thrown) {
      fault = thrown
    }
    if (tries >= backoff.attempts || !isPassing(fault)) throw fault
    await backOff(backoff, tries)
  }
}

function newestOf(reached: ReadonlyMap<string, string>): Position {
  const entries = [...reached].sort(([, a], [, b]) => (a < b ? 1 : -1))
  const [[shard, sequence_number], ...others] = entries
  return { shard, sequence_number, ...(others.length > 0 ? { others: Object.fromEntries(others) } : {}) }
}

interface KeyOrder {
  /** Does the work when all work before it on one of these keys has ended, in whatever way. */
  after<Result>(keys: ReadonlySet<string>, work: () => Promise<Result>): Promise<Result>
  /** Resolves when all work has ended. */
  settled(): Promise<void>
}

function createKeyOrder(): KeyOrder {
  const ends = new Map<string, Promise<unknown>>()
  return {
    async after(keys, work) {
      const before = [...keys].flatMap((key) => ends.get(key) ?? [])
      const done = Promise.allSettled(before).then(work)
      const end = done.catch(() => undefined)
      for (const key of keys) ends.set(key, end)
      try {
        return await done
      } finally {
        for (const key of keys) if (ends.get(key) === end) ends.delete(key)
      }
    },
    async settled() {
      await Promise.all(ends.values())
    },
  }
}
