/**
 * stream/position: a place in the stream, as text that sorts.
 *
 * In: a shard's name and a sequence number; for a reader of several shards, where it stands in the others too.
 * Out: a `Position`; embedded numbers are 20 digits with leading zeros, Kinesis' are its own, filled up to 56 digits.
 * Invariant: within one shard, text order is stream order. Shards have no common order but the one a reader gives them.
 */
export interface Position {
  readonly shard: string
  readonly sequence_number: string
  /** Where a reader stands in shards other than `shard`, by their names; absent where the stream has one. */
  readonly others?: Readonly<Record<string, string>>
}

/** Follows every number of its shard: the shard is closed and read to its end. */
export const SHARD_END = '~'

/** The single shard of the embedded wing. */
const EMBEDDED_SHARD = '0'

const SEQUENCE_DIGITS = 20

/** @param sequence whole number, 0 to 2^53 - 1 */
function formatSequence(sequence: number): string {
  return String(sequence).padStart(SEQUENCE_DIGITS, '0')
}

export function embeddedPosition(sequence: number): Position {
  return { shard: EMBEDDED_SHARD, sequence_number: formatSequence(sequence) }
}

/** How far a position reaches in a shard, or null where it says nothing of it. */
export function reachedIn(position: Position, shard: string): string | null {
  return position.shard === shard ? position.sequence_number : (position.others?.[shard] ?? null)
}
