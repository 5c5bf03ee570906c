/**
 * lake/scan: a snapshot as something DuckDB can select from.
 *
 * In: a table's state.
 * Out: a FROM expression over exact local files, read by field id, and the list of those files.
 * Invariant: the expression names every live file of one snapshot and no other; an empty table keeps its types.
 */
import type { ManifestEntry } from './manifest.ts'
import { currentSchema, currentSnapshot, type TableMetadata } from './metadata.ts'
import { quoteName, quoteText, sqlType } from './schema.ts'
import { liveEntries, pathOf, type TableReader, type TableState } from './table-state.ts'

export interface SnapshotScan {
  /** Null in a table that never held a row. */
  readonly snapshotId: bigint | null
  readonly schemaId: number
  /** Stands after FROM: `read_parquet([…], schema=…)`, or a typed empty relation in parentheses. */
  readonly sql: string
  /** The files it reads, as DuckDB opens them. */
  readonly localPaths: readonly string[]
  readonly rows: number
}

export interface ScanOptions {
  /** Only files of partitions between these days, both included, as days since 1970-01-01. */
  readonly days?: { readonly first: number; readonly last: number }
}

export async function scanTable(
  reader: TableReader,
  state: TableState,
  options: ScanOptions = {},
): Promise<SnapshotScan> {
  const snapshot = currentSnapshot(state.metadata)
  const live = await liveEntries(reader, state, snapshot)
  const inside = live.filter((entry) => isInside(entry, options))
  const localPaths: string[] = []
  for (const entry of inside) localPaths.push(await reader.files.localPath(pathOf(state, entry.file.location)))
  return {
    snapshotId: snapshot?.['snapshot-id'] ?? null,
    schemaId: state.metadata['current-schema-id'],
    sql: scanSql(state.metadata, localPaths),
    localPaths,
    rows: inside.reduce((total, entry) => total + entry.file.rows, 0),
  }
}

function isInside(entry: ManifestEntry, { days }: ScanOptions): boolean {
  const day = entry.file.partition
  if (days === undefined || day === undefined) return true
  return day !== null && days.first <= day && day <= days.last
}

/** Columns are found by field id, so that renamed and added columns read right in old files. */
export function scanSql(metadata: TableMetadata, localPaths: readonly string[]): string {
  const { fields } = currentSchema(metadata)
  if (localPaths.length === 0) {
    const nulls = fields.map((field) => `CAST(NULL AS ${sqlType(field.type)}) AS ${quoteName(field.name)}`)
    return `(SELECT ${nulls.join(', ')} WHERE false)`
  }
  const columns = fields.map(
    (field) =>
      `${field.id}: {name: ${quoteText(field.name)}, type: ${quoteText(sqlType(field.type))}, default_value: NULL}`,
  )
  return `read_parquet([${localPaths.map(quoteText).join(', ')}], schema=MAP {${columns.join(', ')}})`
}
