/**
 * test/contract/memory/memory-stream: the stream's port without a disk.
 *
 * In: records.
 * Out: the same answers as a wing gives.
 * Invariant: passes the stream's contract suite.
 */
import { encodeRecord, decodeRecord } from '../../../src/parts/stream/codec.ts'
import { embeddedPosition } from '../../../src/parts/stream/position.ts'
import type { ErasingStreamWriter, StreamReader } from '../../../src/parts/stream/port.ts'
import type { StreamRecord } from '../../../src/parts/stream/record.ts'
import type { Clock } from '../../../src/std/clock.ts'

const WINDOW_MS = 24 * 3_600_000

export function memoryStream(clock: Clock): {
  readonly writer: ErasingStreamWriter
  readonly reader: () => StreamReader
} {
  const log: Buffer[] = []
  const seen = new Map<string, number>()
  let wake = Promise.withResolvers<void>()
  return {
    writer: {
      capabilities: { duplicateWindowMs: WINDOW_MS },
      async append(records) {
        records.forEach(encodeRecord)
        const duplicateEventIds: string[] = []
        const fresh: Buffer[] = []
        for (const record of records) {
          const kept = record.kind === 'events' ? withoutSeen(record, duplicateEventIds) : record
          if (kept !== null) fresh.push(encodeRecord(kept))
        }
        log.push(...fresh)
        wake.resolve()
        wake = Promise.withResolvers<void>()
        return { last: embeddedPosition(log.length), duplicateEventIds }
      },
      async erase(remains) {
        for (const { position, record } of remains) {
          const place = Number(position.sequence_number) - 1
          if (place < log.length) log[place] = encodeRecord(record)
        }
      },
      async close() {},
    },
    reader: () => ({
      async read(after, limit) {
        const first = after === null ? 0 : Number(after.sequence_number)
        return log.slice(first, first + limit).map((bytes, nth) => ({
          position: embeddedPosition(first + nth + 1),
          record: decodeRecord(bytes, `entry ${first + nth + 1}`),
        }))
      },
      async tail() {
        return log.length === 0 ? null : embeddedPosition(log.length)
      },
      async waitForMore(after, timeoutMs) {
        const grew = () => log.length > (after === null ? 0 : Number(after.sequence_number))
        if (grew()) return true
        const timer = Promise.withResolvers<void>()
        const timeout = setTimeout(timer.resolve, timeoutMs)
        await Promise.race([wake.promise, timer.promise])
        clearTimeout(timeout)
        return grew()
      },
      async close() {},
    }),
  }

  function withoutSeen(record: StreamRecord & { kind: 'events' }, duplicates: string[]): StreamRecord | null {
    const events = record.events.filter(({ event_id: id }) => {
      const atMs = seen.get(id)
      if (atMs !== undefined && clock.nowMs() - atMs < WINDOW_MS) {
        duplicates.push(id)
        return false
      }
      seen.set(id, clock.nowMs())
      return true
    })
    return events.length === 0 ? null : { ...record, events }
  }
}
