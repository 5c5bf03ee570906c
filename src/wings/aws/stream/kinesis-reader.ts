/**
 * aws/stream/kinesis-reader: reads a Kinesis data stream, all of its shards in one order.
 *
 * In: a stream's name, and positions it has given.
 * Out: records in the order of arrival time, shard, sequence number; positions that say where every shard stands.
 * Guarantee: at least once: a position names the last record read of each shard, so nothing is left out when shards split,
 *   merge, or fall behind.
 * Invariant: questions to one reader are answered one after another.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { KinesisClient } from '@aws-sdk/client-kinesis'
import { formatCheckpoint } from '../../../parts/stream/checkpoint.ts'
import type { Position } from '../../../parts/stream/position.ts'
import type { StreamReader } from '../../../parts/stream/port.ts'
import type { StoredRecord } from '../../../parts/stream/record.ts'
import type { Clock } from '../../../std/clock.ts'
import { HemlineError } from '../../../std/errors.ts'
import { clientSettings, type AwsAccess } from '../access.ts'
import type { KinesisSource, ShardCursor } from './shard-cursor.ts'
import { openMerge, type ShardMerge } from './shard-merge.ts'
import { newestPosition } from './stream-tail.ts'
import { readFault } from './stream-faults.ts'

const MAX_READ_RECORDS = 10_000
/** A shard answers five questions a second, of all its readers together. */
const POLL_MS = 500

export interface KinesisReaderOptions {
  readonly access: AwsAccess
  /** Name of the data stream. */
  readonly stream: string
  readonly clock: Clock
  /** Told of a record that is none of Hemline's, or is damaged; it is left out. */
  readonly onCorrupt: (fault: HemlineError) => void
}

export function openKinesisReader(options: KinesisReaderOptions): StreamReader {
  const client = new KinesisClient(clientSettings(options.access))
  const source: KinesisSource = { ...options, client }
  const inTurn = createTurns()
  let merge: ShardMerge | null = null
  let standing: string | null = null
  let closed = false

  const ask = async <Answer>(question: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await inTurn(question)
    } catch (fault) {
      // What was fetched may be half of a page; the next question begins anew from its position.
      merge = null
      throw fault instanceof HemlineError ? fault : readFault(options.stream, fault)
    }
  }

  const mergeAfter = async (after: Position | null): Promise<ShardMerge> => {
    const place = placeOf(after)
    if (merge === null || place !== standing) merge = await openMerge(source, after)
    standing = place
    return merge
  }

  return {
    read: (after, limit) =>
      ask(async () => {
        const shards = await mergeAfter(after)
        const stored: StoredRecord[] = []
        const atTail = new Set<ShardCursor>()
        while (stored.length < Math.min(limit, MAX_READ_RECORDS)) {
          const next = await shards.next(atTail)
          if (next === null) break
          stored.push({ position: shards.take(next), record: next.record })
        }
        standing = placeOf(stored.at(-1)?.position ?? after)
        return stored
      }),
    tail: () => ask(() => newestPosition(source)),
    async waitForMore(after, timeoutMs) {
      for (let waitedMs = 0; ; waitedMs += POLL_MS) {
        if (closed) return false
        if (await ask(async () => (await (await mergeAfter(after)).next(new Set())) !== null)) return true
        if (waitedMs >= timeoutMs) return false
        await pause(Math.min(POLL_MS, timeoutMs - waitedMs))
      }
    },
    async close() {
      closed = true
      client.destroy()
    },
  }
}

function placeOf(position: Position | null): string {
  return position === null ? '' : formatCheckpoint(position)
}

/** Lets each begin when the one before has ended. */
function createTurns(): <Answer>(work: () => Promise<Answer>) => Promise<Answer> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }
}
