/**
 * refine/refused: keeps the rows that clean does not take, with the reason.
 *
 * In: a range of landing.clickstreams, and the tables as they are before its rows are cleaned.
 * Out: rows of landing.quarantine by `refused-clickstreams.sql`; how many there are.
 * Guarantee: each once. They are written before the batch is committed to clean, and what is there already is left out, so a
 *   batch that is repeated after a crash adds none.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Lake } from '../../parts/lake/lake.ts'
import type { Position } from '../../parts/stream/position.ts'
import { bindTransform } from './transform.ts'

export interface RefusedRange {
  readonly tables: Readonly<Record<string, string>>
  readonly after: Position | null
  readonly upto: Position
}

/** Where the rows of one batch wait until it is known whether there are any. */
const WAITING = 'temp.main.refused_rows'

/** @returns how many rows of the range clean does not take and were not kept yet */
export async function keepRefused(lake: Lake, connection: DuckDBConnection, range: RefusedRange): Promise<number> {
  const { tables, after, upto } = range
  const values = { after: after?.sequence_number ?? '', upto: upto.sequence_number }
  const refused = bindTransform('refused-clickstreams.sql', { tables, values })
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE refused_rows AS
     SELECT received_at, 'not_cleaned' AS reason,
       CASE WHEN lacks IS NOT NULL THEN 'HEM_CLEAN_ROW_INCOMPLETE' ELSE 'HEM_CLEAN_ID_REUSED' END AS code, message, CAST(to_json(refused) AS VARCHAR) AS body,
       CAST(NULL AS INTEGER) AS request_index, shard, sequence_number, record_index
     FROM (${refused}) AS refused
     ANTI JOIN (SELECT * FROM (${tables['landing.quarantine'] ?? ''}) WHERE reason = 'not_cleaned') AS kept
       USING (shard, sequence_number, record_index)`,
  )
  const counted = await connection.runAndReadAll(`SELECT count(*) FROM ${WAITING}`)
  const rows = Number(counted.getRows()[0]?.[0])
  if (rows > 0) await lake.append('landing.quarantine', { sql: `SELECT * FROM ${WAITING}`, connection })
  return rows
}
