/**
 * forecast/run-forecast: what will draw attention and sell in the next half year.
 *
 * In: clean orders, attention and stock up to a shop date.
 * Out: the date's rows of mart.trend_forecast.
 * Replay: the same tables give the same rows, and then nothing is committed.
 * Invariant: only whole weeks are looked at, so a forecast does not change with the hour.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Lake } from '../../parts/lake/lake.ts'
import { replaceChanged } from '../../parts/lake/replace-changed.ts'
import { addDays, weekStartOf } from '../../parts/shopdb/shop-day.ts'
import { DIMENSION_NAMES } from '../../parts/sql/dimensions.ts'
import { readTransform, withLakeConnection, withTransforms } from '../../parts/sql/lake-connection.ts'
import type { Backtest } from './accuracy.ts'
import { attentionOf, type AttentionRow } from './attention.ts'
import { stageRows } from './stage-rows.ts'
import { forecastTrends, TREND_WEEKS, type DimensionForecast, type TrendRow } from './trend.ts'

const TABLE = 'mart.trend_forecast'
/** "Red Dresses" are a part of "Dresses"; parents come first. */
const PARENTS: Readonly<Record<string, string>> = { type_colour: 'article_type' }
/** Five years: enough for a season, and a bound on what is read. */
const HISTORY_WEEKS_MAXIMUM = 260

/** A value that will trend, over the next TREND_WEEKS. */
export interface Trending {
  readonly dimension: string
  readonly value: string
  readonly reason: string
  /** Means of the weeks. */
  readonly share: number
  readonly lastYear: number
  /** Expected in all; null without orders. */
  readonly units: number | null
  readonly coverDays: number | null
}

export interface ForecastReport {
  readonly computedOn: string
  readonly values: number
  readonly rows: number
  /** By dimension, greatest gain first. */
  readonly willTrend: readonly Trending[]
  readonly accuracy: readonly { readonly dimension: string; readonly measure: string; readonly backtest: Backtest }[]
  readonly stockSource: StockSource
  readonly isChanged: boolean
}

export type StockSource = 'stock' | 'no source'

interface ForecastOptions {
  readonly lake: Lake
  /** The newest shop date whose night is done. */
  readonly computedOn: string
  readonly onDimension?: (done: number, total: number) => void
}

export async function runForecast({ lake, computedOn, onDimension }: ForecastOptions): Promise<ForecastReport> {
  const reads = ['clean.order_details', 'mart.attention_daily', 'clean.stock', 'clean.products']
  return withTransforms(lake, reads, async (connection) => {
    const { rows: found, lastWeek } = await readWeeks(connection, computedOn)
    const stock = await readStock(connection)
    const forecasts = new Map<string, DimensionForecast>()
    const typeOf = articleTypes(found)
    for (const [done, dimension] of DIMENSION_NAMES.entries()) {
      onDimension?.(done, DIMENSION_NAMES.length)
      const rows = found.filter((row) => row.dimension === dimension).map(attentionRowOf)
      const attention = attentionOf(rows, weeksOf(rows, lastWeek))
      const wholes = forecasts.get(PARENTS[dimension])?.wholes
      const options = { dimension, attention, stock: stock?.get(dimension) ?? null }
      forecasts.set(
        dimension,
        forecastTrends(wholes === undefined ? options : { ...options, parent: { of: typeOf, wholes } }),
      )
    }
    const trends = [...forecasts.values()].flatMap(({ rows }) => rows)
    const stockSource: StockSource = stock === null ? 'no source' : 'stock'
    await stageRows(connection, trends, { computedOn, stockSource })
    const partition = { column: 'computed_on', date: computedOn }
    const isChanged = await replaceChanged(lake, TABLE, partition, {
      connection,
      select: 'SELECT * FROM forecast_rows',
    })
    return {
      computedOn,
      values: trends.filter((row) => row.weekAhead === 1).length,
      rows: trends.length,
      willTrend: trendingOf(trends),
      accuracy: [...forecasts].flatMap(([dimension, { accuracy }]) =>
        Object.entries(accuracy).map(([measure, backtest]) => ({ dimension, measure, backtest })),
      ),
      stockSource,
      isChanged,
    }
  })
}

/** The newest shop date that was copied without a difference; null before the first. */
export async function newestNight(lake: Lake): Promise<string | null> {
  return withLakeConnection(lake, ['mart.nightly_runs'], async (connection) => {
    const rows = await connection.runAndReadAll(
      `SELECT CAST(max(shop_date) AS VARCHAR) AS newest FROM mart.nightly_runs
       WHERE table_name = 'clean.orders' AND status = 'ok'`,
    )
    return rows.getRowObjectsJson()[0]['newest'] as string | null
  })
}

interface FoundRow {
  readonly dimension: string
  readonly value: string
  readonly week: string
  readonly units: string
  readonly looks: string
  readonly sessions: string
}

async function readWeeks(
  connection: DuckDBConnection,
  computedOn: string,
): Promise<{ readonly rows: readonly FoundRow[]; readonly lastWeek: string }> {
  // The week that holds the date counts only when the date is its Sunday.
  const lastWeek = addDays(weekStartOf(addDays(computedOn, 1)), -7)
  const first = addDays(lastWeek, -7 * (HISTORY_WEEKS_MAXIMUM - 1))
  const sql = readTransform(new URL('./attention.sql', import.meta.url), { first, last: addDays(lastWeek, 6) })
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson() as unknown as readonly FoundRow[]
  return { rows, lastWeek }
}

/** Pieces by dimension and value; null where the shop keeps no stock. */
async function readStock(
  connection: DuckDBConnection,
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>> | null> {
  const sql = readTransform(new URL('./stock.sql', import.meta.url))
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson() as unknown as readonly Readonly<
    Record<'dimension' | 'value' | 'on_hand', string>
  >[]
  if (rows.length === 0) return null
  const byDimension = Map.groupBy(rows, (row) => row.dimension)
  return new Map(
    [...byDimension].map(([dimension, own]) => [
      dimension,
      new Map(own.map(({ value, on_hand: onHand }) => [value, Number(onHand)])),
    ]),
  )
}

function attentionRowOf(row: FoundRow): AttentionRow {
  const { week, value, units, looks, sessions } = row
  return { week, value, units: Number(units), looks: Number(looks), sessions: Number(sessions) }
}

/** All Mondays from the first week with attention to the last whole week. */
function weeksOf(rows: readonly AttentionRow[], lastWeek: string): readonly string[] {
  const weeks: string[] = []
  if (rows.length === 0) return weeks
  const first = rows.reduce((least, row) => (row.week < least ? row.week : least), lastWeek)
  for (let week = first; week <= lastWeek && weeks.length < HISTORY_WEEKS_MAXIMUM; week = addDays(week, 7)) {
    weeks.push(week)
  }
  return weeks
}

/** The type in a pair such as "Navy Blue Shirts", by all pairs there can be: both parts may hold spaces. */
function articleTypes(rows: readonly FoundRow[]): (pair: string) => string {
  const valuesOf = (dimension: string) =>
    new Set(rows.flatMap((row) => (row.dimension === dimension ? [row.value] : [])))
  const colours = valuesOf('base_colour')
  const types = new Map<string, string>(
    [...valuesOf('article_type')].flatMap((type) => [...colours].map((colour) => [`${colour} ${type}`, type] as const)),
  )
  return (pair) => types.get(pair) ?? ''
}

function trendingOf(rows: readonly TrendRow[]): readonly Trending[] {
  const near = rows.filter((row) => row.willTrend && row.weekAhead <= TREND_WEEKS)
  const byValue = Map.groupBy(near, (row) => `${row.dimension}\n${row.value}`)
  return [...byValue.values()]
    .map((weeks): Trending => {
      const [{ dimension, value, reason, units, coverDays }] = weeks
      const mean = (of: (row: TrendRow) => number): number =>
        weeks.reduce((sum, row) => sum + of(row), 0) / weeks.length
      return {
        dimension,
        value,
        reason: reason ?? '',
        share: mean((row) => row.share.p50),
        lastYear: mean((row) => row.lastYear ?? 0),
        units: units === null ? null : weeks.reduce((sum, row) => sum + (row.units?.p50 ?? 0), 0),
        coverDays,
      }
    })
    .toSorted((left, right) => right.share - right.lastYear - (left.share - left.lastYear))
}
