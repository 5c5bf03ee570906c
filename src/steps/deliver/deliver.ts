/**
 * deliver/deliver: brings the stream into the landing zone.
 *
 * In: records after the checkpoint that landing.clickstreams holds.
 * Out: rows of landing.clickstreams, landing.product_changes and landing.quarantine; counts for the ledger.
 * Guarantee: each record exactly once in each table, although the stream is read at least once: rows and checkpoint
 *   change in one commit. Late events are delivered as they come; malformed records become dead letters.
 * Invariant: landing.clickstreams moves last, so its checkpoint never passes a record that is nowhere.
 */
import { join } from 'node:path'
import type { Lake } from '../../parts/lake/lake.ts'
import { parseCheckpoint } from '../../parts/stream/checkpoint.ts'
import type { Position } from '../../parts/stream/position.ts'
import type { StreamReader } from '../../parts/stream/port.ts'
import { DEFAULT_BATCH_LIMITS, readBatch, type BatchLimits, type LandingTable, type PreparedRecord } from './batch.ts'
import { DELIVER_SINK, writeRecords, type LandingWriterOptions, type Written } from './landing-writer.ts'

export interface DeliverOptions {
  readonly reader: StreamReader
  readonly lake: Lake
  /** An existing folder for files on their way. */
  readonly folder: string
  readonly limits?: BatchLimits
}

export interface Delivery {
  /** Records read. */
  readonly read: number
  /** Rows written to landing.clickstreams. */
  readonly events: number
  /** Rows written to landing.product_changes. */
  readonly products: number
  /** Refused events written to landing.quarantine. */
  readonly quarantined: number
  /** Records that could not be delivered, now in landing.quarantine. */
  readonly deadLettered: number
  readonly from: Position | null
  readonly to: Position | null
  /** Whether more waits in the stream. */
  readonly isBehind: boolean
}

/** Where deliveries stand: everything up to here is in the landing zone. */
export async function deliveredUpto(lake: Lake): Promise<Position | null> {
  return parseCheckpoint(await lake.checkpoint('landing.clickstreams', DELIVER_SINK))
}

/**
 * Delivers one bounded batch; call again while `isBehind`.
 *
 * @throws what the lake throws when it cannot commit; nothing is lost, call again later
 */
export async function deliverOnce(options: DeliverOptions): Promise<Delivery> {
  const { lake, reader } = options
  const from = await deliveredUpto(lake)
  const { records, upto, isBehind } = await readBatch(reader, from, options.limits ?? DEFAULT_BATCH_LIMITS)
  if (records.length === 0 || upto === null) {
    return { read: 0, events: 0, products: 0, quarantined: 0, deadLettered: 0, from, to: from, isBehind: false }
  }
  const written = await writeBatch({ lake, linesPath: join(options.folder, 'deliver.ndjson') }, records, upto)
  return {
    read: records.length,
    ...written,
    from,
    to: upto,
    isBehind,
  }
}

/** Writes records of all tables, each table in a commit of its own; what a table holds already is skipped. */
export async function writeBatch(
  target: LandingWriterOptions,
  records: readonly PreparedRecord[],
  upto: Position,
): Promise<Pick<Delivery, 'events' | 'products' | 'quarantined' | 'deadLettered'>> {
  const write = async (table: LandingTable): Promise<Written> => {
    const mine = records.filter((record) => record.table === table)
    // Only clickstreams keeps count of the stream; the others are touched when they have rows.
    if (mine.length === 0 && table !== 'landing.clickstreams') return { rows: 0, deadLettered: 0 }
    return writeRecords(target, table, mine, upto)
  }
  const products = await write('landing.product_changes')
  const quarantined = await write('landing.quarantine')
  const events = await write('landing.clickstreams')
  return {
    events: events.rows,
    products: products.rows,
    quarantined: quarantined.rows,
    deadLettered: products.deadLettered + quarantined.deadLettered + events.deadLettered,
  }
}
