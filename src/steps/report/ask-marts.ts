/**
 * report/ask-marts: questions to the marts, as reports and audiences ask them.
 *
 * In: a connection that sees the marts.
 * Out: rows as texts, and the few conversions that all questions need.
 * Invariant: an unknown value stays null; only what is asked for as a number becomes 0.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { quoteText } from '../../parts/lake/schema.ts'
import { HemlineError } from '../../std/errors.ts'

export type Row = Readonly<Record<string, string | null>>
/** Rows of a SELECT, every value as text. */
export type Ask = (sql: string) => Promise<readonly Row[]>

export function asker(connection: DuckDBConnection): Ask {
  return async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson() as unknown as readonly Row[]
}

/** @throws HEM_REPORT_EMPTY before the first night */
export async function newestNightOf(ask: Ask): Promise<string> {
  const [row] = await ask(
    `SELECT CAST(max(shop_date) AS VARCHAR) AS newest FROM mart.nightly_runs WHERE table_name = 'clean.orders' AND status = 'ok'`,
  )
  if (row.newest !== null) return row.newest
  throw new HemlineError('HEM_REPORT_EMPTY', {
    subject: 'report',
    expected: 'a night that was copied',
    got: 'none yet',
    remedy: 'run `hemline nightly`, or wait until 00:01',
  })
}

export function number(value: string | null | undefined): number {
  return value === null || value === undefined ? 0 : Number(value)
}

export function numberOrNull(value: string | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value)
}

export function between(first: string, last: string, column = 'shop_date'): string {
  return `${column} BETWEEN DATE ${quoteText(first)} AND DATE ${quoteText(last)}`
}

/** A comparison that also holds where both are null. */
export function isCurrency(currency: string | null): string {
  return currency === null ? 'currency IS NULL' : `currency = ${quoteText(currency)}`
}
