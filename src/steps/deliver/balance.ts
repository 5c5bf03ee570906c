/**
 * deliver/balance: the ledger of the lake: what became of every event the stream acknowledged.
 *
 * In: the stream as far as it is kept, and the landing zone.
 * Out: accepted = in landing + dead-letter + erased + pending, counted from both ends, for the records the stream still holds.
 * Invariant: counts come from what is on disk, never from counters.
 */
import type { Lake } from '../../parts/lake/lake.ts'
import type { Position } from '../../parts/stream/position.ts'
import type { StreamReader } from '../../parts/stream/port.ts'
import { isAfter } from '../../parts/stream/checkpoint.ts'
import { deliveredUpto } from './deliver.ts'

export interface Balance {
  /** Events in the stream's records. */
  readonly accepted: number
  readonly landed: number
  readonly deadLettered: number
  /** Events that were taken out of the stream and the lake since. */
  readonly erased: number
  /** Not delivered yet. */
  readonly pending: number
  /** Events refused at the door, in the stream's delivered records and in landing.quarantine. */
  readonly refused: number
  readonly quarantined: number
  /** Events in landing that clean does not take. */
  readonly notCleaned: number
}

const READ_RECORDS = 1000

/** Call it while nothing delivers. */
export async function balanceOf(lake: Lake, reader: StreamReader): Promise<Balance> {
  const delivered = await deliveredUpto(lake)
  const { first, ...stream } = await countStream(reader, delivered)
  const landing = await countLanding(lake, first, delivered)
  return { ...stream, ...landing }
}

async function countStream(reader: StreamReader, delivered: Position | null) {
  let first: Position | null = null
  let after: Position | null = null
  let accepted = 0
  let pending = 0
  let erased = 0
  let refused = 0
  for (;;) {
    const records = await reader.read(after, READ_RECORDS)
    if (records.length === 0) return { first, accepted, pending, erased, refused }
    for (const { position, record } of records) {
      first ??= position
      after = position
      const isPending = isAfter(position, delivered)
      if (record.kind === 'events') {
        accepted += record.events.length + (record.erased ?? 0)
        erased += record.erased ?? 0
        if (isPending) pending += record.events.length
      } else if (record.kind === 'erased') {
        accepted += record.events
        erased += record.events
      } else if (record.kind === 'quarantine' && !isPending) refused += record.refused.length
    }
  }
}

async function countLanding(lake: Lake, first: Position | null, delivered: Position | null) {
  const connection = await lake.connect(['landing.clickstreams', 'landing.quarantine'])
  try {
    const reader = await connection.runAndReadAll(
      `SELECT
         (SELECT count(*) FROM landing.clickstreams WHERE sequence_number BETWEEN $1 AND $2),
         (SELECT coalesce(sum(json_array_length(json_extract(body, '$.events'))), 0) FROM landing.quarantine
          WHERE reason = 'dead_letter' AND sequence_number BETWEEN $1 AND $2),
         (SELECT count(*) FROM landing.quarantine WHERE reason = 'refused' AND sequence_number BETWEEN $1 AND $2),
         (SELECT count(*) FROM landing.quarantine WHERE reason = 'not_cleaned' AND sequence_number BETWEEN $1 AND $2)`,
      [first?.sequence_number ?? '', delivered?.sequence_number ?? ''],
    )
    const [landed, deadLettered, quarantined, notCleaned] = (reader.getRows()[0] ?? []).map(Number)
    return { landed, deadLettered, quarantined, notCleaned }
  } finally {
    connection.closeSync()
  }
}
