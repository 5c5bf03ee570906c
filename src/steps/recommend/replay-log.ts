/**
 * recommend/replay-log: walks the log in order, for tools that look at what was.
 *
 * In: a reader of the stream, and from where to where.
 * Out: each record once, and progress.
 * Invariant: it ends at what was the newest record when it began, so that a shop in use does not keep it going.
 */
import { setImmediate } from 'node:timers/promises'
import { isAfter } from '../../parts/stream/checkpoint.ts'
import type { Position } from '../../parts/stream/position.ts'
import type { StreamReader } from '../../parts/stream/port.ts'
import type { StoredRecord } from '../../parts/stream/record.ts'

const READ_RECORDS = 1000

export interface ReplayOptions {
  readonly reader: StreamReader
  /** Records after this; from the oldest where null. */
  readonly after: Position | null
  /** The last record; the newest where null. */
  readonly upTo: Position | null
  readonly onProgress: (done: number, total: number) => void
}

export async function replayLog(options: ReplayOptions, visit: (stored: StoredRecord) => void): Promise<void> {
  const { reader, upTo, onProgress } = options
  const end = upTo ?? (await reader.tail())
  if (end === null) return
  const first = options.after === null ? 0 : Number(options.after.sequence_number)
  const total = Number(end.sequence_number) - first
  let after = options.after
  for (;;) {
    const records = await reader.read(after, READ_RECORDS)
    for (const stored of records) {
      if (isAfter(stored.position, end)) return
      visit(stored)
      after = stored.position
    }
    if (records.length === 0 || after === null) return
    onProgress(Number(after.sequence_number) - first, total)
    await setImmediate()
  }
}
