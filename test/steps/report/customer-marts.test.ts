/**
 * test/steps/report/customer-marts: golden marts of customers, cohorts, consent and audiences.
 *
 * In: orders and clicks that a reader can count by hand.
 * Out: rows of the marts.
 * Invariant: expected rows are written out; currencies stay apart.
 */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildMarts } from '../../../src/steps/report/build-marts.ts'
import { event, product, sold } from '../../fixtures/clean-rows.ts'
import { openNightBench, type NightBench } from '../../fixtures/night-shop.ts'

let bench: NightBench

beforeEach(async () => {
  bench = await openNightBench('UTC')
})
afterEach(() => bench.close())

const span = { first: '2026-11-01', last: '2026-11-23' }
const build = (...only: readonly string[]) => buildMarts({ lake: bench.lake, ...span, only })
const lines = (...rows: readonly object[]) => bench.lake.append('clean.order_details', { rows })
const clicks = (...rows: readonly object[]) => bench.lake.append('clean.clickstreams', { rows })

test('customer keeps the currencies of a person apart, and rfm and cohort_monthly follow it', async () => {
  await lines(
    sold({ order: 'a', on: '2026-09-05', by: '1' }),
    sold({ order: 'a', on: '2026-09-05', by: '1', what: 'jeans', price: '40.00' }),
    sold({ order: 'b', on: '2026-11-10', by: '1' }),
    sold({ order: 'c', on: '2026-11-11', by: '1', currency: 'USD', price: '9.00' }),
    sold({ order: 'd', on: '2026-09-20', by: '2', price: '5.00' }),
    sold({ order: 'e', on: '2026-11-12', by: null, price: '99.00' }),
  )
  await build('clv_model', 'clv', 'customer', 'rfm', 'cohort_monthly')
  const columns = `user_id, currency, CAST(first_order_date AS VARCHAR), CAST(last_order_date AS VARCHAR), orders, units,
    revenue, order_value, frequency, clv`
  expect(await bench.rows(`SELECT ${columns} FROM mart.customer ORDER BY 1, 2`)).toEqual([
    ['1', 'EUR', '2026-09-05', '2026-11-10', '2', '3', '80.00', '40.00', 2, null],
    ['1', 'USD', '2026-11-11', '2026-11-11', '1', '1', '9.00', '9.00', 1, null],
    ['2', 'EUR', '2026-09-20', '2026-09-20', '1', '1', '5.00', '5.00', 1, null],
  ])
  const status = 'SELECT currency, status, r FROM mart.clv_model ORDER BY 1'
  const few = 'too few customers: needs 100, and 30 who came back'
  expect(await bench.rows(status)).toEqual([
    ['EUR', few, null],
    ['USD', few, null],
  ])
  expect(await bench.rows('SELECT currency, sum(customers), sum(revenue) FROM mart.rfm GROUP BY 1 ORDER BY 1')).toEqual(
    [
      ['EUR', '2', '85.00'],
      ['USD', '1', '9.00'],
    ],
  )
  const cohort = `SELECT CAST(cohort_month AS VARCHAR), months_since, size, active, retention, revenue, revenue_per_head
    FROM mart.cohort_monthly WHERE currency = 'EUR' ORDER BY 1, 2`
  expect(await bench.rows(cohort)).toEqual([
    ['2026-09-01', 0, '2', '2', 1, '65.00', '32.50'],
    ['2026-09-01', 1, '2', '0', 0, '0.00', '0.00'],
    // November is not over on the 23rd.
    ['2026-09-01', 2, '2', null, null, null, null],
  ])
})

test('consent is the newest word of a person, and a no to personalisation is a no', async () => {
  const said = (at: string, user: string, consent: object) =>
    event(at, 'page_view', user, { user_id: user, consent: JSON.stringify(consent) })
  await clicks(
    said('2026-11-02T08:00:00', '1', { marketing: true }),
    said('2026-11-03T08:00:00', '2', { marketing: true }),
    said('2026-11-04T08:00:00', '2', { marketing: false }),
    said('2026-11-02T08:00:00', '3', { marketing: true, personalisation: false }),
    said('2026-11-02T08:00:00', '4', { analytics: true }),
  )
  await build('consent')
  const rows = 'SELECT user_id, marketing FROM mart.consent ORDER BY 1'
  expect(await bench.rows(rows)).toEqual([
    ['1', 'yes'],
    ['2', 'no'],
    ['3', 'no'],
  ])
  // What was said before the dates that are built again is kept.
  await clicks(said('2026-11-22T08:00:00', '1', { marketing: false }))
  await buildMarts({ lake: bench.lake, first: '2026-11-22', last: '2026-11-23', only: ['consent'] })
  expect(await bench.rows(rows)).toEqual([
    ['1', 'no'],
    ['2', 'no'],
    ['3', 'no'],
  ])
})

test('audience holds who leans to a value by half more than the shop, with what the person said and bought', async () => {
  const tee = product('tee')
  const jeans = product('jeans')
  const look = (day: number, visitor: string, what: object, fields: object = {}) =>
    event(`2026-11-${day}T10:00:00`, 'product_view', visitor, { ...what, session_id: `${visitor}@${day}`, ...fields })
  const days = [10, 11, 12, 13]
  await lines(sold({ order: 'a', on: '2026-11-02', by: '1' }))
  await clicks(
    ...days.map((day) => look(day, 'v1', tee, { user_id: '1', consent: '{"marketing":true}' })),
    // Looks without a login on a browser that user 2 alone has used.
    ...days.map((day) => look(day, 'v2', jeans, day === 10 ? { user_id: '2' } : {})),
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((day) => look(10 + day, 'v3', tee, { user_id: '3' })),
    // One click is no taste.
    look(20, 'v4', { ...jeans, base_colour: 'Green' }, { user_id: '4' }),
  )
  await build('customer', 'consent', 'audience')
  const columns =
    'campaign, user_id, attention, attention_share, shop_share, why, consent, CAST(last_order_date AS VARCHAR)'
  const rows = await bench.rows(
    `SELECT ${columns} FROM mart.audience WHERE dimension = 'base_colour' ORDER BY campaign, user_id`,
  )
  // Attention of all: 12 to red, 4 to blue, 1 to green. User 2: (4 + 10 x 4/17) / (4 + 10).
  expect(rows).toEqual([
    ['base_colour=Blue', '2', 4, (4 + 40 / 17) / 14, 4 / 17, '45 % of attention; all shoppers: 24 %', 'unknown', null],
  ])
})
