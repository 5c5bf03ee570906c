/**
 * aws/stream/put-calls: how many records become calls that Kinesis takes.
 *
 * In: entries in order.
 * Out: rounds of calls; all calls of a round may fail in part without changing the order of any key.
 * Invariant: a round holds a key once; a call holds at most 500 records and 5 MiB.
 */
import type { PutEntry } from './kinesis-record.ts'

const MAX_CALL_RECORDS = 500
const MAX_CALL_BYTES = 5 * 1024 * 1024

/** Kinesis promises no order within a call, so a key's second record waits until its first is accepted. */
export function roundsOf(entries: readonly PutEntry[]): PutEntry[][] {
  const seen = new Map<string, number>()
  const rounds: PutEntry[][] = []
  for (const entry of entries) {
    const round = seen.get(entry.key) ?? 0
    seen.set(entry.key, round + 1)
    if (round === rounds.length) rounds.push([])
    rounds[round].push(entry)
  }
  return rounds
}

export function callsOf(round: readonly PutEntry[]): PutEntry[][] {
  const calls: PutEntry[][] = []
  let call: PutEntry[] = []
  let callBytes = 0
  for (const entry of round) {
    const bytes = entry.bytes.length + Buffer.byteLength(entry.key)
    if (call.length > 0 && (call.length >= MAX_CALL_RECORDS || callBytes + bytes > MAX_CALL_BYTES)) {
      calls.push(call)
      call = []
      callBytes = 0
    }
    call.push(entry)
    callBytes += bytes
  }
  if (call.length > 0) calls.push(call)
  return calls
}
