/**
 * deliver/batch: the next records of the stream, as lines for the landing zone.
 *
 * In: a reader and the position to go on from.
 * Out: records in order, each with its lines or the reason it has none, up to a bound on rows and bytes.
 * Invariant: a record is taken whole; at least one is taken where there is one.
 */
import type { Position } from '../../parts/stream/position.ts'
import type { StreamReader } from '../../parts/stream/port.ts'
import type { StoredRecord } from '../../parts/stream/record.ts'
import { HemlineError } from '../../std/errors.ts'
import { eventLines, productLines, quarantineLines } from './landing-rows.ts'

export interface BatchLimits {
  readonly maxRows: number
  readonly maxBytes: number
}

export const DEFAULT_BATCH_LIMITS: BatchLimits = { maxRows: 10_000, maxBytes: 24 * 1024 * 1024 }

const READ_RECORDS = 500

export type LandingTable = 'landing.clickstreams' | 'landing.product_changes' | 'landing.quarantine'

export interface PreparedRecord {
  readonly stored: StoredRecord
  readonly table: LandingTable
  readonly lines: readonly string[]
  /** Why the record could not even become lines; null where it could. */
  readonly fault: unknown
}

export interface Batch {
  readonly records: readonly PreparedRecord[]
  readonly upto: Position | null
  /** Whether the batch ended at a bound and not at the stream's tail. */
  readonly isBehind: boolean
}

export async function readBatch(reader: StreamReader, after: Position | null, limits: BatchLimits): Promise<Batch> {
  const records: PreparedRecord[] = []
  let upto = after
  let rows = 0
  let bytes = 0
  for (;;) {
    const read = await reader.read(upto, READ_RECORDS)
    if (read.length === 0) return { records, upto, isBehind: false }
    for (const stored of read) {
      const prepared = prepare(stored)
      records.push(prepared)
      upto = stored.position
      rows += prepared.lines.length
      for (const line of prepared.lines) bytes += line.length
      if (rows >= limits.maxRows || bytes >= limits.maxBytes) return { records, upto, isBehind: true }
    }
  }
}

export function prepare(stored: StoredRecord): PreparedRecord {
  const { record, position } = stored
  try {
    switch (record.kind) {
      case 'events':
        return { stored, table: 'landing.clickstreams', lines: eventLines(record, position), fault: null }
      case 'products':
        return { stored, table: 'landing.product_changes', lines: productLines(record, position), fault: null }
      case 'rules':
      case 'erased':
      case 'erasure':
        // No table holds them.
        return { stored, table: 'landing.clickstreams', lines: [], fault: null }
      case 'quarantine':
        return { stored, table: 'landing.quarantine', lines: quarantineLines(record, position), fault: null }
      case 'unreadable':
        return { stored, table: 'landing.clickstreams', lines: [], fault: unreadable(record.message) }
      default:
        return { stored, table: 'landing.clickstreams', lines: [], fault: new Error('a record of an unknown kind') }
    }
  } catch (fault) {
    return { stored, table: 'landing.clickstreams', lines: [], fault }
  }
}

function unreadable(message: string): HemlineError {
  return new HemlineError('HEM_STREAM_RECORD_CORRUPT', {
    subject: 'a record of the stream',
    expected: 'the bytes that were written',
    got: message,
    remedy: 'check the disk; a backup may hold the record',
  })
}
