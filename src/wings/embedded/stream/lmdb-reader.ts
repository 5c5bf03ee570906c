/**
 * embedded/stream/lmdb-reader: reads the stream, in any thread or process.
 *
 * In: the folder, and the writer's doorbell where it lives in this process.
 * Out: durable records in order, each checked against its checksum; one that was altered says so in its place.
 * Invariant: sees nothing beyond the doorbell's tail.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { decodeStored } from '../../../parts/stream/codec.ts'
import { embeddedPosition, type Position } from '../../../parts/stream/position.ts'
import type { StreamReader } from '../../../parts/stream/port.ts'
import type { StoredRecord } from '../../../parts/stream/record.ts'
import { createDoorbell } from './doorbell.ts'
import { keyOf, newestSequence, openStreamFiles, sequenceOf } from './lmdb-files.ts'

const MAX_READ_RECORDS = 10_000
/** How often a reader in another process looks, since it shares no memory with the writer. */
const POLL_MS = 200

export interface StreamReaderOptions {
  readonly folder: string
  /** `doorbell.memory` of the writer; absent in another process. */
  readonly doorbell?: SharedArrayBuffer
}

export function openStreamReader(options: StreamReaderOptions): StreamReader {
  const files = openStreamFiles(options.folder)
  const doorbell = options.doorbell === undefined ? null : createDoorbell(options.doorbell)
  const tailSequence = () => (doorbell === null ? newestSequence(files) : doorbell.tail())
  let closed = false

  return {
    async read(after, limit) {
      const first = sequenceAfter(after)
      const last = tailSequence()
      if (first > last) return []
      // LMDB keeps one view per turn of the event loop; another thread's write shows only after a reset.
      files.environment.resetReadTxn()
      const stored: StoredRecord[] = []
      const range = { start: keyOf(first), end: keyOf(last + 1), limit: Math.min(limit, MAX_READ_RECORDS) }
      for (const { key, value } of files.records.getRange(range)) {
        const position = embeddedPosition(sequenceOf(key))
        stored.push({ position, record: decodeStored(value, `sequence number ${position.sequence_number}`) })
      }
      // Held longer, the view would keep the writer from reusing pages.
      files.environment.resetReadTxn()
      return stored
    },
    async tail() {
      const last = tailSequence()
      return last === 0 ? null : embeddedPosition(last)
    },
    async waitForMore(after, timeoutMs) {
      const before = sequenceAfter(after) - 1
      if (tailSequence() > before) return true
      if (doorbell !== null) {
        await doorbell.wait(before, timeoutMs)
        return tailSequence() > before
      }
      for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += POLL_MS) {
        await pause(Math.min(POLL_MS, timeoutMs - waitedMs))
        if (closed) return false
        if (tailSequence() > before) return true
      }
      return false
    },
    async close() {
      if (closed) return
      closed = true
      await files.environment.close()
    },
  }
}

function sequenceAfter(after: Position | null): number {
  return after === null ? 1 : Number(after.sequence_number) + 1
}
