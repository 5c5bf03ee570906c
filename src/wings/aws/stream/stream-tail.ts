/**
 * aws/stream/stream-tail: the newest record of a stream, which Kinesis gives no name.
 *
 * In: a stream.
 * Out: the position of its newest record, with where every other shard ends; null where it holds none.
 * Invariant: it looks at the last seconds first, so that a busy stream is not read from its start.
 */
import type { Position } from '../../../parts/stream/position.ts'
import { openShard, type Fetched, type KinesisSource, type ShardStart } from './shard-cursor.ts'
import { listShards } from './shard-list.ts'
import { comesBefore } from './shard-merge.ts'

const LOOK_BACK_MS = [10_000, 600_000]

export async function newestPosition(source: KinesisSource): Promise<Position | null> {
  const shards = await listShards(source)
  const newest = (await Promise.all(shards.map(({ shard }) => newestOf(source, shard)))).filter(
    (found) => found !== null,
  )
  newest.sort((a, b) => (comesBefore(a, b) ? 1 : -1))
  const [first, ...others] = newest.map(({ position }) => position)
  if (first === undefined || others.length === 0) return first ?? null
  return { ...first, others: Object.fromEntries(others.map(({ shard, sequence_number }) => [shard, sequence_number])) }
}

async function newestOf(source: KinesisSource, shard: string): Promise<Fetched | null> {
  const starts: ShardStart[] = LOOK_BACK_MS.map((ms) => ({ sinceMs: source.clock.nowMs() - ms }))
  for (const start of [...starts, null]) {
    const cursor = openShard(source, shard, start)
    let newest: Fetched | null = null
    for (let isAtTail = false; !isAtTail;) {
      isAtTail = await cursor.fetch()
      for (let head = cursor.head(); head !== null; head = cursor.head()) {
        newest = head
        cursor.take()
      }
    }
    if (newest !== null) return newest
  }
  return null
}
