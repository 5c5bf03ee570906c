/**
 * stream/checkpoint: a position as the text a sink keeps beside its rows.
 *
 * In: positions.
 * Out: text "shard:sequence_number", and back; which of two positions is later.
 * Invariant: only positions of one shard are compared.
 */
import { assert } from '../../std/assert.ts'
import type { Position } from './position.ts'

export function formatCheckpoint(position: Position): string {
  return `${position.shard}:${position.sequence_number}`
}

/** @param text what `formatCheckpoint` gave, or null for "from the oldest" */
export function parseCheckpoint(text: string | null): Position | null {
  if (text === null) return null
  const colon = text.indexOf(':')
  assert(colon > 0, `checkpoint "${text}" has no shard`)
  return { shard: text.slice(0, colon), sequence_number: text.slice(colon + 1) }
}

/** Whether `position` comes after `checkpoint` (null: before everything). */
export function isAfter(position: Position, checkpoint: Position | null): boolean {
  if (checkpoint === null) return true
  assert(position.shard === checkpoint.shard, `shards ${position.shard} and ${checkpoint.shard} have no common order`)
  return position.sequence_number > checkpoint.sequence_number
}
