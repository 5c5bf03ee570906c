/**
 * extract/reconcile: whether the lake holds what the shop counted.
 *
 * In: totals by day as the shop's own SQL gives them; landing and clean.
 * Out: totals of both zones by day, and what differs in words.
 * Invariant: sums are compared as decimal text, never as floats.
 */
import type { Lake } from '../../parts/lake/lake.ts'
import { quoteText } from '../../parts/lake/schema.ts'
import type { DayTotals, NightTotals } from '../../parts/shopdb/port.ts'
import { objectsOf, withLakeConnection } from '../../parts/sql/lake-connection.ts'

export type Zone = 'landing' | 'clean'

/** Differences named in one error; the rest is counted. */
const DIFFERENCES_SHOWN_MAXIMUM = 5

export interface Reconciled {
  readonly dates: readonly string[]
  readonly totals: NightTotals
  readonly extractDate: string
}

/** What differs between the shop and a zone, one sentence each; empty when all agrees. */
export async function differencesOf(lake: Lake, zone: Zone, read: Reconciled): Promise<readonly string[]> {
  const names = ['orders', 'order_details', 'returns', 'stock', 'users', 'products'].map((table) => `${zone}.${table}`)
  return withLakeConnection(lake, names, async (connection) => {
    const last = read.dates[read.dates.length - 1]
    const where =
      zone === 'landing'
        ? `extract_date = DATE ${quoteText(read.extractDate)}`
        : `shop_date BETWEEN DATE ${quoteText(read.dates[0])} AND DATE ${quoteText(last)}`
    const orders = await objectsOf(
      connection,
      `SELECT CAST(shop_date AS VARCHAR) AS date, CAST(count(*) AS VARCHAR) AS orders,
         CAST(count(DISTINCT order_id) AS VARCHAR) AS ids, CAST(CAST(sum(total_price) AS DECIMAL(18, 2)) AS VARCHAR) AS total
       FROM ${zone}.orders WHERE ${where} GROUP BY 1`,
    )
    const lines = await objectsOf(
      connection,
      `SELECT CAST(shop_date AS VARCHAR) AS date, CAST(count(*) AS VARCHAR) AS lines, CAST(sum(quantity) AS VARCHAR) AS units,
         CAST(CAST(sum(quantity * unit_price) AS DECIMAL(18, 2)) AS VARCHAR) AS gross
       FROM ${zone}.order_details WHERE ${where} GROUP BY 1`,
    )
    const orderOf = new Map(orders.map((row) => [row.date, row]))
    const lineOf = new Map(lines.map((row) => [row.date, row]))
    const byDay = read.dates.flatMap((date, day) => {
      const found: DayTotals = {
        orders: Number(orderOf.get(date)?.orders ?? 0),
        ordersTotal: orderOf.get(date)?.total ?? '0.00',
        lines: Number(lineOf.get(date)?.lines ?? 0),
        units: Number(lineOf.get(date)?.units ?? 0),
        gross: lineOf.get(date)?.gross ?? '0.00',
      }
      const twice = found.orders - Number(orderOf.get(date)?.ids ?? 0)
      return [
        ...dayDifferences(date, read.totals.days[day], found),
        ...(twice > 0 ? [`${date}: ${twice} order ids come twice`] : []),
      ]
    })
    const [returns] = await objectsOf(
      connection,
      `SELECT CAST(count(*) AS VARCHAR) AS found FROM ${zone}.returns WHERE ${where}`,
    )
    const whole = await wholeDifferences(zone, read, (sql) => objectsOf(connection, sql))
    return [...byDay, ...countDifference('returns', read.totals.returns, Number(returns.found)), ...whole]
  })
}

/** The first few differences as one text. */
export function differencesText(differences: readonly string[]): string {
  const shown = differences.slice(0, DIFFERENCES_SHOWN_MAXIMUM).join('; ')
  const more = differences.length - DIFFERENCES_SHOWN_MAXIMUM
  return more > 0 ? `${shown}; and ${more} more` : shown
}

function dayDifferences(date: string, shop: DayTotals, found: DayTotals): readonly string[] {
  const names = ['orders', 'ordersTotal', 'lines', 'units', 'gross'] as const
  return names
    .filter((name) => String(shop[name]) !== String(found[name]))
    .map((name) => `${date}: ${name} ${shop[name]} in the shop, ${found[name]} in the lake`)
}

function countDifference(table: string, shop: number, found: number): readonly string[] {
  return shop === found ? [] : [`${table}: ${shop} in the shop, ${found} in the lake`]
}

/** Users, products and stock are copied whole; clean holds those of the newest extract, which may be a later one. */
async function wholeDifferences(
  zone: Zone,
  read: Reconciled,
  query: (sql: string) => ReturnType<typeof objectsOf>,
): Promise<readonly string[]> {
  const differences: string[] = []
  for (const table of ['users', 'products', 'stock'] as const) {
    const [row] = await query(
      `SELECT CAST(count(*) AS VARCHAR) AS rows, CAST(max(extract_date) AS VARCHAR) AS newest FROM ${zone}.${table}
       ${zone === 'landing' ? `WHERE extract_date = DATE ${quoteText(read.extractDate)}` : ''}`,
    )
    const isOlder = zone === 'clean' && row.newest !== null && row.newest > read.extractDate
    if (!isOlder) differences.push(...countDifference(table, read.totals[table], Number(row.rows)))
  }
  return differences
}
