/**
 * lake/scan: a snapshot as something DuckDB can select from.
 *
 * In: a table's state, and which of its snapshots.
 * Out: a FROM expression over exact local files, read by field id, and the list of those files.
 * Invariant: the expression gives every live row of one snapshot and no other; an empty table keeps its types.
 */
import { HemlineError } from '../../std/errors.ts'
import type { ManifestEntry } from './manifest.ts'
import { currentSchema, currentSnapshot, schemaOf, snapshotAsOf, type AsOf } from './metadata.ts'
import { quoteName, quoteText, sqlType, type IcebergSchema } from './schema.ts'
import { liveEntries, pathOf, textOf, type LiveEntries, type TableReader, type TableState } from './table-state.ts'

export interface SnapshotScan {
  /** Null in a table that never held a row. */
  readonly snapshotId: bigint | null
  readonly schemaId: number
  /** Stands after FROM: `read_parquet([…], schema=…)`, or a relation in parentheses. */
  readonly sql: string
  /** The files it reads, as DuckDB opens them: data files, then delete files of other engines. */
  readonly localPaths: readonly string[]
  /** Rows of the data files; rows that delete files take away are counted too. */
  readonly rows: number
}

export interface ScanOptions {
  /** Only files of partitions between these days, both included, as days since 1970-01-01. */
  readonly days?: { readonly first: number; readonly last: number }
  /** An older snapshot, in the columns it had; the newest where absent. */
  readonly asOf?: AsOf
  /** Files that are damaged and shall not be read, by location. */
  readonly without?: ReadonlySet<string>
}

/**
 * @throws HEM_LAKE_SNAPSHOT_MISSING when there is none as of then
 * @throws HEM_LAKE_UNSUPPORTED when another engine deleted rows by equality
 */
export async function scanTable(
  reader: TableReader,
  state: TableState,
  options: ScanOptions = {},
): Promise<SnapshotScan> {
  const { metadata } = state
  const { asOf } = options
  const snapshot = asOf === undefined ? currentSnapshot(metadata) : snapshotAsOf(textOf(state.name), metadata, asOf)
  const schema = asOf === undefined ? currentSchema(metadata) : schemaOf(metadata, snapshot)
  const live = await liveEntries(reader, state, snapshot)
  const data = live.data.filter((entry) => isInside(entry, options))
  const { sql, localPaths } = await scanEntries(reader, state, { schema, data, deletes: live.deletes })
  return {
    snapshotId: snapshot?.['snapshot-id'] ?? null,
    schemaId: schema['schema-id'],
    sql,
    localPaths,
    rows: data.reduce((total, entry) => total + entry.file.rows, 0),
  }
}

function isInside(entry: ManifestEntry, { days, without }: ScanOptions): boolean {
  if (without?.has(entry.file.location)) return false
  const day = entry.file.partition
  if (days === undefined || day === undefined) return true
  return day !== null && days.first <= day && day <= days.last
}

interface ScannedFile {
  readonly location: string
  readonly localPath: string
}

/** The rows of some data files, without those that delete files take away. */
export async function scanEntries(
  reader: TableReader,
  state: TableState,
  scanned: Pick<LiveEntries, 'data' | 'deletes'> & { readonly schema: IcebergSchema },
): Promise<{ readonly sql: string; readonly localPaths: readonly string[] }> {
  const open = async (entry: ManifestEntry): Promise<ScannedFile> => ({
    location: entry.file.location,
    localPath: await reader.files.localPath(pathOf(state, entry.file.location)),
  })
  const partitions = new Set(scanned.data.map((entry) => entry.file.partition))
  const deletes = scanned.deletes.filter((entry) => partitions.has(entry.file.partition))
  refuseEqualityDeletes(state, deletes)
  const touched = new Set(deletes.map((entry) => entry.file.partition))
  const whole: ScannedFile[] = []
  const holed: ScannedFile[] = []
  for (const entry of scanned.data) (touched.has(entry.file.partition) ? holed : whole).push(await open(entry))
  const holes = await Promise.all(deletes.map(open))
  return {
    sql: scanSql(scanned.schema, whole, holed, holes),
    localPaths: [...whole, ...holed, ...holes].map((file) => file.localPath),
  }
}

function refuseEqualityDeletes(state: TableState, deletes: readonly ManifestEntry[]): void {
  const found = deletes.find((entry) => entry.file.content === 'equality deletes')
  if (found === undefined) return
  throw new HemlineError('HEM_LAKE_UNSUPPORTED', {
    subject: textOf(state.name),
    expected: 'rows deleted by position, or files rewritten',
    got: `rows deleted by equality in ${found.file.location}`,
    remedy: 'compact the table with the engine that wrote the file, for example OPTIMIZE … REWRITE DATA in Athena',
  })
}

function scanSql(
  schema: IcebergSchema,
  whole: readonly ScannedFile[],
  holed: readonly ScannedFile[],
  holes: readonly ScannedFile[],
): string {
  if (whole.length + holed.length === 0) return emptySql(schema)
  if (holed.length === 0) return readSql(schema, whole)
  const names = schema.fields.map((field) => quoteName(field.name)).join(', ')
  const parts = [`SELECT ${names} FROM ${withoutHoles(schema, holed, holes)}`]
  if (whole.length > 0) parts.push(`SELECT ${names} FROM ${readSql(schema, whole)}`)
  return `(${parts.join(' UNION ALL ')})`
}

/** Delete files name a data file by its location, DuckDB by its local path. */
function withoutHoles(schema: IcebergSchema, holed: readonly ScannedFile[], holes: readonly ScannedFile[]): string {
  const pairs = holed.map((file) => `(${quoteText(file.location)}, ${quoteText(file.localPath)})`)
  const places = `SELECT named.local_path, hole.pos FROM read_parquet(${pathList(holes)}) AS hole
    JOIN (VALUES ${pairs.join(', ')}) AS named(location, local_path) ON named.location = hole.file_path`
  const rows = readSql(schema, holed, `, filename='hemline file', file_row_number=true`)
  return `${rows} AS row ANTI JOIN (${places}) AS gone
    ON gone.local_path = row."hemline file" AND gone.pos = row.file_row_number`
}

/** No row, in the types of a schema. */
export function emptySql(schema: IcebergSchema): string {
  const nulls = schema.fields.map((field) => `CAST(NULL AS ${sqlType(field.type)}) AS ${quoteName(field.name)}`)
  return `(SELECT ${nulls.join(', ')} WHERE false)`
}

/** Columns are found by field id, so that renamed and added columns read right in old files. */
function readSql(schema: IcebergSchema, files: readonly ScannedFile[], options = ''): string {
  const columns = schema.fields.map(
    (field) =>
      `${field.id}: {name: ${quoteText(field.name)}, type: ${quoteText(sqlType(field.type))}, default_value: NULL}`,
  )
  return `read_parquet(${pathList(files)}, schema=MAP {${columns.join(', ')}}${options})`
}

function pathList(files: readonly ScannedFile[]): string {
  return `[${files.map((file) => quoteText(file.localPath)).join(', ')}]`
}
