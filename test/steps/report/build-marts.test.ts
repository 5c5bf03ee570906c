/**
 * test/steps/report/build-marts: golden marts of a tiny shop.
 *
 * In: a handful of clicks and orders that a reader can count by hand.
 * Out: every row of both marts.
 * Invariant: expected rows are written out.
 */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { datesBetween } from '../../../src/parts/shopdb/shop-day.ts'
import { runNights } from '../../../src/steps/extract/run-nights.ts'
import { buildMarts } from '../../../src/steps/report/build-marts.ts'
import { aShopProduct, aUser, addOrder, openNightBench, type NightBench } from '../../fixtures/night-shop.ts'

let bench: NightBench

beforeEach(async () => {
  bench = await openNightBench('UTC')
  bench.shop.products.push(
    aShopProduct({ id: 'tee' }),
    aShopProduct({ id: 'jeans', article_type: 'Jeans', base_colour: 'Blue', product_display_name: 'Blue jeans' }),
  )
  for (let id = 1; id <= 6; id += 1) {
    const fields = { sex: id < 5 ? 'F' : 'M', birthdate: `${1960 + 5 * id}-01-01`, address: `${id} Street, Hue` }
    bench.shop.users.push(aUser({ id: `${id}`, ...fields }))
  }
  addOrder(bench.shop, {
    id: 'a',
    at: '2026-11-22T10:00:00.000000Z',
    discount: '5.00',
    lines: [
      ['tee', 1, '20.00'],
      ['jeans', 2, '40.00'],
    ],
  })
  addOrder(bench.shop, { id: 'b', at: '2026-11-23T10:00:00.000000Z', lines: [['tee', 3, '20.00']] })
  addOrder(bench.shop, { id: 'c', at: '2026-11-23T11:00:00.000000Z', currency: 'USD', lines: [['tee', 1, '25.00']] })
  addOrder(bench.shop, { id: 'd', at: '2026-11-23T12:00:00.000000Z', status: 'cancelled', lines: [['tee', 9, '1.00']] })
  await runNights(datesBetween('2026-11-22', '2026-11-23'), bench.options)
})
afterEach(() => bench.close())

let eventNumber = 0
const click = (date: string, product: string, visitor: string, fields: object = {}) => ({
  event_id: `e${(eventNumber += 1)}`,
  event_type: 'product_view',
  shop_date: date,
  product_id: product,
  visitor_key: visitor,
  session_id: `${visitor}@${date}`,
  user_id: null,
  is_bot: false,
  ...fields,
})

test('sales_daily sums by day, type, colour, gender and currency, without what was cancelled', async () => {
  await buildMarts({ lake: bench.lake, first: '2026-11-22', last: '2026-11-23', only: ['sales_daily'] })
  const columns =
    'CAST(shop_date AS VARCHAR), article_type, base_colour, gender, currency, orders, units, gross, discount, revenue'
  expect(await bench.rows(`SELECT ${columns} FROM mart.sales_daily ORDER BY 1, 2, 5`)).toEqual([
    ['2026-11-22', 'Jeans', 'Blue', 'Women', 'EUR', '1', '2', '80.00', '4.00', '76.00'],
    ['2026-11-22', 'Tshirts', 'Red', 'Women', 'EUR', '1', '1', '20.00', '1.00', '19.00'],
    ['2026-11-23', 'Tshirts', 'Red', 'Women', 'EUR', '1', '3', '60.00', null, '60.00'],
    ['2026-11-23', 'Tshirts', 'Red', 'Women', 'USD', '1', '1', '25.00', null, '25.00'],
  ])
  const sums = 'SELECT currency, sum(revenue) FROM mart.sales_daily GROUP BY 1 ORDER BY 1'
  expect(await bench.rows(sums)).toEqual(
    await bench.rows('SELECT currency, sum(total_price) FROM clean.orders WHERE is_sale GROUP BY 1 ORDER BY 1'),
  )
})

test('product_interest_daily counts who looked, carted and bought, and ranks against the week before', async () => {
  await bench.lake.append('clean.clickstreams', {
    rows: [
      click('2026-11-16', 'jeans', 'v1'),
      click('2026-11-22', 'jeans', 'v1'),
      // v1 looks twice at the tee and carts it in one session: one viewer, interest 3.
      click('2026-11-23', 'tee', 'v1', { user_id: '1' }),
      click('2026-11-23', 'tee', 'v1', { user_id: '1' }),
      click('2026-11-23', 'tee', 'v1', { user_id: '1', event_type: 'add_to_cart' }),
      click('2026-11-23', 'tee', 'v2', { user_id: '2' }),
      click('2026-11-23', 'tee', 'v3', { user_id: '6' }),
      click('2026-11-23', 'tee', 'v4'),
      click('2026-11-23', 'jeans', 'v2', { user_id: '2' }),
      click('2026-11-23', 'jeans', 'robot', { is_bot: true }),
      click('2026-11-23', 'unlisted', 'v4'),
    ],
  })
  await buildMarts({ lake: bench.lake, first: '2026-11-23', last: '2026-11-23', only: ['product_interest_daily'] })
  const columns = `product_id, product_display_name, viewers, cart_sessions, units, net, currency, interest, rank, rank_change,
    viewers_female, viewers_male, viewers_unknown, top_sex, top_age_band, top_region`
  expect(await bench.rows(`SELECT ${columns} FROM mart.product_interest_daily ORDER BY rank, product_id`)).toEqual([
    // Interest 3 + 1 + 1 + 1 from sessions, 2 orders in two currencies; second last week, behind the jeans.
    ['tee', 'A red T-shirt', '4', '1', '4', null, null, '18', 1, 1, '2', '1', '1', 'female', '55-64', 'Hue'],
    ['jeans', 'Blue jeans', '1', '0', '0', null, null, '1', 2, -1, '1', '0', '0', 'female', '55-64', 'Hue'],
    ['unlisted', null, '1', '0', '0', null, null, '1', 2, null, '0', '0', '1', null, null, null],
  ])
})

test('builds only the dates it is asked for, and the same again without a commit', async () => {
  const build = (first: string, last: string) => buildMarts({ lake: bench.lake, first, last })
  const daily = ['mart.sales_daily', 'mart.product_interest_daily', 'mart.new_returning']
  expect(await build('2026-11-22', '2026-11-22')).toEqual(expect.arrayContaining(daily))
  expect(await build('2026-11-23', '2026-11-23')).toEqual(expect.arrayContaining(daily))
  const before = await bench.snapshots()
  expect(await build('2026-11-20', '2026-11-23')).toEqual([])
  expect(await bench.snapshots()).toEqual(before)
  expect(await bench.rows('SELECT count(DISTINCT shop_date) FROM mart.product_interest_daily')).toEqual([['2']])
})
