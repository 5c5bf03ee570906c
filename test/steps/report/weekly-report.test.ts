/**
 * test/steps/report/weekly-report: the week's page, and the audiences behind it.
 *
 * In: a small shop's marts; facts that a reader can follow.
 * Out: weeks, sentences of the page, rows of an audience.
 * Invariant: what has no source is said, and the shop's texts cannot become markup.
 */
import { afterEach, expect, test } from 'vitest'
import { csvOf } from '../../../src/app/cli/csv.ts'
import { selectAudience } from '../../../src/steps/report/audience.ts'
import { buildMarts } from '../../../src/steps/report/build-marts.ts'
import { adviceOf } from '../../../src/steps/report/weekly/advice.ts'
import type { TrendFacts, WeekFacts } from '../../../src/steps/report/weekly/facts.ts'
import { weeklyPage } from '../../../src/steps/report/weekly/page.ts'
import { reportWeek } from '../../../src/steps/report/weekly/week.ts'
import { weeklyReport } from '../../../src/steps/report/weekly-report.ts'
import { sold } from '../../fixtures/clean-rows.ts'
import { openNightBench, type NightBench } from '../../fixtures/night-shop.ts'

let bench: NightBench | null = null
afterEach(() => {
  bench?.close()
  bench = null
})

const WEEK = reportWeek('2026-11-18', '2026-11-23')

const EMPTY: WeekFacts = {
  week: WEEK,
  newestNight: '2026-11-23',
  money: [],
  visits: null,
  customers: { fresh: 0, returning: 0, guestOrders: 0 },
  types: [],
  products: [],
  trends: [],
  forecasts: [],
  audiences: [],
  segments: [],
  stock: null,
  returns: null,
  discounts: null,
  pairs: [],
  recommendations: null,
  calibration: null,
  warnings: [],
  clickDays: 7,
}

const RED: TrendFacts = {
  dimension: 'base_colour',
  value: 'Red',
  state: 'rising',
  since: '2026-11-09',
  share: 0.12,
  ratio: 1.7,
  low: 1.5,
  high: 1.9,
  coverDays: 9,
  within: ['Red Heels'],
  shares: [0.06, null, 0.12],
}

test('a report is of the newest whole week, or of the one that holds a date', () => {
  expect(reportWeek(null, '2026-11-23')).toMatchObject({ first: '2026-11-16', last: '2026-11-22', number: 47 })
  expect(reportWeek(null, '2026-11-22')).toMatchObject({ first: '2026-11-16', last: '2026-11-22' })
  expect(reportWeek('2027-01-01', '2027-02-01')).toMatchObject({ first: '2026-12-28', number: 53 })
  expect(() => reportWeek('2026-11-24', '2026-11-23')).toThrow('HEM_NIGHT_DATE_INVALID')
})

test('a week without anything says what has no source, and asks nothing to be done', () => {
  const page = weeklyPage(EMPTY, null)
  expect(page.match(/No source/gu)).toHaveLength(3)
  expect(page).toContain('Nothing stands out this week')
  expect(page).toContain('No order came in week 47.')
  expect(page).not.toMatch(/<script|https?:\/\/|url\(/u)
})

test('what rises leads the advice, with its interval, its stock and the people it draws', () => {
  const audiences = [{ campaign: 'base_colour=Red', people: 40, consented: 12, unknown: 20, reachable: 5 }]
  const [first] = adviceOf({ ...EMPTY, trends: [RED], audiences })
  expect(first).toMatchObject({ verb: 'Lead with', title: 'Red', certainty: 'sure' })
  expect(first?.why).toBe(
    'Attention to this colour is 1.70× what the season and the weeks before let expect (95 %: 1.50× to 1.90×) since 9 Nov, ' +
      'most of it in Red Heels. 40 people lean to it, 12 agreed to be written to, 5 of these have not ordered for 30 days. ' +
      'Stock lasts 9 days: reorder before you promote.',
  )
  expect(first?.how).toBe('hemline audience --rising "base_colour=Red" --consented --not-bought-days 30 --csv')
})

test('an early rise is called early, and nothing is planned by a forecast that failed its test', () => {
  const weeks = [{ week: '2026-11-23', p10: 0.1, p50: 0.2, p90: 0.3, lastYear: 0.05 }]
  const forecasts = [{ dimension: 'base_colour', value: 'Beige', willTrend: true, wape: 0.6, weeks }]
  const advice = adviceOf({ ...EMPTY, trends: [{ ...RED, state: 'unconfirmed' }], forecasts })
  expect(advice.map(({ verb, certainty }) => [verb, certainty])).toEqual([['Lead with', 'early']])
})

test('names of the shop stay text', () => {
  const types = [{ name: '<b>Tee</b> & "co"', detail: '', units: 1, previousUnits: 0, revenue: 9, share: 1 }]
  const page = weeklyPage({ ...EMPTY, types }, '<i>Shop</i>')
  expect(page).toContain('&lt;b&gt;Tee&lt;/b&gt; &amp; &quot;co&quot;')
  expect(page).not.toMatch(/<b>Tee|<i>Shop/u)
})

test('a page and an audience come out of the marts of a small shop', async () => {
  bench = await openNightBench('UTC')
  const { lake } = bench
  await lake.append('mart.nightly_runs', {
    rows: [{ shop_date: '2026-11-23', table_name: 'clean.orders', status: 'ok', finished_at: '2026-11-24T00:01:00Z' }],
  })
  await lake.append('clean.order_details', {
    rows: [
      sold({ order: 'a', on: '2026-11-10', price: '10.00' }),
      sold({ order: 'b', on: '2026-11-17', price: '15.00' }),
      sold({ order: 'c', on: '2026-11-17', price: '7.00', currency: 'USD' }),
    ],
  })
  const only = ['sales_daily', 'new_returning', 'customer', 'rfm']
  await buildMarts({ lake, first: '2026-11-01', last: '2026-11-23', only })
  const report = await weeklyReport(lake, { date: null, shop: 'Hue' })
  expect(report).toMatchObject({ first: '2026-11-16', last: '2026-11-22' })
  expect(report.html).toContain('€15.00')
  expect(report.html).toContain('$7.00')
  expect(report.html).toContain('+50 % on the week before')

  const member = { campaign: 'base_colour=Red', dimension: 'base_colour', value: 'Red', as_of: '2026-11-23' }
  await lake.append('mart.audience', {
    rows: [
      { ...member, user_id: '1', lean: 2, why: 'x', consent: 'yes', last_order_date: '2026-11-20' },
      { ...member, user_id: '2', lean: 3, why: 'x', consent: 'yes', last_order_date: '2026-09-01' },
      { ...member, user_id: '3', lean: 4, why: 'x', consent: 'unknown' },
    ],
  })
  const people = async (fields: object) => {
    const request = { campaign: 'BASE_COLOUR=red', consented: false, notBoughtDays: null, limit: 10, ...fields }
    return (await selectAudience(lake, request)).members.map(({ user_id }) => user_id)
  }
  expect(await people({})).toEqual(['3', '2', '1'])
  expect(await people({ consented: true })).toEqual(['2', '1'])
  expect(await people({ consented: true, notBoughtDays: 30 })).toEqual(['2'])
  expect(await people({ limit: 1 })).toEqual(['3'])
  await expect(people({ campaign: 'base_colour=Blue' })).rejects.toThrow('HEM_AUDIENCE_UNKNOWN')
})

test('CSV quotes what needs it and disarms formulas', () => {
  expect(csvOf(['a', 'b'], [['x,"y"', null]])).toBe('a,b\r\n"x,""y""",')
  expect(csvOf(['a'], [['=1+1'], ['-5']])).toBe("a\r\n'=1+1\r\n'-5")
  expect(csvOf(['a'], [[-5]])).toBe('a\r\n-5')
})
