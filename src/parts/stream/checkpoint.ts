/**
 * stream/checkpoint: a position as the text a sink keeps beside its rows.
 *
 * In: positions.
 * Out: text "shard:sequence_number", with the others' after commas; and back; whether a position covers a record.
 * Invariant: numbers of different shards are never compared.
 */
import { assert } from '../../std/assert.ts'
import { reachedIn, type Position } from './position.ts'

export function formatCheckpoint({ shard, sequence_number, others = {} }: Position): string {
  const entries = Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1))
  return [[shard, sequence_number], ...entries].map((entry) => entry.join(':')).join(',')
}

/** @param text what `formatCheckpoint` gave, or null for "from the oldest" */
export function parseCheckpoint(text: string | null): Position | null {
  if (text === null) return null
  const [[shard, sequence_number], ...others] = text.split(',').map((entry): [string, string] => {
    const colon = entry.indexOf(':')
    assert(colon > 0, `checkpoint "${text}" has no shard`)
    return [entry.slice(0, colon), entry.slice(colon + 1)]
  })
  return { shard, sequence_number, ...(others.length > 0 ? { others: Object.fromEntries(others) } : {}) }
}

/** Whether the record at `position` comes after `checkpoint` (null: before everything). */
export function isAfter(position: Position, checkpoint: Position | null): boolean {
  const reached = checkpoint === null ? null : reachedIn(checkpoint, position.shard)
  return reached === null || position.sequence_number > reached
}
