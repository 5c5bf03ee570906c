/**
 * lake/replace-changed: partitions get new rows, unless they hold those rows already.
 *
 * In: the rows that a table's partitions should hold, as a SELECT.
 * Out: a commit, or none where nothing would change.
 * Invariant: running it twice leaves one snapshot; rows that changed meanwhile are read again, never overwritten.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { HemlineError } from '../../std/errors.ts'
import type { Lake } from './lake.ts'
import { currentSchema } from './metadata.ts'
import { quoteName, quoteText, sqlType, type IcebergField } from './schema.ts'

const ATTEMPTS_MAXIMUM = 3
/** A table of days by month: years of them are still few. */
const MONTHS_MAXIMUM = 600

export interface Replacement {
  readonly connection: DuckDBConnection
  /** SELECT of all rows that the replaced part should hold, columns found by name. */
  readonly select: string
  /** Columns that say when a row was written: a difference in them alone is no change. */
  readonly ignore?: readonly string[]
}

/** Replaces a whole table, or the partition of one date. */
export async function replaceChanged(
  lake: Lake,
  name: string,
  partition: { readonly column: string; readonly date: string } | 'all',
  replacement: Replacement,
): Promise<boolean> {
  return attempt(async () => {
    const { connection, ignore = [] } = replacement
    const before = await lake.snapshotFiles(name)
    const fields = currentSchema((await lake.table(name)).metadata).fields
    await stage(connection, fields, replacement.select)
    const isInside = partition === 'all' ? 'true' : `${quoteName(partition.column)} = DATE ${quoteText(partition.date)}`
    const existing = `SELECT * FROM ${before.sql} WHERE ${isInside}`
    if (await isSame(connection, { fields, ignore, existing })) return false
    await lake.replace(
      name,
      partition === 'all' ? 'all' : [partition.date],
      { sql: 'SELECT * FROM staged_rows', connection },
      { basedOn: before.snapshotId },
    )
    return true
  })
}

export interface DateReplacement extends Replacement {
  /** Both included, shop-local. */
  readonly first: string
  readonly last: string
  /** Rows of other dates with the key of a new row have moved, and go. */
  readonly key?: string
}

/** Replaces the rows of some shop dates in a table that is partitioned by `shop_month`. */
export async function replaceDates(lake: Lake, name: string, replacement: DateReplacement): Promise<boolean> {
  return attempt(async () => {
    const { connection, ignore = [], first, last, key } = replacement
    const before = await lake.snapshotFiles(name)
    const fields = currentSchema((await lake.table(name)).metadata).fields
    await stage(connection, fields, replacement.select)
    const isReplaced = `shop_date BETWEEN DATE ${quoteText(first)} AND DATE ${quoteText(last)}`
    const hasMoved = key === undefined ? 'false' : `${key} IN (SELECT ${key} FROM staged_rows)`
    const months = await monthsOf(connection, { first, last, before: before.sql, isReplaced, hasMoved })
    const inMonths = `shop_month IN (${months.map((month) => `DATE ${quoteText(month)}`).join(', ')})`
    const existing = `SELECT * FROM ${before.sql} WHERE ${inMonths}`
    await connection.run(
      `INSERT INTO staged_rows BY NAME SELECT * FROM (${existing}) WHERE NOT (${isReplaced}) AND NOT (${hasMoved})`,
    )
    if (await isSame(connection, { fields, ignore, existing })) return false
    const sql = 'SELECT * FROM staged_rows ORDER BY shop_date'
    await lake.replace(name, months, { sql, connection }, { basedOn: before.snapshotId })
    return true
  })
}

/** First days of the months that hold the dates, or rows that moved into them. */
async function monthsOf(
  connection: DuckDBConnection,
  span: { first: string; last: string; before: string; isReplaced: string; hasMoved: string },
): Promise<readonly string[]> {
  const months = new Set<string>()
  for (let month = `${span.first.slice(0, 7)}-01`; month <= span.last; month = nextMonth(month)) {
    if (months.size === MONTHS_MAXIMUM) throw new Error(`more than ${MONTHS_MAXIMUM} months in one replacement`)
    months.add(month)
  }
  const moved = await connection.runAndReadAll(
    `SELECT DISTINCT CAST(shop_month AS VARCHAR) AS month FROM ${span.before}
     WHERE NOT (${span.isReplaced}) AND ${span.hasMoved}`,
  )
  for (const [month] of moved.getRowsJson() as string[][]) months.add(month)
  return [...months]
}

function nextMonth(month: string): string {
  const [year, number] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10)
}

/** The new rows in a table of their own, in the types of the lake. */
async function stage(connection: DuckDBConnection, fields: readonly IcebergField[], select: string): Promise<void> {
  const columns = fields.map((field) => `${quoteName(field.name)} ${sqlType(field.type)}`)
  await connection.run(`CREATE OR REPLACE TEMP TABLE staged_rows (${columns.join(', ')})`)
  await connection.run(`INSERT INTO staged_rows BY NAME ${select}`)
}

/** Compares counts and sums of 64-bit hashes: whatever the order of rows, in one pass over each side. */
async function isSame(
  connection: DuckDBConnection,
  compared: { fields: readonly IcebergField[]; ignore: readonly string[]; existing: string },
): Promise<boolean> {
  const names = compared.fields.map((field) => field.name).filter((name) => !compared.ignore.includes(name))
  const row = `hash(${names.map(quoteName).join(', ')})`
  const print = (from: string): string =>
    `(SELECT count(*) || ' ' || coalesce(sum(CAST(${row} AS HUGEINT)), 0) || ' ' || coalesce(bit_xor(${row}), 0) FROM ${from})`
  const answer = await connection.runAndReadAll(
    `SELECT ${print(`(${compared.existing})`)} = ${print('staged_rows')} AS same`,
  )
  return answer.getRowObjectsJson()[0]['same'] === true
}

async function attempt(replace: () => Promise<boolean>): Promise<boolean> {
  for (let number = 1; ; number += 1) {
    try {
      return await replace()
    } catch (thrown) {
      const isConflict = thrown instanceof HemlineError && thrown.code === 'HEM_LAKE_CONFLICT'
      if (!isConflict || number === ATTEMPTS_MAXIMUM) throw thrown
    }
  }
}
