/**
 * report/weekly/read-stock: what to reorder, what lies too long, what comes back, what discounts and lists moved.
 *
 * In: marts that may have no source.
 * Out: short lists, or null where the shop has no source.
 * Invariant: "no source" is never shown as nothing.
 */
import { between, isCurrency, number, numberOrNull, type Ask } from '../ask-marts.ts'
import { addDays } from '../../../parts/shopdb/shop-day.ts'
import type { RecommendationFacts, StockFacts, WeekFacts } from './facts.ts'
import type { ReportWeek } from './week.ts'

const REORDER = 6
const SLOW = 5
/** Pieces in 28 days below which nothing sells fast. */
const REORDER_UNITS_MINIMUM = 3
const RETURNS = 4
const DISCOUNTS = 3
const PAIRS = 4
/** Fewer sold pieces say little of a rate. */
const RETURN_UNITS_MINIMUM = 20

type Facts = Pick<WeekFacts, 'stock' | 'returns' | 'discounts' | 'pairs' | 'recommendations'>

export async function readStock(ask: Ask, week: ReportWeek, currency: string | null): Promise<Facts> {
  return {
    stock: await readCover(ask),
    returns: await readReturns(ask),
    discounts: await readDiscounts(ask, currency),
    pairs: await readPairs(ask),
    recommendations: await readRecommendations(ask, week, currency),
  }
}

async function hasSource(ask: Ask, mart: string): Promise<boolean> {
  const [row] = await ask(`SELECT count(*) FILTER (source <> 'no source') AS rows_found FROM mart.${mart}`)
  return number(row.rows_found) > 0
}

async function readCover(ask: Ask): Promise<readonly StockFacts[] | null> {
  if (!(await hasSource(ask, 'stock_slow'))) return null
  const reorder = await ask(
    `SELECT * FROM mart.stock_slow WHERE state IN ('out', 'short') AND units_28d >= ${REORDER_UNITS_MINIMUM}
     ORDER BY units_28d DESC, cover_days, product_id, variant_id LIMIT ${REORDER}`,
  )
  const slow = await ask(
    `SELECT *, on_hand * price AS bound FROM mart.stock_slow WHERE state = 'slow'
     ORDER BY on_hand * price DESC NULLS LAST, product_id, variant_id LIMIT ${SLOW}`,
  )
  return [...reorder, ...slow].map((row) => ({
    name: row.product_display_name ?? row.product_id ?? '',
    size: row.size,
    state: row.state ?? '',
    onHand: number(row.on_hand),
    units28: number(row.units_28d),
    coverDays: numberOrNull(row.cover_days),
    value: numberOrNull(row['bound']),
  }))
}

async function readReturns(ask: Ask): Promise<WeekFacts['returns']> {
  if (!(await hasSource(ask, 'returns'))) return null
  const rows = await ask(
    `SELECT * FROM (
       SELECT article_type, CAST(sum(units_returned) AS DOUBLE) AS back, CAST(sum(units_sold) AS DOUBLE) AS sold
       FROM mart.returns GROUP BY 1
     ) WHERE sold >= ${RETURN_UNITS_MINIMUM} ORDER BY back / sold DESC LIMIT ${RETURNS}`,
  )
  return rows.map((row) => {
    const [back, sold] = [number(row.back), number(row.sold)]
    // Wilson's interval, 95 %, as in the mart.
    const middle = (back + 1.9207) / (sold + 3.8416)
    const reach = (1.96 * Math.sqrt((back * (sold - back)) / sold + 0.9604)) / (sold + 3.8416)
    return {
      type: row.article_type ?? 'unknown products',
      rate: back / sold,
      low: middle - reach,
      high: middle + reach,
    }
  })
}

async function readDiscounts(ask: Ask, currency: string | null): Promise<WeekFacts['discounts']> {
  if (!(await hasSource(ask, 'discount_effect'))) return null
  const rows = await ask(
    `SELECT * FROM mart.discount_effect WHERE ${isCurrency(currency)} ORDER BY last_date DESC, campaign LIMIT ${DISCOUNTS}`,
  )
  return rows.map((row) => ({
    campaign: row.campaign ?? '',
    extra: number(row.units_extra),
    low: number(row.units_extra_low),
    high: number(row.units_extra_high),
    discount: number(row.discount),
  }))
}

async function readPairs(ask: Ask): Promise<WeekFacts['pairs']> {
  const rows = await ask(
    `SELECT product_display_name, with_display_name, orders_both, lift FROM mart.basket_affinity
     WHERE product_id < with_product_id AND product_display_name IS NOT NULL AND with_display_name IS NOT NULL
     ORDER BY lift_shrunk DESC, product_id LIMIT ${PAIRS}`,
  )
  return rows.map((row) => ({
    one: row.product_display_name ?? '',
    other: row.with_display_name ?? '',
    orders: number(row.orders_both),
    lift: number(row.lift),
  }))
}

async function readRecommendations(
  ask: Ask,
  week: ReportWeek,
  currency: string | null,
): Promise<RecommendationFacts | null> {
  const [row] = await ask(
    `SELECT sum(impressions) AS impressions, sum(clicks) AS clicks, sum(orders) AS orders,
       sum(CASE WHEN ${isCurrency(currency)} THEN revenue END) AS revenue
     FROM mart.recs_daily WHERE ${between(week.first, week.last)}`,
  )
  if (number(row.impressions) + number(row.clicks) === 0) return null
  const [lift] = await ask(
    `SELECT lift, lift_low, lift_high, visitors FROM mart.recs_lift
     WHERE lift IS NOT NULL AND ${isCurrency(currency)} AND ${between(week.first, addDays(week.last, 7))}
     ORDER BY shop_date DESC, visitors DESC LIMIT 1`,
  )
  return {
    impressions: number(row.impressions),
    clicks: number(row.clicks),
    orders: number(row.orders),
    revenue: number(row.revenue),
    lift:
      lift === undefined
        ? null
        : {
            lift: number(lift.lift),
            low: number(lift.lift_low),
            high: number(lift.lift_high),
            visitors: number(lift.visitors),
          },
  }
}
