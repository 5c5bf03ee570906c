/**
 * sql/lake-connection: a connection for our own transforms, over the newest snapshots of some tables.
 *
 * In: an open lake and the names of the tables a transform reads.
 * Out: a connection that speaks the dialect; a transform's text with its parameters filled in.
 * Invariant: values are quoted; a parameter that is not given is an error of ours, never an empty text.
 */
import { readFileSync } from 'node:fs'
import type { DuckDBConnection } from '@duckdb/node-api'
import { assert } from '../../std/assert.ts'
import type { Lake } from '../lake/lake.ts'
import { quoteText } from '../lake/schema.ts'
import { DIMENSION_SQL } from './dimensions.ts'
import { preludeStatements } from './prelude.ts'

const PARAMETER = /(?<![:\w]):([a-z_]+)\b/gu

/** Hands a connection that sees the tables to `work`, and closes it afterwards. Speaks the engine's own SQL. */
export async function withLakeConnection<Result>(
  lake: Lake,
  names: readonly string[],
  work: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  const connection = await lake.connect(names)
  try {
    return await work(connection)
  } finally {
    connection.closeSync()
  }
}

/** The same for transforms in the dialect; the prelude takes some 40 ms. */
export async function withTransforms<Result>(
  lake: Lake,
  names: readonly string[],
  work: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  return withLakeConnection(lake, names, async (connection) => {
    await connection.run(preludeStatements().join(';\n'))
    return work(connection)
  })
}

/** Rows of a query by column name, every value as text or null. */
export async function objectsOf(
  connection: DuckDBConnection,
  sql: string,
): Promise<readonly Readonly<Record<string, string | null>>[]> {
  const reader = await connection.runAndReadAll(sql)
  return reader.getRowObjectsJson() as readonly Record<string, string | null>[]
}

/** The SELECT in a .sql file without its comments; `:name` becomes the quoted value, or what sql/dimensions calls by it. */
export function readTransform(url: URL, values: Readonly<Record<string, string>> = {}): string {
  return readFileSync(url, 'utf8')
    .replaceAll(/--[^\n]*/gu, '')
    .replaceAll(PARAMETER, (_match, name: string) => {
      if (Object.hasOwn(DIMENSION_SQL, name)) return DIMENSION_SQL[name]
      const value = values[name]
      assert(value !== undefined, `${url.pathname} needs the parameter ${name}`)
      return quoteText(value)
    })
    .trim()
}
