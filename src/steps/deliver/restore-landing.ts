/**
 * deliver/restore-landing: rows of damaged landing files, once more from the stream.
 *
 * In: a landing table and the files of it that cannot be read.
 * Out: one commit that puts, in their place, every row the stream holds and the healthy files do not.
 * Guarantee: exactly once: a row is known by its place in the stream. What the stream has let go of is lost, and counted.
 * Invariant: healthy files are left alone.
 */
import { join } from 'node:path'
import { CLICKSTREAM_TABLES } from '../../parts/lake/clickstream-tables.ts'
import type { Lake } from '../../parts/lake/lake.ts'
import type { Position } from '../../parts/stream/position.ts'
import { isAfter } from '../../parts/stream/checkpoint.ts'
import type { StreamReader } from '../../parts/stream/port.ts'
import { DEFAULT_BATCH_LIMITS, readBatch, type LandingTable } from './batch.ts'
import { deliveredUpto } from './deliver.ts'
import { linesSelect } from './fresh-tail.ts'
import { openLines } from './landing-writer.ts'

export interface RestoreOptions {
  readonly lake: Lake
  readonly reader: StreamReader
  /** An existing folder for files on their way. */
  readonly folder: string
}

/** Landing tables whose rows come from the stream. */
export const LANDING_TABLES: readonly LandingTable[] = [
  'landing.clickstreams',
  'landing.product_changes',
  'landing.quarantine',
]

/** @param damaged locations of files of the newest snapshot; none after a reset, which has left no file */
export async function restoreLanding(
  options: RestoreOptions,
  table: LandingTable,
  damaged: readonly string[],
): Promise<{ readonly restoredRows: number }> {
  const { lake, folder } = options
  const path = join(folder, 'restore.ndjson')
  await writeLinesOf(options, table, path)
  const connection = await lake.connect([])
  try {
    const healthy = await lake.snapshotFiles(table, { without: new Set(damaged) })
    const definition = CLICKSTREAM_TABLES.find((one) => `${one.namespace}.${one.table}` === table)
    if (definition === undefined) throw new Error(`no definition of ${table}`)
    const sql = `SELECT * FROM (${linesSelect(definition, path)}) AS line ANTI JOIN
      (SELECT sequence_number, record_index FROM ${healthy.sql}) AS healthy USING (sequence_number, record_index)`
    const { addedRows } = await lake.replaceFiles(table, damaged, { sql, connection })
    return { restoredRows: addedRows }
  } finally {
    connection.closeSync()
  }
}

async function writeLinesOf({ lake, reader }: RestoreOptions, table: LandingTable, path: string): Promise<void> {
  const delivered = await deliveredUpto(lake)
  const lines = await openLines(path)
  try {
    let after: Position | null = null
    for (;;) {
      const batch = await readBatch(reader, after, DEFAULT_BATCH_LIMITS)
      const mine = batch.records.filter(
        (record) => record.table === table && delivered !== null && !isAfter(record.stored.position, delivered),
      )
      await lines.write(mine)
      after = batch.upto
      if (!batch.isBehind) return
    }
  } finally {
    await lines.close()
  }
}
