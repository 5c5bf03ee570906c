/**
 * report/weekly/read-facts: reads the figures of a week out of the marts.
 *
 * In: an open lake and a week.
 * Out: the facts, from marts alone.
 * Replay: reading changes nothing.
 * Invariant: money of two currencies is never one number; every list has a maximum.
 */
import type { Lake } from '../../../parts/lake/lake.ts'
import { quoteText } from '../../../parts/lake/schema.ts'
import { datesBetween } from '../../../parts/shopdb/shop-day.ts'
import { withLakeConnection } from '../../../parts/sql/lake-connection.ts'
import { asker, between, isCurrency, newestNightOf, number, numberOrNull, type Ask, type Row } from '../ask-marts.ts'
import type { MoneyFacts, SoldFacts, VisitFacts, WeekFacts } from './facts.ts'
import { readPeople } from './read-people.ts'
import { readStock } from './read-stock.ts'
import { readTrends } from './read-trends.ts'
import { reportWeek, type ReportWeek } from './week.ts'

/** What a report is made of. */
const MARTS_READ = [
  'sales_daily',
  'new_returning',
  'funnel_daily',
  'product_interest_daily',
  'nightly_runs',
  'attention_daily',
  'trend_leaderboard',
  'trend_forecast',
  'audience',
  'consent',
  'customer',
  'rfm',
  'clv_model',
  'stock_slow',
  'returns',
  'discount_effect',
  'basket_affinity',
  'recs_daily',
  'recs_lift',
] as const

const TOP_TYPES = 8
const TOP_PRODUCTS = 8
const TOP_SOURCES = 4
const WARNINGS_MAXIMUM = 12

const TABLES = MARTS_READ.map((table) => `mart.${table}`)

/** @param date a date of the week, or null for the newest whole one */
export async function readWeekFacts(lake: Lake, date: string | null): Promise<WeekFacts> {
  return withLakeConnection(lake, TABLES, async (connection) => {
    const ask = asker(connection)
    const newestNight = await newestNightOf(ask)
    const week = reportWeek(date, newestNight)
    const money = await readMoney(ask, week)
    const currency = money[0]?.currency ?? null
    const trends = await readTrends(ask, week)
    return {
      week,
      newestNight,
      money,
      visits: await readVisits(ask, week),
      types: await readTypes(ask, week, currency),
      products: await readProducts(ask, week),
      ...trends,
      ...(await readPeople(ask, week, { currency, values: trends.trends })),
      ...(await readStock(ask, week, currency)),
      warnings: await readWarnings(ask, week),
    }
  })
}

async function readMoney(ask: Ask, week: ReportWeek): Promise<readonly MoneyFacts[]> {
  const sales = await ask(
    `SELECT currency, CAST(shop_date AS VARCHAR) AS day, sum(revenue) AS revenue, sum(refund) AS refund,
       sum(discount) AS discount, sum(units) AS units
     FROM mart.sales_daily
     WHERE ${between(week.previousFirst, week.last)} OR ${between(week.lastYearFirst, week.lastYearLast)}
     GROUP BY 1, 2`,
  )
  const orders = await ask(
    `SELECT currency, shop_date >= DATE ${quoteText(week.first)} AS is_now, sum(orders) AS orders
     FROM mart.new_returning WHERE ${between(week.previousFirst, week.last)} GROUP BY 1, 2`,
  )
  const inside = (row: Row, first: string, last: string) => (row.day ?? '') >= first && (row.day ?? '') <= last
  const facts = [...new Set(sales.map((row) => row.currency))].map((currency): MoneyFacts => {
    const own = sales.filter((row) => row.currency === currency)
    const of = (first: string, last: string) => own.filter((row) => inside(row, first, last))
    const now = of(week.first, week.last)
    const before = of(week.previousFirst, week.previousLast)
    const lastYear = of(week.lastYearFirst, week.lastYearLast)
    const ordersOf = (isNow: boolean) =>
      orders.filter((row) => row.currency === currency && String(row.is_now) === String(isNow))
    const byDay = (rows: readonly Row[], first: string, last: string) =>
      datesBetween(first, last).map((day) => number(rows.find((row) => row.day === day)?.revenue))
    return {
      currency,
      revenue: sum(now, 'revenue') ?? 0,
      refund: sum(now, 'refund'),
      discount: sum(now, 'discount'),
      orders: sum(ordersOf(true), 'orders') ?? 0,
      units: sum(now, 'units') ?? 0,
      previousRevenue: sum(before, 'revenue'),
      previousOrders: sum(ordersOf(false), 'orders'),
      lastYearRevenue: sum(lastYear, 'revenue'),
      days: byDay(now, week.first, week.last),
      previousDays: byDay(before, week.previousFirst, week.previousLast),
    }
  })
  return facts
    .filter(({ revenue, orders: count }) => revenue !== 0 || count > 0)
    .toSorted((a, b) => b.revenue - a.revenue)
}

/** Null where no row has a value. */
function sum(rows: readonly Row[], column: string): number | null {
  const values = rows.flatMap((row) => (row[column] === null || row[column] === undefined ? [] : [Number(row[column])]))
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0)
}

async function readVisits(ask: Ask, week: ReportWeek): Promise<VisitFacts | null> {
  const rows = await ask(
    `SELECT source, shop_date >= DATE ${quoteText(week.first)} AS is_now, sum(sessions) AS sessions,
       sum(view_sessions) AS views, sum(cart_sessions) AS carts, sum(order_sessions) AS orders
     FROM mart.funnel_daily
     WHERE article_type = '(all)' AND ${between(week.previousFirst, week.last)} GROUP BY 1, 2`,
  )
  const now = rows.filter((row) => String(row.is_now) === 'true')
  const before = rows.filter((row) => String(row.is_now) === 'false')
  if (now.length === 0) return null
  return {
    sessions: sum(now, 'sessions') ?? 0,
    previousSessions: sum(before, 'sessions'),
    views: sum(now, 'views') ?? 0,
    carts: sum(now, 'carts') ?? 0,
    orders: sum(now, 'orders') ?? 0,
    previousViews: sum(before, 'views'),
    previousOrders: sum(before, 'orders'),
    sources: now
      .map((row) => ({ source: row.source ?? '', views: number(row.views), orders: number(row.orders) }))
      .toSorted((a, b) => b.views - a.views)
      .slice(0, TOP_SOURCES),
  }
}

async function readTypes(ask: Ask, week: ReportWeek, currency: string | null): Promise<readonly SoldFacts[]> {
  const isNow = `shop_date >= DATE ${quoteText(week.first)}`
  const rows = await ask(
    `SELECT article_type, sum(CASE WHEN ${isNow} THEN units END) AS units,
       sum(CASE WHEN NOT (${isNow}) THEN units END) AS previous_units, sum(CASE WHEN ${isNow} THEN revenue END) AS revenue,
       sum(sum(CASE WHEN ${isNow} THEN revenue END)) OVER () AS total
     FROM mart.sales_daily WHERE ${isCurrency(currency)} AND ${between(week.previousFirst, week.last)}
     GROUP BY 1 ORDER BY revenue DESC NULLS LAST, 1 LIMIT ${TOP_TYPES}`,
  )
  return rows.map((row) => ({
    name: row.article_type ?? 'unknown products',
    detail: '',
    units: number(row.units),
    previousUnits: number(row.previous_units),
    revenue: numberOrNull(row.revenue),
    share: number(row.revenue) / (number(row.total) || 1),
  }))
}

async function readProducts(ask: Ask, week: ReportWeek): Promise<readonly SoldFacts[]> {
  const isNow = `shop_date >= DATE ${quoteText(week.first)}`
  const rows = await ask(
    `SELECT product_id, max(product_display_name) AS name, sum(CASE WHEN ${isNow} THEN units END) AS units,
       sum(CASE WHEN NOT (${isNow}) THEN units END) AS previous_units, sum(CASE WHEN ${isNow} THEN net END) AS revenue,
       sum(CASE WHEN ${isNow} THEN viewers END) AS viewers
     FROM mart.product_interest_daily WHERE ${between(week.previousFirst, week.last)}
     GROUP BY 1 HAVING sum(CASE WHEN ${isNow} THEN units END) > 0
     ORDER BY CAST(sum(CASE WHEN ${isNow} THEN units END) AS BIGINT) DESC, revenue DESC, 1 LIMIT ${TOP_PRODUCTS}`,
  )
  return rows.map((row) => ({
    name: row.name ?? row.product_id ?? '',
    detail: `${number(row.viewers).toLocaleString('en')} looked`,
    units: number(row.units),
    previousUnits: number(row.previous_units),
    revenue: numberOrNull(row.revenue),
    share: 0,
  }))
}

async function readWarnings(ask: Ask, week: ReportWeek): Promise<readonly string[]> {
  const rows = await ask(
    `SELECT CAST(shop_date AS VARCHAR) AS day, table_name, max_by(message, finished_at) AS message,
       max_by(status, finished_at) AS status
     FROM mart.nightly_runs WHERE ${between(week.first, week.last)} GROUP BY 1, 2
     HAVING max_by(status, finished_at) <> 'ok' ORDER BY 1 DESC, 2 LIMIT ${WARNINGS_MAXIMUM}`,
  )
  const isGap = (row: Row) => row.table_name === 'clean.clickstreams'
  const gapDays = rows.filter(isGap).length
  const gap = `On ${gapDays} of 7 days orders and purchase events differ, as where a shopper blocks the tracker; visits and recommendations miss these.`
  return [
    ...(gapDays === 0 ? [] : [gap]),
    ...rows.filter((row) => !isGap(row)).map((row) => `${row.day}, ${row.table_name}: ${row.message}.`),
  ]
}
