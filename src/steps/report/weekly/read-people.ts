/**
 * report/weekly/read-people: who bought, who to address, what they are expected to be worth.
 *
 * In: marts of customers, and the values a week's trends are about.
 * Out: new and returning customers, segments, audiences, the model's own test.
 * Invariant: counts only; no pseudonym leaves by a report.
 */
import { quoteText } from '../../../parts/lake/schema.ts'
import { between, isCurrency, number, numberOrNull, type Ask } from '../ask-marts.ts'
import type { AudienceFacts, SegmentFacts, WeekFacts } from './facts.ts'
import type { ReportWeek } from './week.ts'

const AUDIENCES = 5
const QUIET_DAYS = 30

export interface PeopleAsked {
  readonly currency: string | null
  readonly values: readonly { readonly dimension: string; readonly value: string; readonly state: string }[]
}

type PeopleFacts = Pick<WeekFacts, 'customers' | 'segments' | 'audiences' | 'calibration'>

export async function readPeople(ask: Ask, week: ReportWeek, asked: PeopleAsked): Promise<PeopleFacts> {
  const kinds = await ask(
    `SELECT customer_kind, sum(customers) AS customers, sum(orders) AS orders FROM mart.new_returning
     WHERE ${between(week.first, week.last)} GROUP BY 1`,
  )
  const of = (kind: string) => kinds.find((row) => row.customer_kind === kind)
  return {
    customers: {
      fresh: number(of('new')?.customers),
      returning: number(of('returning')?.orders),
      guestOrders: number(of('guest')?.orders),
    },
    segments: await readSegments(ask, asked.currency),
    audiences: await readAudiences(ask, asked),
    calibration: await readCalibration(ask, asked.currency),
  }
}

async function readSegments(ask: Ask, currency: string | null): Promise<readonly SegmentFacts[]> {
  const rows = await ask(`SELECT * FROM mart.rfm WHERE ${isCurrency(currency)} ORDER BY revenue DESC, segment`)
  return rows.map((row) => ({
    segment: row.segment ?? '',
    customers: number(row.customers),
    customersShare: number(row.customers_share),
    revenueShare: number(row.revenue_share),
    daysSinceOrder: number(row.days_since_order),
    clv: numberOrNull(row.clv),
  }))
}

/** Of what rises; where nothing does, of the values most people lean to. */
async function readAudiences(ask: Ask, { values }: PeopleAsked): Promise<readonly AudienceFacts[]> {
  const rising = values.filter(({ state }) => state === 'rising' || state === 'unconfirmed')
  const campaigns = rising.map(({ dimension, value }) => quoteText(`${dimension}=${value}`))
  const chosen =
    campaigns.length === 0 ? `dimension IN ('article_type', 'base_colour')` : `campaign IN (${campaigns.join(', ')})`
  const rows = await ask(
    `SELECT campaign, count(*) AS people, count(*) FILTER (consent = 'yes') AS consented,
       count(*) FILTER (consent = 'unknown') AS unknown,
       count(*) FILTER (consent = 'yes' AND (last_order_date IS NULL OR last_order_date <= as_of - ${QUIET_DAYS})) AS reachable
     FROM mart.audience WHERE ${chosen} GROUP BY 1 ORDER BY consented DESC, people DESC, 1 LIMIT ${AUDIENCES}`,
  )
  return rows.map((row) => ({
    campaign: row.campaign ?? '',
    people: number(row.people),
    consented: number(row.consented),
    unknown: number(row.unknown),
    reachable: number(row.reachable),
  }))
}

async function readCalibration(ask: Ask, currency: string | null): Promise<WeekFacts['calibration']> {
  const [row] = await ask(
    `SELECT holdout_weeks, holdout_orders, holdout_predicted FROM mart.clv_model
     WHERE ${isCurrency(currency)} AND holdout_weeks IS NOT NULL LIMIT 1`,
  )
  if (row === undefined) return null
  return {
    weeks: number(row.holdout_weeks),
    orders: number(row.holdout_orders),
    predicted: number(row.holdout_predicted),
  }
}
