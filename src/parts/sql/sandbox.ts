/**
 * sql/sandbox: one locked instance of the engine that can read the files of one snapshot and nothing else.
 *
 * In: the tables of a snapshot, limits, and statements.
 * Out: rows as JSON holds them.
 * Invariant: the configuration is locked before the first statement of a user; only files named in the snapshot open.
 */
import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api'
import { HemlineError, messageOf } from '../../std/errors.ts'
import { checkLength, checkStatement } from './guard.ts'
import { toSqlValue } from './json-rows.ts'
import { MAX_SQL_ANSWER_BYTES, MAX_SQL_ROWS } from './port.ts'
import type { SqlColumn, SqlResult, SqlSnapshot, SqlValue } from './port.ts'
import { preludeStatements } from './prelude.ts'
import { engineError } from './refusals.ts'

export interface SandboxLimits {
  /** What the engine may hold for sorts, joins and groups. */
  readonly memoryMb: number
  readonly threads: number
}

export interface Sandbox {
  readonly key: string
  /** @param nowMs a steady clock, milliseconds */
  run(sql: string, nowMs: () => number): Promise<SqlResult>
  /** Asks the running statement to stop; it ends with HEM_SQL_TIMEOUT. */
  interrupt(): void
  close(): void
}

export async function openSandbox(snapshot: SqlSnapshot, limits: SandboxLimits): Promise<Sandbox> {
  const locked = await openLocked(snapshot, limits)
  const tables = new Set(snapshot.tables.map((table) => table.name.toLowerCase()))
  return {
    key: snapshot.key,
    run: (sql, nowMs) => runGuarded(locked.connection, sql, tables, nowMs),
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
  for (const table of snapshot.tables) {
    const [zone = '', name = ''] = table.name.split('.')
    await connection.run(`CREATE VIEW "${zone}"."${name}" AS ${table.select}`)
  }
}

async function runGuarded(
  connection: DuckDBConnection,
  sql: string,
  tables: ReadonlySet<string>,
  nowMs: () => number,
): Promise<SqlResult> {
  const startedMs = nowMs()
  checkLength(sql)
  const tree = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql])
  checkStatement(sql, String(tree.getRows()[0]?.[0]), tables)
  try {
    const result = await connection.stream(sql)
    const { rows, truncated } = await readRows(result)
    return { columns: columnsOf(result), rows, truncated, elapsedMs: Math.round(nowMs() - startedMs) }
  } catch (error) {
    throw error instanceof HemlineError ? error : engineError(sql, messageOf(error))
  }
}

async function readRows(result: DuckDBResult): Promise<{ rows: SqlValue[][]; truncated: boolean }> {
  const rows: SqlValue[][] = []
  let bytes = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return { rows, truncated: false }
    for (let index = 0; index < chunk.rowCount; index++) {
      if (rows.length === MAX_SQL_ROWS) return { rows, truncated: true }
      const row = Array.from({ length: chunk.columnCount }, (_, column) =>
        toSqlValue(chunk.getColumnVector(column).getItem(index)),
      )
      bytes += Buffer.byteLength(JSON.stringify(row)) + 1
      if (bytes > MAX_SQL_ANSWER_BYTES) return { rows, truncated: true }
      rows.push(row)
    }
  }
}

/** A name that comes twice gets a number, so that rows can become objects. */
function columnsOf(result: DuckDBResult): readonly SqlColumn[] {
  const taken = new Set<string>(result.columnNames())
  const used = new Set<string>()
  const types = result.columnTypes()
  return result.columnNames().map((plain, index) => {
    let name = plain
    for (let number = 2; used.has(name) || (name !== plain && taken.has(name)); number++) name = `${plain}_${number}`
    used.add(name)
    return { name, type: String(types[index]) }
  })
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
