/**
 * cli/sql-files: an answer as a Parquet file.
 *
 * In: rows as JSON holds them, with their types.
 * Out: a file with columns of those types.
 * Invariant: no digit is lost on the way; the file is there whole or not at all.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { quoteName, quoteText } from '../../parts/lake/schema.ts'
import { rowsAsObjects, type SqlColumn, type SqlResult } from '../../parts/sql/port.ts'
import { HemlineError, messageOf } from '../../std/errors.ts'

/** @throws HEM_FILE_UNWRITABLE */
export async function writeParquet(result: SqlResult, path: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hemline-sql-'))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await connection.run(`SET TimeZone = 'UTC'`)
    const lines = join(folder, 'rows.ndjson')
    writeFileSync(
      lines,
      rowsAsObjects(result)
        .map((row) => `${JSON.stringify(row)}\n`)
        .join(''),
    )
    const columns = result.columns.map(({ name, type }) => `${quoteName(name)}: ${quoteText(readAs(type))}`)
    const source = `read_json(${quoteText(lines)}, format = 'newline_delimited', columns = {${columns.join(', ')}})`
    const partial = `${resolve(path)}.part`
    await connection.run(
      `COPY (SELECT ${result.columns.map(asItsType).join(', ')} FROM ${source}) TO ${quoteText(partial)} (FORMAT parquet, COMPRESSION zstd)`,
    )
    await rename(partial, resolve(path))
  } catch (cause) {
    throw new HemlineError('HEM_FILE_UNWRITABLE', {
      subject: path,
      expected: 'a file that can be written',
      got: messageOf(cause),
      remedy: 'choose another place',
      cause,
    })
  } finally {
    connection.closeSync()
    instance.closeSync()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** JSON holds bytes as hex and times with a zone; those are read as such and then made what they were. */
function readAs(type: string): string {
  if (type === 'BLOB' || type === 'INTERVAL') return 'VARCHAR'
  return type.startsWith('TIMESTAMP') ? 'TIMESTAMPTZ' : type
}

function asItsType({ name, type }: SqlColumn): string {
  const column = quoteName(name)
  if (type === 'BLOB') return `unhex(${column}) AS ${column}`
  return readAs(type) === type ? column : `CAST(${column} AS ${type}) AS ${column}`
}
