/**
 * report/weekly/advice: what a marketer does on Monday.
 *
 * In: the facts of a week.
 * Out: at most six things to do, most valuable first, each with its evidence and how sure it is.
 * Invariant: no advice without a figure behind it; what rests on little says so.
 */
import type { AudienceFacts, StockFacts, TrendFacts, WeekFacts } from './facts.ts'
import { change, count, day, dimensionName, money, percent, plural, segmentName, times } from './words.ts'

export type Certainty = 'sure' | 'likely' | 'early'

export interface Advice {
  readonly verb: string
  readonly title: string
  /** What it rests on. */
  readonly why: string
  /** A command, or null. */
  readonly how: string | null
  readonly certainty: Certainty
}

const ADVICE_MAXIMUM = 6
const SHORT_DAYS = 14
/** An interval that begins here is no accident. */
const SURE_LOW = 1.4
const AT_RISK_SHARE = 0.1
/** A forecast that was further off on weeks it had not seen is shown, but nothing is planned by it. */
const ERROR_MAXIMUM = 0.3

export function adviceOf(facts: WeekFacts): readonly Advice[] {
  const rising = facts.trends.filter(({ state }) => state === 'rising' || state === 'unconfirmed')
  const fading = facts.trends.filter(({ state }) => state === 'fading' || state === 'fad')
  return [
    ...rising.slice(0, 2).map((trend) => leadWith(trend, facts)),
    ...reorder(facts),
    ...comingUp(facts),
    ...winBack(facts),
    ...fading.slice(0, 1).map(stepBack),
    ...clear(facts),
    ...pair(facts),
  ].slice(0, ADVICE_MAXIMUM)
}

function leadWith(trend: TrendFacts, facts: WeekFacts): Advice {
  const { dimension, value, coverDays, ratio, low, high, since, state, within } = trend
  const campaign = `${dimension}=${value}`
  const audience = facts.audiences.find((one) => one.campaign === campaign)
  const isShort = coverDays !== null && coverDays < SHORT_DAYS
  const cover = isShort ? ` Stock lasts ${count(coverDays)} days: reorder before you promote.` : ''
  const began = since === null ? '' : ` since ${day(since)}`
  const most = within.length === 0 ? '' : `, most of it in ${within.slice(0, 3).join(', ')}`
  const isSure = state === 'rising' && low >= SURE_LOW
  return {
    verb: 'Lead with',
    title: value,
    why: `Attention to this ${dimensionName(dimension)} is ${times(ratio)} what the season and the weeks before let expect (95 %: ${times(low)} to ${times(high)})${began}${most}.${reach(audience)}${cover}`,
    how:
      audience === undefined ? null : `hemline audience --rising "${campaign}" --consented --not-bought-days 30 --csv`,
    certainty: isSure ? 'sure' : state === 'rising' ? 'likely' : 'early',
  }
}

function reach(audience: AudienceFacts | undefined): string {
  if (audience === undefined) return ''
  const { people, consented, reachable } = audience
  if (consented === 0)
    return ` ${plural(people, 'person')} lean to it; none has agreed to be written to, so use the front page.`
  return ` ${plural(people, 'person')} lean to it, ${count(consented)} agreed to be written to, ${count(reachable)} of these have not ordered for 30 days.`
}

function reorder({ stock }: WeekFacts): readonly Advice[] {
  const short = (stock ?? []).filter(({ state }) => state === 'short' || state === 'out')
  if (short.length === 0) return []
  const named = (one: StockFacts) => {
    const left = one.state === 'out' ? 'sold out' : `${count(one.coverDays)} days`
    return `${one.name}${one.size === null ? '' : ` ${one.size}`} (${left})`
  }
  return [
    {
      verb: 'Reorder',
      title: plural(short.length, 'fast seller'),
      why: `At the pace of the last four weeks: ${short.slice(0, 3).map(named).join(', ')}.`,
      how: null,
      certainty: 'sure',
    },
  ]
}

function comingUp({ forecasts }: WeekFacts): readonly Advice[] {
  const coming = forecasts.filter(({ willTrend, wape }) => willTrend && wape !== null && wape < ERROR_MAXIMUM)
  const [first] = coming
  if (first === undefined) return []
  const wape = first.wape === null ? '' : ` The model was off by ${percent(first.wape)} on weeks it had not seen.`
  return [
    {
      verb: 'Plan for',
      title: coming
        .slice(0, 3)
        .map(({ value }) => value)
        .join(', '),
      why: `In ${first.weeks.length} weeks the forecast lies above last year's same weeks, with its whole 80 % interval.${wape}`,
      how: null,
      certainty: first.wape !== null && first.wape < 0.2 ? 'likely' : 'early',
    },
  ]
}

function winBack({ segments, money: sums }: WeekFacts): readonly Advice[] {
  const atRisk = segments.find(({ segment }) => segment === 'at_risk')
  if (atRisk === undefined || atRisk.revenueShare < AT_RISK_SHARE) return []
  const worth =
    atRisk.clv === null
      ? ''
      : ` The model still expects ${money(atRisk.clv, sums[0]?.currency ?? null)} of them in 12 months.`
  return [
    {
      verb: 'Win back',
      title: `${count(atRisk.customers)} regulars who went quiet`,
      why: `${segmentName('at_risk')[0]} customers brought ${percent(atRisk.revenueShare)} of all revenue; their last order is ${count(atRisk.daysSinceOrder)} days ago on average.${worth}`,
      how: `hemline sql "SELECT user_id FROM mart.customer WHERE segment = 'at_risk' ORDER BY clv DESC"`,
      certainty: 'likely',
    },
  ]
}

function stepBack({ dimension, value, ratio, low, high }: TrendFacts): Advice {
  return {
    verb: 'Step back from',
    title: value,
    why: `Attention to this ${dimensionName(dimension)} is ${times(ratio)} what was to be expected (95 %: ${times(low)} to ${times(high)}). Give its place to what rises.`,
    how: null,
    certainty: high < 0.7 ? 'sure' : 'likely',
  }
}

function clear({ stock, money: sums }: WeekFacts): readonly Advice[] {
  const slow = (stock ?? []).filter(({ state }) => state === 'slow')
  if (slow.length === 0) return []
  const bound = slow.reduce((sum, { value }) => sum + (value ?? 0), 0)
  return [
    {
      verb: 'Clear',
      title: `${slow[0].name}${slow.length > 1 ? ` and ${plural(slow.length - 1, 'other')}` : ''}`,
      why: `Each lasts over 90 days at the present pace; together they bind ${money(bound, sums[0]?.currency ?? null)} at list price.`,
      how: null,
      certainty: 'likely',
    },
  ]
}

function pair({ pairs }: WeekFacts): readonly Advice[] {
  const [first] = pairs
  if (first === undefined) return []
  return [
    {
      verb: 'Show together',
      title: `${first.one} and ${first.other}`,
      why: `${count(first.orders)} orders of the year held both, ${times(first.lift)} as many as chance would have it.`,
      how: null,
      certainty: first.orders >= 20 ? 'likely' : 'early',
    },
  ]
}

/** The week in one sentence. */
export function headlineOf({ money: sums, trends, week }: WeekFacts): string {
  const [first] = sums
  if (first === undefined) return `No order came in week ${week.number}.`
  const sold = `${money(first.revenue, first.currency)} sold, ${change(first.revenue, first.previousRevenue)} on the week before`
  const named = (state: string, most: number) =>
    trends.flatMap((trend) => (trend.state === state ? [trend.value] : [])).slice(0, most)
  const rising = named('rising', 2)
  const fading = named('fading', 1)
  return [
    `${sold}.`,
    ...(rising.length > 0 ? [`Rising: ${rising.join(', ')}.`] : []),
    ...(fading.length > 0 ? [`Fading: ${fading.join(', ')}.`] : []),
  ].join(' ')
}
