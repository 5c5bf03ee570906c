/**
 * sql/sandbox: one locked instance of the engine that can read the files of one snapshot and nothing else.
 *
 * In: the tables of a snapshot, limits, and statements.
 * Out: rows as JSON holds them.
 * Invariant: the configuration is locked before the first statement of a user; only files named in the snapshot open.
 */
import { DuckDBInstance, VARCHAR } from '@duckdb/node-api'
import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResult, DuckDBType, DuckDBValue } from '@duckdb/node-api'
import { HemlineError, messageOf } from '../../std/errors.ts'
import { uniqueNames } from './column-names.ts'
import { checkLength, checkStatement } from './guard.ts'
import { toSqlValue } from './json-rows.ts'
import { DEFAULT_ZONES, MAX_SQL_ANSWER_BYTES, MAX_SQL_ROWS } from './port.ts'
import type { SqlColumn, SqlDescription, SqlFormat, SqlSink, SqlSnapshot, SqlSummary, SqlValue } from './port.ts'
import { preludeStatements } from './prelude.ts'
import { engineError } from './refusals.ts'
import { toText } from './text-rows.ts'

export interface SandboxLimits {
  /** What the engine may hold for sorts, joins and groups. */
  readonly memoryMb: number
  readonly threads: number
}

export interface SandboxStreamOptions {
  readonly format: SqlFormat
  /** A steady clock, milliseconds. */
  readonly nowMs: () => number
}

export interface Sandbox {
  readonly key: string
  stream(sql: string, sink: SqlSink, options: SandboxStreamOptions): Promise<SqlSummary>
  describe(sql: string): Promise<SqlDescription>
  /** Asks the running statement to stop; it ends with HEM_SQL_TIMEOUT. */
  interrupt(): void
  close(): void
}

export async function openSandbox(snapshot: SqlSnapshot, limits: SandboxLimits): Promise<Sandbox> {
  const locked = await openLocked(snapshot, limits)
  const tables = new Set(snapshot.tables.map((table) => table.name.toLowerCase()))
  return {
    key: snapshot.key,
    stream: (sql, sink, options) => streamGuarded({ connection: locked.connection, tables }, sql, sink, options),
    describe: (sql) => describeGuarded({ connection: locked.connection, tables }, sql),
    interrupt: () => locked.connection.interrupt(),
    close: () => locked.close(),
  }
}

/** The instance behind the guard. Exported for the test that tries to escape without the guard. */
export async function openLocked(
  snapshot: SqlSnapshot,
  limits: SandboxLimits,
): Promise<{ readonly connection: DuckDBConnection; close(): void }> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(limits.threads),
    memory_limit: `${limits.memoryMb}MB`,
    temp_directory: '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_unsigned_extensions: 'false',
    allow_persistent_secrets: 'false',
  })
  const connection = await instance.connect()
  const close = (): void => {
    connection.closeSync()
    instance.closeSync()
  }
  try {
    for (const statement of preludeStatements()) await connection.run(statement)
    await showTables(connection, snapshot)
    // The tail file grows between two statements; nothing of it may be remembered.
    await connection.run(`SET enable_external_file_cache = false`)
    // The lake's own files never change; reading their footers again was half of a small question.
    await connection.run(`SET parquet_metadata_cache = true`)
    await connection.run(`SET lock_configuration = true`)
    return { connection, close }
  } catch (error) {
    close()
    throw error
  }
}

/** Views are made with the allow-list in force, so that a view can never name a file outside it. */
async function showTables(connection: DuckDBConnection, snapshot: SqlSnapshot): Promise<void> {
  const files = snapshot.tables.flatMap((table) => table.files)
  await connection.run(`SET allowed_paths = [${files.map(quoted).join(', ')}]`)
  await connection.run('SET enable_external_access = false')
  const zones = new Set(snapshot.tables.map((table) => table.name.split('.')[0] ?? ''))
  for (const zone of zones) await connection.run(`CREATE SCHEMA "${zone}"`)
  const path = [...DEFAULT_ZONES.filter((zone) => zones.has(zone)), 'main']
  await connection.run(`SET search_path = ${quoted(path.join(','))}`)
  for (const table of snapshot.tables) {
    const [zone = '', name = ''] = table.name.split('.')
    await connection.run(`CREATE VIEW "${zone}"."${name}" AS ${table.select}`)
  }
}

interface Guarded {
  readonly connection: DuckDBConnection
  readonly tables: ReadonlySet<string>
}

async function streamGuarded(
  { connection, tables }: Guarded,
  sql: string,
  sink: SqlSink,
  { format, nowMs }: SandboxStreamOptions,
): Promise<SqlSummary> {
  const startedMs = nowMs()
  checkLength(sql)
  checkStatement(sql, await treeOf(connection, sql), { tables })
  try {
    const result = await connection.stream(sql)
    sink.onColumns(columnsOf(result.columnNames(), result.columnTypes()))
    const counted = await readRows(result, format === 'json' ? toSqlValue : toText, sink)
    return { ...counted, elapsedMs: Math.round(nowMs() - startedMs) }
  } catch (error) {
    throw error instanceof HemlineError ? error : engineError(sql, messageOf(error))
  }
}

async function describeGuarded({ connection, tables }: Guarded, sql: string): Promise<SqlDescription> {
  checkLength(sql)
  checkStatement(sql, await treeOf(connection, sql), { tables, mayHaveParameters: true })
  let prepared: DuckDBPreparedStatement
  try {
    prepared = await connection.prepare(sql)
  } catch (error) {
    throw engineError(sql, messageOf(error))
  }
  try {
    const columns = Array.from({ length: prepared.columnCount }, (_, index) => index)
    const parameters = Array.from({ length: prepared.parameterCount }, (_, index) => index + 1)
    const names = columns.map((index) => prepared.columnName(index))
    return {
      columns: columnsOf(
        names,
        columns.map((index) => knownType(() => prepared.columnType(index)) ?? VARCHAR),
      ),
      parameterTypes: parameters.map((index) => knownType(() => prepared.parameterType(index))?.toString() ?? null),
    }
  } finally {
    prepared.destroySync()
  }
}

/** What hangs on a parameter that could be anything has no type yet; asking the client for it throws. */
function knownType(read: () => DuckDBType): DuckDBType | null {
  try {
    return read()
  } catch {
    return null
  }
}

/** A statement as the engine itself parses it, which is what the guard walks. */
export async function treeOf(connection: DuckDBConnection, sql: string): Promise<string> {
  const tree = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql])
  return String(tree.getRows()[0]?.[0])
}

async function readRows(
  result: DuckDBResult,
  convert: (value: DuckDBValue) => SqlValue,
  sink: SqlSink,
): Promise<Pick<SqlSummary, 'rowCount' | 'truncated'>> {
  let rowCount = 0
  let bytes = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return { rowCount, truncated: false }
    const rows: SqlValue[][] = []
    let truncated = false
    for (let index = 0; index < chunk.rowCount; index++) {
      truncated = rowCount === MAX_SQL_ROWS
      if (truncated) break
      const row = Array.from({ length: chunk.columnCount }, (_, column) =>
        convert(chunk.getColumnVector(column).getItem(index)),
      )
      bytes += Buffer.byteLength(JSON.stringify(row)) + 1
      truncated = bytes > MAX_SQL_ANSWER_BYTES
      if (truncated) break
      rows.push(row)
      rowCount++
    }
    if (rows.length > 0) sink.onRows(rows)
    if (truncated) return { rowCount, truncated }
  }
}

function columnsOf(names: readonly string[], types: readonly DuckDBType[]): readonly SqlColumn[] {
  return uniqueNames(names).map((name, index) => ({ name, type: typeName(types[index]) }))
}

/** JSON is text to the engine; its name says more. */
function typeName(type: DuckDBType | undefined): string {
  return type?.alias === 'JSON' ? 'JSON' : String(type)
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
