/**
 * aws/stream/shard-merge: all shards of a stream as one sequence.
 *
 * In: where a reader stands.
 * Out: records one by one, in the order of arrival time, shard, sequence number.
 * Guarantee: each record of each shard once, in the order of its shard; children after their parents.
 * Invariant: where several shards are open, a record waits until no other shard can hold an older one, so the order is that of
 *   the log, however reads fall. Only a shard whose own times went back, at a restart just there, could change it.
 */
import { SHARD_END, type Position } from '../../../parts/stream/position.ts'
import { listShards, type ListedShard } from './shard-list.ts'
import { openShard, type Fetched, type KinesisSource, type ShardCursor } from './shard-cursor.ts'

/** Between shards, so much younger than its record an empty answer must be: clocks differ and arrivals take time to show. */
const SETTLE_MS = 2000

export interface ShardMerge {
  /** The next record in order, or null where none is certain yet; reads each shard's newest at most once. */
  next(atTail: Set<ShardCursor>): Promise<Fetched | null>
  /** Takes the record that `next` gave. @returns its position, with that of all other shards */
  take(fetched: Fetched): Position
}

export async function openMerge(source: KinesisSource, after: Position | null): Promise<ShardMerge> {
  let listed: readonly ListedShard[] = []
  const reached = new Map<string, string>(
    after === null ? [] : [[after.shard, after.sequence_number], ...Object.entries(after.others ?? {})],
  )
  const open = new Map<string, ShardCursor>()

  /** Opens what may be read: shards whose parents are read to their ends. */
  const refresh = async (): Promise<void> => {
    listed = await listShards(source)
    const kept = new Set(listed.map(({ shard }) => shard))
    for (const shard of reached.keys()) if (!kept.has(shard)) reached.delete(shard)
    for (const { shard, parents } of listed) {
      const number = reached.get(shard)
      const isDue = number !== SHARD_END && parents.every((parent) => reached.get(parent) === SHARD_END)
      if (!isDue || open.has(shard)) continue
      open.set(shard, openShard(source, shard, number === undefined ? null : { after: number }))
    }
  }

  /** Closes shards of which nothing is left. @returns whether there were any */
  const closeRead = (): boolean => {
    const read = [...open.values()].filter((cursor) => cursor.isRead() && cursor.head() === null)
    for (const { shard } of read) {
      open.delete(shard)
      reached.set(shard, SHARD_END)
    }
    return read.length > 0
  }

  await refresh()
  return {
    async next(atTail) {
      // Ends: each turn takes a shard to its newest record, closes one, or finds a record.
      for (;;) {
        if (closeRead()) await refresh()
        const cursors = [...open.values()]
        const ready = firstOf(cursors)
        if (ready !== null) return ready
        const empty = cursors.filter((cursor) => cursor.head() === null && !atTail.has(cursor))
        if (empty.length === 0) return null
        await Promise.all(empty.map(async (cursor) => void ((await cursor.fetch()) && atTail.add(cursor))))
      }
    },
    take({ position }) {
      open.get(position.shard)?.take()
      reached.set(position.shard, position.sequence_number)
      if (reached.size === 1) return position
      const others = [...reached].filter(([shard]) => shard !== position.shard)
      return { ...position, others: Object.fromEntries(others) }
    },
  }
}

/** The first record in order, where every other shard is known to hold none before it. */
function firstOf(cursors: readonly ShardCursor[]): Fetched | null {
  let first: Fetched | null = null
  for (const cursor of cursors) {
    const head = cursor.head()
    if (head !== null && (first === null || comesBefore(head, first))) first = head
  }
  if (first === null) return null
  const { arrivedMs } = first
  const isCertain = cursors.every((cursor) => {
    return cursor.head() !== null || cursor.shard === first.position.shard || cursor.atTailMs() - SETTLE_MS >= arrivedMs
  })
  return isCertain ? first : null
}

export function comesBefore(a: Fetched, b: Fetched): boolean {
  if (a.arrivedMs !== b.arrivedMs) return a.arrivedMs < b.arrivedMs
  if (a.position.shard !== b.position.shard) return a.position.shard < b.position.shard
  return a.position.sequence_number < b.position.sequence_number
}
