/**
 * experiment/experiment-report: what each variant of an experiment earned, from the lake.
 *
 * In: the experiment's name, and from which shop date on.
 * Out: per variant visitors, orders and clicks with the lift over the first; per placement and place what was shown, clicked and ordered.
 * Invariant: a visitor counts for the variant that their events carry, bots never; no lift stands without its interval.
 */
import { rowsAsObjects, type SqlResult, type SqlValue } from '../../parts/sql/port.ts'
import { HemlineError } from '../../std/errors.ts'
import { liftOver, rateOf, type Lift, type Sums } from './lift.ts'

export interface ExperimentQuestion {
  readonly name: string
  /** Shop date, or null for all. */
  readonly since: string | null
  /** The variant to compare with; the first by name where null. */
  readonly base: string | null
  readonly runSql: (sql: string) => Promise<SqlResult>
}

export const MEASURES = ['conversion', 'orders_per_visitor', 'click_rate'] as const
export type Measure = (typeof MEASURES)[number]

export interface VariantReport {
  readonly variant: string
  readonly visitors: number
  readonly impressions: number
  readonly clicks: number
  readonly orders: number
  /** Null where nothing was shown; lift is null for the base, and where too little happened to tell. */
  readonly measures: Readonly<Record<Measure, { readonly rate: number | null; readonly lift: Lift | null }>>
}

export interface SlotReport {
  readonly variant: string
  readonly placement: string | null
  /** As the shop's events say it; null where they do not. */
  readonly position: number | null
  readonly impressions: number
  readonly clicks: number
  /** Orders of a product that the visitor had clicked in this slot within the seven days before. */
  readonly orders: number
}

export interface ExperimentReport {
  readonly name: string
  readonly base: string
  readonly variants: readonly VariantReport[]
  readonly slots: readonly SlotReport[]
}

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/
const ATTRIBUTION_DAYS = 7

/** @throws HEM_EXPERIMENT_UNKNOWN where no event carries the experiment */
export async function reportExperiment(question: ExperimentQuestion): Promise<ExperimentReport> {
  const { name, runSql } = question
  if (!NAME.test(name)) throw unknown(question, 'a name that no experiment can have')
  const rows = rowsAsObjects(await runSql(variantSql(question)))
  const base = question.base ?? rows[0]?.['variant']
  const baseRow = rows.find((row) => row['variant'] === base)
  if (typeof base !== 'string' || baseRow === undefined) throw unknown(question, `${rows.length} other variants`)
  const slots = rowsAsObjects(await runSql(slotSql(question)))
  return {
    name,
    base,
    variants: rows.map((row) => variantReport(row, baseRow)),
    slots: slots.map((row) => ({
      variant: textOf(row['variant']) ?? '',
      placement: textOf(row['placement']),
      position: row['position'] === null ? null : Number(row['position']),
      impressions: Number(row['impressions']),
      clicks: Number(row['clicks']),
      orders: Number(row['orders']),
    })),
  }
}

function textOf(value: SqlValue): string | null {
  return typeof value === 'string' ? value : null
}

type Row = Readonly<Record<string, SqlValue>>

function variantReport(row: Row, base: Row): VariantReport {
  const isBase = row === base
  const measure = (name: Measure) => {
    const sums = sumsOf(row, name)
    return { rate: rateOf(sums), lift: isBase ? null : liftOver(sumsOf(base, name), sums) }
  }
  return {
    variant: textOf(row['variant']) ?? '',
    visitors: Number(row['visitors']),
    impressions: Number(row['impressions']),
    clicks: Number(row['clicks']),
    orders: Number(row['orders']),
    measures: {
      conversion: measure('conversion'),
      orders_per_visitor: measure('orders_per_visitor'),
      click_rate: measure('click_rate'),
    },
  }
}

function sumsOf(row: Row, measure: Measure): Sums {
  const number = (name: string): number => Number(row[name])
  const visitors = number('visitors')
  if (measure === 'click_rate') {
    return {
      visitors,
      numerator: number('clicks'),
      denominator: number('impressions'),
      numeratorSquares: number('click_squares'),
      denominatorSquares: number('impression_squares'),
      products: number('click_impressions'),
    }
  }
  // 1 is its own square, and so is the sum of ones.
  const [numerator, squares] =
    measure === 'conversion' ? [number('buyers'), number('buyers')] : [number('orders'), number('order_squares')]
  return {
    visitors,
    numerator,
    denominator: visitors,
    numeratorSquares: squares,
    denominatorSquares: visitors,
    products: numerator,
  }
}

function eventsSql({ name, since }: ExperimentQuestion): string {
  const label = `json_extract_scalar(properties, '$.experiment_variant')`
  return `SELECT visitor_key, event_type, product_id, order_id, event_id, placement, "position", corrected_at,
    substr(${label}, ${name.length + 2}) AS variant
  FROM clean.clickstreams
  WHERE ${label} LIKE '${name}/%' AND NOT is_bot${since === null ? '' : ` AND shop_date >= DATE '${since}'`}`
}

function variantSql(question: ExperimentQuestion): string {
  return `WITH marked AS (${eventsSql(question)}),
people AS (
  SELECT variant, visitor_key,
    CAST(count(CASE WHEN event_type = 'recommendation_view' THEN 1 END) AS double) AS impressions,
    CAST(count(CASE WHEN event_type = 'recommendation_click' THEN 1 END) AS double) AS clicks,
    CAST(count(DISTINCT CASE WHEN event_type = 'purchase' THEN coalesce(order_id, event_id) END) AS double) AS orders
  FROM marked GROUP BY variant, visitor_key
)
SELECT variant, count(*) AS visitors,
  sum(impressions) AS impressions, sum(clicks) AS clicks, sum(orders) AS orders,
  count(CASE WHEN orders > 0 THEN 1 END) AS buyers, sum(orders * orders) AS order_squares,
  sum(clicks * clicks) AS click_squares, sum(impressions * impressions) AS impression_squares,
  sum(clicks * impressions) AS click_impressions
FROM people GROUP BY variant ORDER BY variant`
}

function slotSql(question: ExperimentQuestion): string {
  return `WITH marked AS (${eventsSql(question)}),
ordered AS (
  SELECT clicked.event_id, count(DISTINCT coalesce(bought.order_id, bought.event_id)) AS orders
  FROM marked AS clicked
  JOIN marked AS bought ON bought.visitor_key = clicked.visitor_key AND bought.product_id = clicked.product_id
    AND bought.corrected_at >= clicked.corrected_at
    AND bought.corrected_at < clicked.corrected_at + INTERVAL '${ATTRIBUTION_DAYS}' DAY
  WHERE clicked.event_type = 'recommendation_click' AND bought.event_type = 'purchase'
  GROUP BY clicked.event_id
)
SELECT variant, placement, "position",
  count(CASE WHEN event_type = 'recommendation_view' THEN 1 END) AS impressions,
  count(CASE WHEN event_type = 'recommendation_click' THEN 1 END) AS clicks,
  coalesce(sum(ordered.orders), 0) AS orders
FROM marked LEFT JOIN ordered ON ordered.event_id = marked.event_id
WHERE event_type IN ('recommendation_view', 'recommendation_click')
GROUP BY variant, placement, "position" ORDER BY variant, placement, "position"`
}

function unknown({ name, base }: ExperimentQuestion, got: string): HemlineError {
  return new HemlineError('HEM_EXPERIMENT_UNKNOWN', {
    subject: `experiment "${name.slice(0, 64)}"`,
    expected: base === null ? 'events of its variants in clean.clickstreams' : `events of its variant "${base}"`,
    got,
    remedy: 'check the name, and that HEMLINE_EXPERIMENT was set when the events came',
  })
}
