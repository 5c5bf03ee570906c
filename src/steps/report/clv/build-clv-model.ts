/**
 * report/clv/build-clv-model: fits the model of customers' value and keeps it where marts/clv.sql reads it.
 *
 * In: clean.order_details up to a date.
 * Out: mart.clv_model, one row a currency, and mart.clv_pattern, one row a pattern of orders.
 * Replay: the same orders give the same rows, and then nothing is committed.
 * Invariant: both tables are of the same night.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Lake } from '../../../parts/lake/lake.ts'
import { replaceChanged } from '../../../parts/lake/replace-changed.ts'
import { quoteText } from '../../../parts/lake/schema.ts'
import { fitClv, type ClvFit } from './fit-clv.ts'

/** Returns the names of the tables that changed. */
export async function buildClvModel(
  lake: Lake,
  connection: DuckDBConnection,
  asOf: string,
): Promise<readonly string[]> {
  const fits = await fitClv(connection, asOf)
  const tables = [
    ['clv_pattern', fits.flatMap(patternRows)],
    ['clv_model', fits.map(modelRow)],
  ] as const
  const changed: string[] = []
  for (const [table, rows] of tables) {
    await connection.run(`CREATE OR REPLACE TEMP TABLE fitted AS SELECT * FROM mart.${table} WHERE false`)
    for (let from = 0; from < rows.length; from += INSERT_ROWS_MAXIMUM) {
      await connection.run(insertText(rows.slice(from, from + INSERT_ROWS_MAXIMUM), asOf))
    }
    const isChanged = await replaceChanged(lake, `mart.${table}`, 'all', { connection, select: 'SELECT * FROM fitted' })
    if (isChanged) changed.push(`mart.${table}`)
  }
  return changed
}

/** By column; numbers and texts. */
type Row = Readonly<Record<string, string | number | null | undefined>>

/** A statement of this many rows is some 200 KB of text. */
const INSERT_ROWS_MAXIMUM = 2000

function patternRows({ currency, patterns }: ClvFit): readonly Row[] {
  return patterns.map((pattern) => ({
    currency,
    repeats: pattern.repeats,
    recency_weeks: pattern.recencyWeeks,
    age_weeks: pattern.ageWeeks,
    customers: pattern.customers,
    p_alive: pattern.alive,
    orders_12m: pattern.orders12m,
  }))
}

function modelRow({ currency, status, customers, repeatCustomers, orders, values, calibration }: ClvFit): Row {
  return {
    currency,
    status,
    customers,
    repeat_customers: repeatCustomers,
    r: orders?.r,
    alpha: orders?.alpha,
    a: orders?.a,
    b: orders?.b,
    p: values?.p,
    q: values?.q,
    gamma: values?.gamma,
    holdout_weeks: calibration?.weeks,
    holdout_customers: calibration?.customers,
    holdout_orders: calibration?.orders,
    holdout_predicted: calibration?.predicted,
    holdout_rmse: calibration?.rmse,
    holdout_rmse_pace: calibration?.paceRmse,
    holdout_groups: calibration === null ? null : JSON.stringify(calibration.groups, rounded),
  }
}

function insertText(rows: readonly Row[], asOf: string): string {
  const names = Object.keys(rows[0])
  const tuples = rows.map((row) => `(${names.map((name) => valueText(row[name])).join(', ')})`)
  return `INSERT INTO fitted BY NAME
    SELECT *, DATE ${quoteText(asOf)} AS as_of FROM (VALUES ${tuples.join(', ')}) AS fits (${names.join(', ')})`
}

function valueText(value: Row[string]): string {
  if (value === null || value === undefined) return 'NULL'
  return typeof value === 'string' ? quoteText(value) : `CAST(${quoteText(String(value))} AS DOUBLE)`
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toFixed(2)) : value
}
