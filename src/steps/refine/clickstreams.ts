/**
 * refine/clickstreams: brings landing.clickstreams into clean.clickstreams.
 *
 * In: rows of landing after the checkpoint that clean.clickstreams holds.
 * Out: rows of clean.clickstreams by `clickstreams.sql`, with the new checkpoint in the same commit.
 * Guarantee: each event_id once in clean, whatever is repeated, in the stream or by a replay after a crash.
 *   Late events are cleaned as they come, into the partition of their own date. What clean does not take is kept in
 *   landing.quarantine with the reason.
 * Invariant: clean never passes landing.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Lake } from '../../parts/lake/lake.ts'
import { currentSchema } from '../../parts/lake/metadata.ts'
import { emptySql } from '../../parts/lake/scan.ts'
import { preludeStatements } from '../../parts/sql/prelude.ts'
import { formatCheckpoint, isAfter, parseCheckpoint } from '../../parts/stream/checkpoint.ts'
import type { Position } from '../../parts/stream/position.ts'
import { keepRefused } from './refused.ts'
import { bindTransform } from './transform.ts'

const SINK = 'refine'
const READS = ['landing.clickstreams', 'landing.product_changes', 'landing.quarantine', 'clean.clickstreams'] as const
/** Rows one run may sort and number at once. */
const DEFAULT_MAX_ROWS = 200_000

export interface RefinerOptions {
  readonly lake: Lake
  /** Shop's zone, such as Asia/Ho_Chi_Minh. */
  readonly timeZone: string
  readonly maxRows?: number
}

interface Refinement {
  /** Rows added to clean.clickstreams. */
  readonly rows: number
  /** Rows that clean does not take, now in landing.quarantine. */
  readonly refused: number
  readonly from: Position | null
  readonly to: Position | null
  /** Whether more waits in landing. */
  readonly isBehind: boolean
}

/** Everything up to here is in clean.clickstreams. */
export async function refinedUpto(lake: Lake): Promise<Position | null> {
  return parseCheckpoint(await lake.checkpoint('clean.clickstreams', SINK))
}

export interface Refiner {
  /** Refines one bounded batch; call again while `isBehind`. */
  once(): Promise<Refinement>
  /** Cleans the rows of one record once more, where the batches are past it: a dead letter that was delivered late. */
  again(position: Position): Promise<{ readonly rows: number }>
  /** Makes all of clean.clickstreams anew from landing, in one commit, for a table that is damaged. */
  rebuild(): Promise<{ readonly rows: number }>
  close(): void
}

export async function openRefiner(options: RefinerOptions): Promise<Refiner> {
  // Of its own, so that neither shares the other's memory limit.
  const connection = await options.lake.connect([])
  for (const statement of preludeStatements()) await connection.run(statement)
  return {
    once: () => refineOnce(options, connection),
    again: (position) => refineAgain(options, connection, position),
    rebuild: () => rebuild(options, connection),
    close: () => connection.closeSync(),
  }
}

async function refineOnce(options: RefinerOptions, connection: DuckDBConnection): Promise<Refinement> {
  const { lake, timeZone } = options
  const before = await lake.checkpoint('clean.clickstreams', SINK)
  const from = parseCheckpoint(before)
  const landed = parseCheckpoint(await lake.checkpoint('landing.clickstreams', 'deliver'))
  if (landed === null || !isAfter(landed, from)) return { rows: 0, refused: 0, from, to: from, isBehind: false }
  const snapshot = await lake.snapshot(READS)
  const tables = Object.fromEntries(snapshot.tables.map(({ name, select }) => [name, select]))
  const maxRows = options.maxRows ?? DEFAULT_MAX_ROWS
  const to = await boundedEnd(connection, tables['landing.clickstreams'] ?? '', { from, landed, maxRows })
  const refused = await keepRefused(lake, connection, { tables, after: from, upto: to })
  const sql = refineSelect({ tables, after: from, upto: to, timeZone })
  const checkpoint = { sink: SINK, value: formatCheckpoint(to), expected: before }
  const result = await lake.append('clean.clickstreams', { sql, connection }, { checkpoint })
  return { rows: result.addedRows, refused, from, to, isBehind: isAfter(landed, to) }
}

async function refineAgain(
  { lake, timeZone }: RefinerOptions,
  connection: DuckDBConnection,
  position: Position,
): Promise<{ rows: number }> {
  if (isAfter(position, await refinedUpto(lake))) return { rows: 0 }
  const snapshot = await lake.snapshot(READS)
  const tables = Object.fromEntries(snapshot.tables.map(({ name, select }) => [name, select]))
  const { sequence_number: number } = position
  const before = String(BigInt(number) - 1n).padStart(number.length, '0')
  const sql = refineSelect({ tables, after: { ...position, sequence_number: before }, upto: position, timeZone })
  const result = await lake.append('clean.clickstreams', { sql, connection })
  return { rows: result.addedRows }
}

async function rebuild({ lake, timeZone }: RefinerOptions, connection: DuckDBConnection): Promise<{ rows: number }> {
  const landed = parseCheckpoint(await lake.checkpoint('landing.clickstreams', 'deliver'))
  if (landed === null) return { rows: 0 }
  const { tables } = await lake.snapshot(['landing.clickstreams', 'landing.product_changes'])
  const { metadata } = await lake.table('clean.clickstreams')
  const selects = {
    ...Object.fromEntries(tables.map(({ name, select }) => [name, select])),
    'clean.clickstreams': `SELECT * FROM ${emptySql(currentSchema(metadata))}`,
  }
  const sql = refineSelect({ tables: selects, after: null, upto: landed, timeZone })
  const checkpoint = { sink: SINK, value: formatCheckpoint(landed) }
  const result = await lake.replace('clean.clickstreams', 'all', { sql, connection }, { checkpoint })
  return { rows: result.addedRows }
}

export interface RefineSelect {
  readonly tables: Readonly<Record<string, string>>
  readonly after: Position | null
  /** Null: everything there is. */
  readonly upto: Position | null
  readonly timeZone: string
}

/** The SELECT that makes rows of clean.clickstreams; also the fresh view of what is not refined yet. */
export function refineSelect(options: RefineSelect): string {
  const values = {
    after: options.after?.sequence_number ?? '',
    upto: options.upto?.sequence_number ?? '~',
    zone: options.timeZone,
  }
  return bindTransform('clickstreams.sql', { tables: options.tables, values })
}

/** Where to stop so that at most `maxRows` rows, and always whole records, are taken. */
async function boundedEnd(
  connection: DuckDBConnection,
  landing: string,
  range: { readonly from: Position | null; readonly landed: Position; readonly maxRows: number },
): Promise<Position> {
  const { from, landed, maxRows } = range
  const reader = await connection.runAndReadAll(
    `SELECT sequence_number FROM (${landing}) WHERE sequence_number > $1 AND sequence_number <= $2
     ORDER BY sequence_number LIMIT 1 OFFSET ${maxRows - 1}`,
    [from?.sequence_number ?? '', landed.sequence_number],
  )
  const bound = reader.getRows()[0]?.[0]
  return typeof bound === 'string' ? { shard: landed.shard, sequence_number: bound } : landed
}
