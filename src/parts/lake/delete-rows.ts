/**
 * lake/delete-rows: rows go, or lose some values, and the files that held them are written again.
 *
 * In: a condition.
 * Out: how many rows it named, in one commit for up to 256 partitions that held some.
 * Invariant: no row that the condition does not name goes; a row that was there at the call is gone when it resolves.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { conflict, isConflict, type CommitContext } from './change.ts'
import type { ManifestEntry } from './manifest.ts'
import { currentSchema, currentSnapshot } from './metadata.ts'
import type { TableName } from './port.ts'
import { rewriteFiles } from './rewrite.ts'
import { scanEntries } from './scan.ts'
import { quoteName } from './schema.ts'
import { liveEntries, type LiveEntries, type TableState } from './table-state.ts'

const ATTEMPTS_MAX = 10
const PARTITIONS_PER_COMMIT = 256

export interface Deletion {
  readonly deletedRows: number
  readonly rewrittenFiles: number
}

export interface RowChange {
  /** SQL condition of the rows. */
  readonly condition: string
  /** Columns that become null in these rows; where there is none, the rows go. */
  readonly blank: readonly string[]
}

/** @param load the newest state; called again where another commit came first */
export async function deleteRows(
  context: CommitContext,
  connection: DuckDBConnection,
  load: () => Promise<TableState>,
  change: RowChange,
): Promise<Deletion> {
  let deletedRows = 0
  let rewrittenFiles = 0
  let name: TableName | null = null
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const state = await load()
    name = state.name
    try {
      const live = await liveEntries(context.reader, state, currentSnapshot(state.metadata))
      const found = await groupsWith(context, connection, { state, live, ...change })
      const rows = (scan: string): string => changedRows(scan, change)
      for (let first = 0; first < found.length; first += PARTITIONS_PER_COMMIT) {
        const some = found.slice(first, first + PARTITIONS_PER_COMMIT)
        const groups = some.map(({ entries }) => entries)
        await rewriteFiles(context, connection, state, { live, groups, rows, operation: 'overwrite' })
        deletedRows += some.reduce((total, { count }) => total + count, 0)
        rewrittenFiles += groups.flat().length
      }
      return { deletedRows, rewrittenFiles }
    } catch (cause) {
      if (!isConflict(cause)) throw cause
    }
  }
  throw conflict(name ?? { namespace: '', table: '' }, `${ATTEMPTS_MAX} other commits in a row`)
}

interface Found {
  readonly entries: readonly ManifestEntry[]
  /** Rows that the condition names. */
  readonly count: number
}

function changedRows(scan: string, { condition, blank }: RowChange): string {
  if (blank.length === 0) return `SELECT * FROM ${scan} WHERE (${condition}) IS NOT TRUE`
  const blanked = blank
    .map(quoteName)
    .map((column) => `CASE WHEN ${condition} THEN NULL ELSE ${column} END AS ${column}`)
  return `SELECT * REPLACE (${blanked.join(', ')}) FROM ${scan}`
}

/** Data files that hold such rows, by partition. */
async function groupsWith(
  context: CommitContext,
  connection: DuckDBConnection,
  search: { readonly state: TableState; readonly live: LiveEntries; readonly condition: string },
): Promise<readonly Found[]> {
  const { state, live, condition } = search
  const schema = currentSchema(state.metadata)
  const found: Found[] = []
  for (const group of Map.groupBy(live.data, (entry) => entry.file.partition).values()) {
    const entries: ManifestEntry[] = []
    let rowCount = 0
    for (const entry of group) {
      const { sql } = await scanEntries(context.reader, state, { schema, data: [entry], deletes: live.deletes })
      const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${sql} WHERE ${condition}`)
      const count = Number(reader.getRows()[0]?.[0])
      if (count === 0) continue
      entries.push(entry)
      rowCount += count
    }
    if (entries.length > 0) found.push({ entries, count: rowCount })
  }
  return found
}
