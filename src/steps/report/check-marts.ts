/**
 * report/check-marts: looks at what was built before anybody relies on it.
 *
 * In: marts and clean of the newest night.
 * Out: one finding a mart, in words where something is wrong, kept in mart.nightly_runs.
 * Replay: adds to the history and changes nothing else.
 * Invariant: a mart has one row a key; sales equal the orders' lines to the cent; every mart is of the newest night.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Lake } from '../../parts/lake/lake.ts'
import { quoteText } from '../../parts/lake/schema.ts'
import { withLakeConnection } from '../../parts/sql/lake-connection.ts'
import type { Clock } from '../../std/clock.ts'
import type { Span } from './day-chunks.ts'

interface Rule {
  readonly mart: string
  /** Columns of which each row has its own values. */
  readonly key: readonly string[]
  /** Column that holds the newest date of a fresh mart; null where a day may have no row. */
  readonly fresh: 'as_of' | 'shop_date' | null
}

const MART_RULES: readonly Rule[] = [
  {
    mart: 'sales_daily',
    key: ['shop_date', 'article_type', 'base_colour', 'gender', 'currency'],
    fresh: null,
  },
  { mart: 'product_interest_daily', key: ['shop_date', 'product_id'], fresh: null },
  { mart: 'funnel_daily', key: ['shop_date', 'source', 'article_type'], fresh: null },
  { mart: 'new_returning', key: ['shop_date', 'customer_kind', 'currency'], fresh: null },
  { mart: 'attention_daily', key: ['shop_date', 'dimension', 'value'], fresh: null },
  { mart: 'trend_leaderboard', key: ['shop_date', 'dimension', 'value'], fresh: null },
  { mart: 'recs_daily', key: ['shop_date', 'placement', 'arm', 'reason', 'currency'], fresh: null },
  { mart: 'recs_lift', key: ['shop_date', 'experiment', 'arm', 'currency'], fresh: 'shop_date' },
  { mart: 'customer', key: ['user_id', 'currency'], fresh: 'as_of' },
  { mart: 'clv', key: ['user_id', 'currency'], fresh: 'as_of' },
  { mart: 'clv_model', key: ['currency'], fresh: 'as_of' },
  { mart: 'clv_pattern', key: ['currency', 'repeats', 'recency_weeks', 'age_weeks'], fresh: 'as_of' },
  { mart: 'rfm', key: ['segment', 'currency'], fresh: 'as_of' },
  { mart: 'cohort_monthly', key: ['cohort_month', 'months_since', 'currency'], fresh: 'as_of' },
  { mart: 'basket_affinity', key: ['product_id', 'with_product_id'], fresh: 'as_of' },
  { mart: 'discount_effect', key: ['campaign', 'currency'], fresh: 'as_of' },
  { mart: 'stock_slow', key: ['product_id', 'variant_id'], fresh: 'as_of' },
  { mart: 'returns', key: ['article_type', 'size'], fresh: 'as_of' },
  { mart: 'consent', key: ['user_id'], fresh: null },
  { mart: 'audience', key: ['campaign', 'user_id'], fresh: 'as_of' },
]

export interface MartFinding {
  readonly mart: string
  readonly rows: number
  /** What is wrong, or null. */
  readonly message: string | null
}

export interface CheckOptions extends Span {
  readonly lake: Lake
  readonly clock: Clock
}

export async function checkMarts(options: CheckOptions): Promise<readonly MartFinding[]> {
  const { lake, clock, last } = options
  const startedAt = new Date(clock.nowMs()).toISOString()
  const tables = [...MART_RULES.map(({ mart }) => `mart.${mart}`), 'clean.order_details']
  const findings = await withLakeConnection(lake, tables, async (connection) => {
    const found: MartFinding[] = []
    for (const rule of MART_RULES) found.push(await look(connection, rule, options))
    return found
  })
  const finishedAt = new Date(clock.nowMs()).toISOString()
  await lake.append('mart.nightly_runs', {
    rows: findings.map(({ mart, rows, message }) => ({
      shop_date: last,
      started_at: startedAt,
      finished_at: finishedAt,
      table_name: `mart.${mart}`,
      row_count: rows,
      status: message === null ? 'ok' : 'differs',
      ...(message === null ? {} : { message }),
    })),
  })
  return findings
}

async function look(connection: DuckDBConnection, rule: Rule, span: Span): Promise<MartFinding> {
  const { mart, key, fresh } = rule
  const row = await one(
    connection,
    `SELECT count(*) AS rows_found, count(*) - count(DISTINCT hash(${key.join(', ')})) AS twice,
       CAST(${fresh === null ? 'NULL' : `max(${fresh})`} AS VARCHAR) AS newest FROM mart.${mart}`,
  )
  const rows = Number(row['rows_found'])
  const messages: string[] = []
  if (Number(row['twice']) > 0) messages.push(`${row['twice']} rows share their key ${key.join(', ')} with another`)
  if (fresh !== null && rows > 0 && String(row['newest']) < span.last) {
    messages.push(`newest ${fresh} is ${row['newest']}, not ${span.last}`)
  }
  if (mart === 'sales_daily') messages.push(...(await salesDifferences(connection, span)))
  return { mart, rows, message: messages.length === 0 ? null : messages.join('; ') }
}

/** Days on which the mart and the orders' lines say different sums, in words. */
async function salesDifferences(connection: DuckDBConnection, { first, last }: Span): Promise<readonly string[]> {
  const inside = `shop_date BETWEEN DATE ${quoteText(first)} AND DATE ${quoteText(last)}`
  const row = await one(
    connection,
    `SELECT count(*) AS days, CAST(min(shop_date) AS VARCHAR) AS first FROM (
       SELECT shop_date, currency, sum(revenue) AS total FROM (
         SELECT shop_date, currency, revenue FROM mart.sales_daily WHERE ${inside}
         UNION ALL
         SELECT shop_date, currency, -net FROM clean.order_details WHERE is_sale AND ${inside}
       ) GROUP BY ALL HAVING sum(revenue) <> 0)`,
  )
  return Number(row['days']) === 0
    ? []
    : [`revenue differs from the orders on ${row['days']} days from ${row['first']}`]
}

async function one(connection: DuckDBConnection, sql: string): Promise<Readonly<Record<string, string | null>>> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJson()[0] as Record<string, string | null>
}
