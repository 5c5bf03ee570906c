/**
 * report/weekly/read-trends: what rises, fades and is expected to come.
 *
 * In: the leaderboard and the forecast as of a week's last day.
 * Out: trends with their interval and 28 days of shares, and forecasts.
 * Invariant: ranked by the end of the interval that is nearer to 1.
 */
import { quoteText } from '../../../parts/lake/schema.ts'
import { addDays, datesBetween } from '../../../parts/shopdb/shop-day.ts'
import { between, number, numberOrNull, type Ask, type Row } from '../ask-marts.ts'
import type { ForecastFacts, TrendFacts } from './facts.ts'
import type { ReportWeek } from './week.ts'

const RISING = 5
const FADING = 4
/** Looked through, since one rising colour lifts its pairs with every type. */
const LOOKED_THROUGH = 40
const FORECAST_WEEKS = 8
const FORECASTS = 4
const LINE_DAYS = 28

export interface TrendsRead {
  readonly trends: readonly TrendFacts[]
  readonly forecasts: readonly ForecastFacts[]
  readonly clickDays: number
}

export async function readTrends(ask: Ask, week: ReportWeek): Promise<TrendsRead> {
  const board = `SELECT *, CAST(since AS VARCHAR) AS since_text FROM mart.trend_leaderboard WHERE shop_date = (
    SELECT max(shop_date) FROM mart.trend_leaderboard WHERE ${between(week.first, addDays(week.last, 7))})`
  const rising = await ask(
    `SELECT * FROM (${board}) WHERE state IN ('rising', 'unconfirmed') ORDER BY state = 'rising' DESC, low DESC, dimension, value LIMIT ${LOOKED_THROUGH}`,
  )
  const fading = await ask(
    `SELECT * FROM (${board}) WHERE state IN ('fading', 'fad') ORDER BY high, dimension, value LIMIT ${LOOKED_THROUGH}`,
  )
  const trends: TrendFacts[] = []
  for (const { row, within } of [...folded(rising).slice(0, RISING), ...folded(fading).slice(0, FADING)]) {
    trends.push({ ...trendOf(row), within, shares: await sharesOf(ask, row, week) })
  }
  const [days] = await ask(
    `SELECT count(DISTINCT shop_date) AS days FROM mart.attention_daily WHERE ${between(week.first, week.last)}`,
  )
  return { trends, forecasts: await readForecasts(ask, week), clickDays: number(days.days) }
}

interface Folded {
  readonly row: Row
  readonly within: readonly string[]
}

/** Where Red moves, "Red Heels" moves with it: pairs of a value that moves by itself go under it. */
function folded(rows: readonly Row[]): readonly Folded[] {
  const parentOf = ({ dimension, value }: Row): Row | undefined =>
    dimension === 'type_colour'
      ? rows.find(
          (other) =>
            (other.dimension === 'base_colour' && value?.startsWith(`${other.value} `)) ||
            (other.dimension === 'article_type' && value?.endsWith(` ${other.value}`)),
        )
      : undefined
  return rows
    .filter((row) => parentOf(row) === undefined)
    .map((row) => ({
      row,
      within: rows.flatMap((other) => (parentOf(other) === row && other.value !== null ? [other.value] : [])),
    }))
}

function trendOf(row: Row): Omit<TrendFacts, 'shares' | 'within'> {
  return {
    dimension: row.dimension ?? '',
    value: row.value ?? '',
    state: row.state ?? '',
    since: row.since_text,
    share: number(row.share),
    ratio: number(row.ratio),
    low: number(row.low),
    high: number(row.high),
    coverDays: numberOrNull(row.cover_days),
  }
}

async function sharesOf(ask: Ask, { dimension, value }: Row, week: ReportWeek): Promise<readonly (number | null)[]> {
  const first = addDays(week.last, 1 - LINE_DAYS)
  const rows = await ask(
    `SELECT CAST(shop_date AS VARCHAR) AS day, share FROM mart.attention_daily
     WHERE dimension = ${quoteText(dimension ?? '')} AND value = ${quoteText(value ?? '')} AND ${between(first, week.last)}`,
  )
  return datesBetween(first, week.last).map((day) => numberOrNull(rows.find((row) => row.day === day)?.share))
}

async function readForecasts(ask: Ask, week: ReportWeek): Promise<readonly ForecastFacts[]> {
  const rows = await ask(
    `WITH newest AS (
       SELECT * FROM mart.trend_forecast WHERE computed_on = (
         SELECT max(computed_on) FROM mart.trend_forecast
         WHERE ${between(week.first, addDays(week.last, 7), 'computed_on')})
     ), chosen AS (
       SELECT dimension, value FROM newest
       GROUP BY 1, 2 HAVING bool_or(will_trend)
       ORDER BY max(CASE WHEN will_trend THEN p10 / nullif(last_year, 0) END) DESC NULLS LAST, 1, 2 LIMIT ${FORECASTS}
     )
     SELECT dimension, value, will_trend, model_wape, CAST(week_start AS VARCHAR) AS week, p10, p50, p90, last_year
     FROM newest JOIN chosen USING (dimension, value) WHERE week_ahead <= ${FORECAST_WEEKS} ORDER BY dimension, value, week_ahead`,
  )
  const groups = Map.groupBy(rows, (row) => `${row.dimension}\0${row.value}`)
  return [...groups.values()].map((own) => ({
    dimension: own[0].dimension ?? '',
    value: own[0].value ?? '',
    willTrend: own.some((row) => String(row.will_trend) === 'true'),
    wape: numberOrNull(own[0].model_wape),
    weeks: own.map((row) => ({
      week: row.week ?? '',
      p10: number(row.p10),
      p50: number(row.p50),
      p90: number(row.p90),
      lastYear: numberOrNull(row.last_year),
    })),
  }))
}
