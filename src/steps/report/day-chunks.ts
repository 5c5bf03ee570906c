/**
 * report/day-chunks: cuts a span of dates into pieces that fit into memory.
 *
 * In: the first and the last shop date to build.
 * Out: spans in order, without gaps, each of some million rows of clean at most, but at least one day.
 * Invariant: together the spans are the dates asked for.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { quoteText } from '../../parts/lake/schema.ts'
import { addDays } from '../../parts/shopdb/shop-day.ts'

export interface Span {
  /** Shop dates, both included. */
  readonly first: string
  readonly last: string
}

const CHUNK_ROWS_MAXIMUM = 5_000_000

export async function chunksOf(connection: DuckDBConnection, { first, last }: Span): Promise<readonly Span[]> {
  const tables = ['clean.clickstreams', 'clean.order_details']
  const inside = `WHERE shop_date BETWEEN DATE ${quoteText(first)} AND DATE ${quoteText(last)}`
  const days = tables.map((table) => `SELECT shop_date FROM ${table} ${inside}`).join(' UNION ALL ')
  const counted = await connection.runAndReadAll(
    `SELECT CAST(shop_date AS VARCHAR) AS day, CAST(count(*) AS DOUBLE) AS row_count FROM (${days}) GROUP BY 1 ORDER BY 1`,
  )
  const chunks: Span[] = []
  let from = first
  let rows = 0
  for (const count of counted.getRowObjectsJson()) {
    const day = count['day'] as string
    if (rows > 0 && rows + Number(count['row_count']) > CHUNK_ROWS_MAXIMUM) {
      chunks.push({ first: from, last: addDays(day, -1) })
      from = day
      rows = 0
    }
    rows += Number(count['row_count'])
  }
  return [...chunks, { first: from, last }]
}
