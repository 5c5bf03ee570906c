/**
 * stream/retention: how much of the log is kept.
 *
 * In: a log that can be trimmed, limits of age and size, and up to where others have no need of it any more.
 * Out: the oldest records removed, a few at a time.
 * Invariant: nothing after `upTo` goes, nor the newest record, whose number the next one counts on from.
 */
import { isAfter } from './checkpoint.ts'
import type { Position } from './position.ts'
import type { StoredRecord } from './record.ts'

export interface TrimmableLog {
  /** The oldest records, at most `limit`. */
  oldest(limit: number): readonly StoredRecord[]
  /** What the records take on disk; room that is free for new ones does not count. */
  bytes(): number
  newest(): Position | null
  /** Removes all records up to a position, in one transaction; resolves when that is durable. */
  removeUpTo(position: Position): Promise<void>
}

export interface RetentionLimits {
  readonly maxAgeMs: number
  readonly maxBytes: number
}

/** A larger transaction would hold up those who append. */
const RECORDS_PER_SLICE = 100
/** Trimming waits until so much is over the limits, since each one needs a base to be saved first. */
const AGE_SLACK_MS = 24 * 3_600_000
const KEPT_SHARE = 0.9

/** Whether enough lies over the limits for trimming to be worth its while. */
export function isTrimDue(log: TrimmableLog, limits: RetentionLimits, nowMs: number): boolean {
  if (log.bytes() > limits.maxBytes) return true
  const receivedMs = newestTimeOf(log.oldest(1))
  return receivedMs !== null && receivedMs < nowMs - limits.maxAgeMs - AGE_SLACK_MS
}

export interface TrimOptions {
  readonly limits: RetentionLimits
  readonly nowMs: number
  /** The newest record that may go. */
  readonly upTo: Position
  /** At most this many slices of 100 records, so that the caller can do other things in between. */
  readonly maxSlices: number
}

export interface Trimmed {
  readonly records: number
  /** Whether it ended at `maxSlices`. */
  readonly isBehind: boolean
}

/** Removes what is older than the limit, and the oldest of what is left until nine tenths of the size are kept. */
export async function trimLog(log: TrimmableLog, options: TrimOptions): Promise<Trimmed> {
  const { limits, nowMs, upTo, maxSlices } = options
  const isTooLarge = log.bytes() > limits.maxBytes
  const newest = log.newest()
  let records = 0
  for (let slice = 0; slice < maxSlices; slice++) {
    const oldest = log
      .oldest(RECORDS_PER_SLICE)
      .filter(({ position }) => !isAfter(position, upTo) && newest !== null && isAfter(newest, position))
    const last = oldest.at(-1)
    if (last === undefined) return { records, isBehind: false }
    const receivedMs = newestTimeOf(oldest)
    const isOld = receivedMs === null || receivedMs < nowMs - limits.maxAgeMs
    const isOver = isTooLarge && log.bytes() > limits.maxBytes * KEPT_SHARE
    if (!isOld && !isOver) return { records, isBehind: false }
    await log.removeUpTo(last.position)
    records += oldest.length
  }
  return { records, isBehind: true }
}

/** Of the newest record that tells when it came, or null. */
function newestTimeOf(records: readonly StoredRecord[]): number | null {
  const times = records.map(({ record }) => Date.parse(record.received_at)).filter((ms) => !Number.isNaN(ms))
  return times.at(-1) ?? null
}
