/**
 * forecast/run-forecast: what will draw attention in the next eight weeks.
 *
 * In: clean orders and clicks up to a shop date.
 * Out: the date's rows of mart.trend_forecast.
 * Replay: the same clean tables give the same rows, and then nothing is committed.
 * Invariant: only whole weeks are looked at, so a forecast does not change with the hour.
 */
import type { Lake } from '../../parts/lake/lake.ts'
import { replaceChanged } from '../../parts/lake/replace-changed.ts'
import { quoteText } from '../../parts/lake/schema.ts'
import { addDays, weekStartOf } from '../../parts/shopdb/shop-day.ts'
import { readTransform, withTransforms } from '../../parts/sql/lake-connection.ts'
import { attentionOf, type AttentionRow } from './attention.ts'
import { forecastTrends, type TrendRow } from './trend.ts'

const TABLE = 'mart.trend_forecast'
const DIMENSIONS = ['article_type', 'base_colour'] as const
/** Five years: enough for a season, and a bound on what is read. */
const HISTORY_WEEKS_MAXIMUM = 260

export interface ForecastReport {
  readonly values: number
  readonly rows: number
  /** Values that will trend, as "dimension value". */
  readonly willTrend: readonly string[]
  readonly isChanged: boolean
}

/** @param options.computedOn the newest shop date whose night is done */
export async function runForecast(options: {
  readonly lake: Lake
  readonly computedOn: string
}): Promise<ForecastReport> {
  const { lake, computedOn } = options
  // The week that holds the date counts only when the date is its Sunday.
  const lastWeek = addDays(weekStartOf(addDays(computedOn, 1)), -7)
  const first = addDays(lastWeek, -7 * (HISTORY_WEEKS_MAXIMUM - 1))
  const sql = readTransform(new URL('./attention.sql', import.meta.url), { first, last: addDays(lastWeek, 6) })
  return withTransforms(lake, ['clean.order_details', 'clean.clickstreams'], async (connection) => {
    const found = (await connection.runAndReadAll(sql)).getRowObjectsJson() as unknown as readonly FoundRow[]
    const trends = DIMENSIONS.flatMap((dimension) => {
      const rows = found.filter((row) => row.dimension === dimension).map(attentionRowOf)
      return forecastTrends(dimension, attentionOf(rows, weeksOf(rows, lastWeek)))
    })
    const partition = { column: 'computed_on', date: computedOn }
    const select = trends.length === 0 ? NO_ROWS : `VALUES ${trends.map((row) => valuesOf(row, computedOn)).join(', ')}`
    const named = `SELECT * FROM (${select}) AS trends (${COLUMNS.join(', ')})`
    const isChanged = await replaceChanged(lake, TABLE, partition, { connection, select: named })
    const willTrend = new Set(trends.filter((row) => row.willTrend).map((row) => `${row.dimension} ${row.value}`))
    return {
      values: new Set(trends.map((row) => `${row.dimension} ${row.value}`)).size,
      rows: trends.length,
      willTrend: [...willTrend],
      isChanged,
    }
  })
}

interface FoundRow {
  readonly dimension: string
  readonly value: string
  readonly week: string
  readonly units: string
  readonly looks: string
}

function attentionRowOf(row: FoundRow): AttentionRow {
  return { week: row.week, value: row.value, units: Number(row.units), looks: Number(row.looks) }
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

const COLUMNS = [
  'computed_on',
  'dimension',
  'value',
  'week_start',
  'week_ahead',
  'p10',
  'p50',
  'p90',
  'last_year',
  'will_trend',
  'model_wape',
  'seasonal_naive_wape',
  'naive_method',
  'history_weeks',
  'source',
]
const NO_ROWS = `SELECT ${COLUMNS.map(() => 'NULL').join(', ')} WHERE false`

function valuesOf(row: TrendRow, computedOn: string): string {
  const date = (value: string): string => `DATE ${quoteText(value)}`
  const double = (value: number | null): string => (value === null ? 'NULL' : `CAST('${value}' AS DOUBLE)`)
  const values = [
    date(computedOn),
    quoteText(row.dimension),
    quoteText(row.value),
    date(row.week),
    String(row.weekAhead),
    double(row.p10),
    double(row.p50),
    double(row.p90),
    double(row.lastYear),
    String(row.willTrend),
    double(row.wape),
    double(row.naiveWape),
    row.naiveMethod === null ? 'NULL' : quoteText(row.naiveMethod),
    String(row.historyWeeks),
    quoteText(row.source),
  ]
  return `(${values.join(', ')})`
}
