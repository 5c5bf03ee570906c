/**
 * stream/position: a place in the stream, as text that sorts.
 *
 * In: a shard's name and a sequence number.
 * Out: a `Position`; embedded numbers are 20 digits with leading zeros, Kinesis' are its own 56 digits.
 * Invariant: within one shard, text order is stream order.
 */
export interface Position {
  readonly shard: string
  readonly sequence_number: string
}

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
