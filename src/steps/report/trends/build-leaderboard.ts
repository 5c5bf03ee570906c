/**
 * report/trends/build-leaderboard: the leaderboard of the newest night.
 *
 * In: mart.attention_daily, mart.stock_slow and clean.products.
 * Out: the night's rows of mart.trend_leaderboard.
 * Replay: the same attention gives the same rows, and then nothing is committed.
 * Invariant: cover is known only where the shop keeps stock.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { TREND_DIMENSIONS, type TrendDimension } from '../../../parts/event/product.ts'
import type { Lake } from '../../../parts/lake/lake.ts'
import { replaceDates } from '../../../parts/lake/replace-changed.ts'
import { quoteText } from '../../../parts/lake/schema.ts'
import { addDays } from '../../../parts/shopdb/shop-day.ts'
import { readTransform } from '../../../parts/sql/lake-connection.ts'
import { leaderboardOf, type DayAttention, type Placed } from './leaderboard.ts'

/** A year for the season, and half a one before it for the usual. */
const HISTORY_DAYS = 540
/** Rows of attention fetched at once. */
const MONTH_DAYS = 31
const NAME = 'mart.trend_leaderboard'

export async function buildLeaderboard(
  lake: Lake,
  connection: DuckDBConnection,
  last: string,
): Promise<readonly string[]> {
  const placed = leaderboardOf(await attentionOf(connection, last), last)
  const select = placed.length === 0 ? `SELECT * FROM ${NAME} WHERE false` : selectOf(placed, last)
  return (await replaceDates(lake, NAME, { connection, select, first: last, last })) ? [NAME] : []
}

async function attentionOf(connection: DuckDBConnection, last: string): Promise<readonly DayAttention[]> {
  const days: DayAttention[] = []
  for (let from = addDays(last, 1 - HISTORY_DAYS); from <= last; from = addDays(from, MONTH_DAYS)) {
    const to = addDays(from, MONTH_DAYS - 1)
    const rows = await connection.runAndReadAll(
      `SELECT CAST(shop_date AS VARCHAR) AS day, dimension, value, CAST(attention AS DOUBLE) AS attention
       FROM mart.attention_daily
       WHERE shop_date BETWEEN DATE ${quoteText(from)} AND DATE ${quoteText(to < last ? to : last)}
       ORDER BY shop_date, dimension, value`,
    )
    for (const [day, dimension, value, attention] of rows.getRowsJson() as [string, string, string, number][]) {
      if (isDimension(dimension)) days.push({ day, dimension, value, attention })
    }
  }
  return days
}

function isDimension(name: string): name is TrendDimension {
  return (TREND_DIMENSIONS as readonly string[]).includes(name)
}

function selectOf(placed: readonly Placed[], last: string): string {
  const rows = placed.map((one) => {
    const { attention, share, expectedShare, ratio, low, high } = one
    const numbers = [attention, share, expectedShare, ratio, low, high].map((value) => `CAST('${value}' AS DOUBLE)`)
    const since = one.since === null ? 'NULL' : `DATE ${quoteText(one.since)}`
    return `(${[one.dimension, one.value, one.state].map(quoteText).join(', ')}, ${numbers.join(', ')}, ${since})`
  })
  const names = 'dimension, value, state, attention, share, expected_share, ratio, low, high, since'
  return `SELECT DATE ${quoteText(last)} AS shop_date, board.*, cover.cover_days,
      CAST(date_trunc('month', DATE ${quoteText(last)}) AS DATE) AS shop_month
    FROM (VALUES ${rows.join(', ')}) AS board (${names})
    LEFT JOIN (${readTransform(new URL('./cover.sql', import.meta.url))}) AS cover USING (dimension, value)`
}
