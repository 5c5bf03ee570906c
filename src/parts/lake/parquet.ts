/**
 * lake/parquet: rows become Parquet files with all that a manifest says of them.
 *
 * In: rows, a file of newline-delimited JSON, or a SELECT; the table they are for.
 * Out: staged files, adopted into the table's folder under a name that holds their SHA-256.
 * Invariant: values keep their type exactly or the whole write fails; times are UTC.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import { assert } from '../../std/assert.ts'
import { HemlineError, messageOf } from '../../std/errors.ts'
import { boundBytes, dayOf, isoDateOf } from './bounds.ts'
import type { CommitContext } from './change.ts'
import type { DataFile, PartitionDay } from './manifest.ts'
import { currentSchema, currentSpec, type TableMetadata } from './metadata.ts'
import { quoteName, quoteText, sqlType, type IcebergField, type IcebergPartitionField } from './schema.ts'
import { folderOf, textOf, type TableState } from './table-state.ts'

/** Where rows come from. Columns are found by name; a column that is absent is null. */
export type RowSource =
  | { readonly rows: readonly object[] }
  /** A local file, one JSON object a line. `isUtc` promises that each time ends in Z, which is read faster. */
  | { readonly ndjsonPath: string; readonly isUtc?: boolean }
  /** A SELECT, run on a connection that can see what it names. */
  | { readonly sql: string; readonly connection: DuckDBConnection }

export interface StagedFile {
  readonly stagedPath: string
  readonly partition: PartitionDay | undefined
  readonly rows: number
  readonly bytes: number
  readonly statistics: ReadonlyMap<string, ReadonlyMap<string, string>>
}

interface StagingTarget {
  readonly state: TableState
  readonly folder: string
  /** The one partition that all rows are of, where that is known. */
  readonly partition?: PartitionDay | undefined
}

/** Longest line of JSON, bytes; the engine sets aside twice this for each thread, and 32 MiB unless told. */
const JSON_LINE_BYTES_MAX = 1024 * 1024
/** Data files that are made durable at once. */
const ADOPTED_AT_ONCE = 8

/**
 * Writes rows as Parquet into a staging folder, one file or more a partition; no file where there is no row.
 *
 * @throws HEM_LAKE_ROWS_INVALID when a value does not fit its column
 */
export async function stageRows(
  own: DuckDBConnection,
  target: StagingTarget,
  source: RowSource,
): Promise<readonly StagedFile[]> {
  const connection = 'sql' in source ? source.connection : own
  try {
    // Our own connection is set when it is opened.
    if ('sql' in source) await connection.run(`SET TimeZone='UTC'`)
    const select = await selectOf(connection, target, source)
    if ('sql' in source && target.partition === undefined) return await copy(connection, partedCopy(target, select))
    // Lines are nearly always of one day. To find that out from the file written is cheaper than to part them.
    const [file] = await copy(connection, wholeCopy(target, select))
    if (file === undefined) return []
    const partition = onlyPartition(target, file)
    if (partition !== 'several') return [{ ...file, partition }]
    const parts = await copy(connection, partedCopy(target, `SELECT * FROM ${quoteText(file.stagedPath)}`))
    await rm(file.stagedPath)
    return parts
  } catch (cause) {
    throw rowsInvalid(target, cause)
  }
}

/** The rows with exactly the table's columns, in its types and order. */
async function selectOf(connection: DuckDBConnection, target: StagingTarget, source: RowSource): Promise<string> {
  const { fields } = currentSchema(target.state.metadata)
  if ('sql' in source) {
    const described = await connection.runAndReadAll(`DESCRIBE ${source.sql}`)
    const given = new Set(described.getRowObjectsJson().map((row) => row['column_name'] as string))
    refuseStrayColumns(target.state, given, fields)
    const casts = fields.map((field) => castOf(field, given.has(field.name)))
    return `SELECT ${casts.join(', ')} FROM (${source.sql}) AS source`
  }
  const path = 'rows' in source ? await writeNdjson(`${target.folder}/rows.ndjson`, source.rows) : source.ndjsonPath
  const isUtc = 'rows' in source ? source.rows.every((row) => isUtcRow(row, fields)) : (source.isUtc ?? false)
  const columns = fields.map((field) => `${quoteName(field.name)}: ${quoteText(jsonType(field, isUtc))}`)
  const casts = fields.map((field) => castOfJson(field, isUtc))
  return `SELECT ${casts.join(', ')} FROM read_json(${quoteText(path)}, format='newline_delimited', maximum_object_size=${JSON_LINE_BYTES_MAX}, columns={${columns.join(', ')}})`
}

function isUtcRow(row: object, fields: readonly IcebergField[]): boolean {
  const values = row as Readonly<Record<string, unknown>>
  const isUtc = (value: unknown): boolean =>
    value === null || value === undefined || (typeof value === 'string' && value.endsWith('Z'))
  return fields.every((field) => field.type !== 'timestamp' || isUtc(values[field.name]))
}

function jsonType(field: IcebergField, isUtc: boolean): string {
  return field.type === 'timestamp' && !isUtc ? 'VARCHAR' : sqlType(field.type)
}

/**
 * DuckDB drops an offset when it reads a text as TIMESTAMP, and takes twice as long to apply one. So times that end
 * in Z, which are nearly all, go the short way.
 */
function castOfJson(field: IcebergField, isUtc: boolean): string {
  const name = quoteName(field.name)
  if (field.type !== 'timestamp' || isUtc) return name
  const applied = `CAST(CAST(${name} AS TIMESTAMPTZ) AS TIMESTAMP)`
  return `CASE WHEN suffix(${name}, 'Z') THEN CAST(${name} AS TIMESTAMP) ELSE ${applied} END AS ${name}`
}

function castOf(field: IcebergField, isGiven: boolean): string {
  const name = quoteName(field.name)
  return `CAST(${isGiven ? name : 'NULL'} AS ${sqlType(field.type)}) AS ${name}`
}

function refuseStrayColumns(state: TableState, given: ReadonlySet<string>, fields: readonly IcebergField[]): void {
  const known = new Set(fields.map((field) => field.name))
  const stray = [...given].filter((name) => !known.has(name))
  if (stray.length === 0) return
  throw new HemlineError('HEM_LAKE_ROWS_INVALID', {
    subject: textOf(state.name),
    expected: 'only columns of the table',
    got: stray.join(', '),
    remedy: 'select the columns listed in docs/tables.md',
  })
}

async function writeNdjson(path: string, rows: readonly object[]): Promise<string> {
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return path
}

/** All rows into one file. */
function wholeCopy(target: StagingTarget, select: string): string {
  return `COPY (${select}) TO ${quoteText(`${target.folder}/rows.parquet`)} (${copyOptions(target).join(', ')})`
}

function copyOptions(target: StagingTarget): string[] {
  const ids = currentSchema(target.state.metadata).fields.map((field) => `${quoteName(field.name)}: ${field.id}`)
  return ['FORMAT parquet', 'COMPRESSION zstd', `FIELD_IDS {${ids.join(', ')}}`, 'RETURN_STATS']
}

/** Rows into files of their partitions. */
function partedCopy(target: StagingTarget, select: string): string {
  const { metadata } = target.state
  const [partition] = currentSpec(metadata).fields
  if (partition === undefined) return wholeCopy(target, select)
  const options = copyOptions(target)
  options.push(`PARTITION_BY (${quoteName(partition.name)})`, `FILENAME_PATTERN 'rows_{uuid}'`)
  options.push(`WRITE_PARTITION_COLUMNS ${partition.transform === 'identity'}`)
  const rows = partition.transform === 'identity' ? select : withDayColumn(select, metadata, partition)
  return `COPY (${rows}) TO ${quoteText(`${target.folder}/parts`)} (${options.join(', ')})`
}

function withDayColumn(select: string, metadata: TableMetadata, partition: IcebergPartitionField): string {
  return `SELECT *, CAST(${quoteName(sourceOf(metadata, partition).name)} AS DATE) AS ${quoteName(partition.name)} FROM (${select})`
}

interface Pair {
  readonly key: string
  readonly value: unknown
}

function stagedFileOf(row: Record<string, unknown>): StagedFile {
  const keys = row['partition_keys'] as readonly Pair[] | null
  const statistics = (row['column_statistics'] as readonly Pair[]).map(
    ({ key, value }) =>
      [key.slice(1, -1), new Map((value as readonly Pair[]).map((item) => [item.key, String(item.value)]))] as const,
  )
  return {
    stagedPath: String(row['filename']),
    partition: keys === null || keys.length === 0 ? undefined : partitionDayOf(keys[0].value),
    rows: Number(row['count']),
    bytes: Number(row['file_size_bytes']),
    statistics: new Map(statistics),
  }
}

function partitionDayOf(value: unknown): PartitionDay {
  const isDate = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)
  return isDate ? dayOf(value) : null
}

async function copy(connection: DuckDBConnection, statement: string): Promise<readonly StagedFile[]> {
  const reader = await connection.runAndReadAll(statement)
  return reader
    .getRowObjectsJson()
    .map(stagedFileOf)
    .filter((file) => file.rows > 0)
}

/** The partition of all rows of a file, by the bounds of the column that tells it. */
function onlyPartition(target: StagingTarget, file: StagedFile): PartitionDay | undefined | 'several' {
  const { metadata } = target.state
  const [partition] = currentSpec(metadata).fields
  if (partition === undefined) return undefined
  const column = file.statistics.get(sourceOf(metadata, partition).name)
  const nulls = Number(column?.get('null_count'))
  const [least, most] = [column?.get('min'), column?.get('max')]
  if (nulls === file.rows) return null
  if (nulls !== 0 || least === undefined || most === undefined || dayOf(least) !== dayOf(most)) return 'several'
  return dayOf(least)
}

function sourceOf(metadata: TableMetadata, partition: IcebergPartitionField): IcebergField {
  const source = currentSchema(metadata).fields.find((field) => field.id === partition['source-id'])
  assert(source !== undefined, 'a partition without its column')
  return source
}

function rowsInvalid(target: StagingTarget, cause: unknown): unknown {
  const message = messageOf(cause)
  if (!/^(Conversion|Invalid Input|Binder|Out of Range|Parser|Catalog) Error/.test(message)) return cause
  return new HemlineError('HEM_LAKE_ROWS_INVALID', {
    subject: textOf(target.state.name),
    expected: 'rows that fit the columns in docs/tables.md',
    got: message.split('\n')[0].replaceAll(target.folder, '…'),
    remedy: 'correct the row and write again; nothing was committed',
    cause,
  })
}

export interface Adoption {
  readonly added: readonly DataFile[]
  /** Resolves when all are durable. */
  readonly adopted: Promise<void>
}

/** Moves staged files into the table; the snapshot's id makes their names its own even where two hold the same bytes. */
export async function adoptFiles(
  context: CommitContext,
  state: TableState,
  staged: readonly StagedFile[],
  snapshotId: bigint,
): Promise<Adoption> {
  const [partition] = currentSpec(state.metadata).fields
  const prefix = snapshotId.toString(16).padStart(16, '0')
  const paths: string[] = []
  for (const [index, file] of staged.entries()) {
    const value = file.partition === null || file.partition === undefined ? 'null' : isoDateOf(file.partition)
    const folder = partition === undefined ? 'data' : `data/${partition.name}=${value}`
    paths.push(`${folder}/${prefix}-${index}-${await sha256Of(file.stagedPath)}.parquet`)
  }
  const adopt = async (): Promise<void> => {
    for (let start = 0; start < staged.length; start += ADOPTED_AT_ONCE) {
      const some = staged.slice(start, start + ADOPTED_AT_ONCE)
      const moves = some.map((file, index) =>
        context.reader.files.adopt(file.stagedPath, `${folderOf(state.name)}/${paths[start + index]}`),
      )
      await Promise.all(moves)
    }
    context.failpoint('data adopted')
  }
  const adopted = adopt()
  // Heard by the commit that waits for it, unless that is refused before.
  adopted.catch(() => undefined)
  const added = staged.map((file, index) =>
    dataFileOf(state.metadata, file, `${state.metadata.location}/${paths[index]}`),
  )
  return { added, adopted }
}

/** Hex. */
export async function sha256Of(localPath: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(localPath)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** The SHA-256 that a data file's name promises, or null for a file another engine wrote. */
export function promisedSha256(location: string): string | null {
  return /-([0-9a-f]{64})\.parquet$/.exec(location)?.[1] ?? null
}

function dataFileOf(metadata: TableMetadata, staged: StagedFile, location: string): DataFile {
  const sizes = new Map<number, number>()
  const values = new Map<number, number>()
  const nulls = new Map<number, number>()
  const lower = new Map<number, Uint8Array>()
  const upper = new Map<number, Uint8Array>()
  for (const field of currentSchema(metadata).fields) {
    const column = staged.statistics.get(field.name)
    if (column === undefined) continue
    const put = (into: Map<number, number>, key: string): unknown =>
      column.has(key) && into.set(field.id, Number(column.get(key)))
    put(sizes, 'column_size_bytes')
    put(values, 'num_values')
    put(nulls, 'null_count')
    putBound(lower, field, column.get('min'), 'lower')
    putBound(upper, field, column.get('max'), 'upper')
  }
  const { partition, rows, bytes } = staged
  return { content: 'data', location, partition, rows, bytes, sizes, values, nulls, lower, upper }
}

function putBound(
  into: Map<number, Uint8Array>,
  field: IcebergField,
  text: string | undefined,
  side: 'lower' | 'upper',
): void {
  const bound = text === undefined ? null : boundBytes(text, field.type, side)
  if (bound !== null) into.set(field.id, bound)
}
