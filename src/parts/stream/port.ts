/**
 * stream/port: the durable, ordered log that every consumer reads.
 *
 * In: records from `collect`.
 * Out: records in order, from any position.
 * Invariant: what `append` acknowledged survives a crash, and readers see nothing that would not.
 */
import type { Position } from './position.ts'
import type { StoredRecord, StreamRecord } from './record.ts'

export interface StreamCapabilities {
  /** Events with an `event_id` seen within this time are dropped at `append`; 0 where the wing cannot. */
  readonly duplicateWindowMs: number
}

export interface AppendResult {
  /** Position of the newest record that covers everything in this call, duplicates' originals included. */
  readonly last: Position
  /** Ids among the appended events that the stream held already, or that came twice in this call. */
  readonly duplicateEventIds: readonly string[]
}

/** The writing end. One per data folder. */
export interface StreamWriter {
  readonly capabilities: StreamCapabilities
  /**
   * Appends records; resolves when they are on disk.
   *
   * Nothing of a refused call is acknowledged; some of it may be on disk, and a retry finds it as duplicates.
   *
   * @throws HEM_STREAM_FULL when the queue is full, HEM_STREAM_DISK_FULL while the disk has no room,
   *   HEM_STREAM_WRITE_FAILED, HEM_STREAM_CLOSED (all retryable)
   * @throws HEM_STREAM_RECORD_TOO_LARGE
   */
  append(records: readonly StreamRecord[]): Promise<AppendResult>
  close(): Promise<void>
}

/** A writing end that can take records back; where a wing has none, records go by age alone. */
export interface ErasingStreamWriter extends StreamWriter {
  /**
   * Puts what is left of records in their places; those that are no more kept are left alone. When it resolves their former
   * bytes are gone from the disk.
   *
   * @throws HEM_STREAM_ERASE_INCOMPLETE (retryable) while another process still reads what was
   */
  erase(remains: readonly StoredRecord[]): Promise<void>
}

/** The reading end; any number, in any thread. */
export interface StreamReader {
  /** Records after `after` (null: from the oldest), oldest first, at most `limit`; empty at the tail. */
  read(after: Position | null, limit: number): Promise<readonly StoredRecord[]>
  /** Newest durable position, or null in an empty stream. */
  tail(): Promise<Position | null>
  /** Resolves true when the stream grew past `after`, or false after `timeoutMs`. */
  waitForMore(after: Position | null, timeoutMs: number): Promise<boolean>
  close(): Promise<void>
}
