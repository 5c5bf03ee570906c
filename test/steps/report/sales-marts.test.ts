/**
 * test/steps/report/sales-marts: golden marts of sales, visits, baskets, discounts, stock and returns.
 *
 * In: orders and clicks that a reader can count by hand.
 * Out: rows of the marts.
 * Invariant: expected rows are written out; a source that is absent is said to be.
 */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { datesBetween } from '../../../src/parts/shopdb/shop-day.ts'
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
const onTee = product('tee')
const onJeans = product('jeans')

test('sales_daily takes a refund off on its own day, and knows no refund where the shop has none', async () => {
  await lines(sold({ order: 'a', on: '2026-11-02', quantity: 2 }))
  await build('sales_daily')
  const rows = `SELECT CAST(shop_date AS VARCHAR), orders, revenue, refund, net, order_value FROM mart.sales_daily ORDER BY 1`
  expect(await bench.rows(rows)).toEqual([['2026-11-02', '1', '40.00', null, '40.00', '40.00']])
  const back = { shop_date: '2026-11-09', order_id: 'a', quantity: 1, refund: '20.00', currency: 'EUR', ...onTee }
  await bench.lake.append('clean.returns', { rows: [back] })
  await build('sales_daily')
  expect(await bench.rows(rows)).toEqual([
    ['2026-11-02', '1', '40.00', '0.00', '40.00', '40.00'],
    ['2026-11-09', '0', '0.00', '20.00', '-20.00', null],
  ])
})

test('funnel_daily counts a step only after the one before it, on the day the visit began', async () => {
  const from = { page_url: 'https://shop.example/', referrer: 'https://www.google.com/' }
  await clicks(
    event('2026-11-20T10:00:00', 'page_view', 'v1', from),
    event('2026-11-20T10:01:00', 'product_view', 'v1', onTee),
    event('2026-11-20T10:02:00', 'add_to_cart', 'v1', onTee),
    event('2026-11-20T10:03:00', 'purchase', 'v1', onTee),
    // Carts a thing it never looked at: no step of the funnel.
    event('2026-11-20T11:00:00', 'add_to_cart', 'v2', { ...onTee, campaign: 'news' }),
    // Goes on after midnight, and looks at two types.
    event('2026-11-20T23:59:00', 'product_view', 'v3', onTee),
    event('2026-11-21T00:01:00', 'product_view', 'v3', onJeans),
    event('2026-11-20T12:00:00', 'product_view', 'robot', { ...onTee, is_bot: true }),
  )
  await build('funnel_daily')
  const columns = `CAST(shop_date AS VARCHAR), source, article_type, sessions, view_sessions, cart_sessions, order_sessions, view_to_order`
  expect(await bench.rows(`SELECT ${columns} FROM mart.funnel_daily ORDER BY 1, 2, 3`)).toEqual([
    ['2026-11-20', 'campaign:news', '(all)', '1', '0', '0', '0', null],
    ['2026-11-20', 'campaign:news', 'Tshirts', '1', '0', '0', '0', null],
    ['2026-11-20', 'direct', '(all)', '1', '1', '0', '0', 0],
    ['2026-11-20', 'direct', 'Jeans', '1', '1', '0', '0', 0],
    ['2026-11-20', 'direct', 'Tshirts', '1', '1', '0', '0', 0],
    ['2026-11-20', 'search', '(all)', '1', '1', '1', '1', 1],
    ['2026-11-20', 'search', 'Tshirts', '1', '1', '1', '1', 1],
  ])
})

test('new_returning tells first orders from later ones and from guests, by currency', async () => {
  await lines(
    sold({ order: 'a', on: '2026-11-02', by: '1' }),
    sold({ order: 'b', on: '2026-11-05', by: '1' }),
    sold({ order: 'c', on: '2026-11-05', by: '2' }),
    sold({ order: 'd', on: '2026-11-05', currency: 'USD', price: '9.00' }),
    sold({ order: 'e', on: '2026-11-05', isSale: false }),
  )
  await build('customer', 'new_returning')
  const columns = 'CAST(shop_date AS VARCHAR), customer_kind, currency, customers, orders, revenue, visitors'
  expect(await bench.rows(`SELECT ${columns} FROM mart.new_returning ORDER BY 1, 2`)).toEqual([
    ['2026-11-02', 'new', 'EUR', '1', '1', '20.00', null],
    ['2026-11-05', 'guest', 'USD', null, '1', '9.00', null],
    ['2026-11-05', 'new', 'EUR', '1', '1', '20.00', null],
    ['2026-11-05', 'returning', 'EUR', '1', '1', '20.00', null],
  ])
})

test('basket_affinity counts what was bought together, and draws few orders towards chance', async () => {
  const orders = Array.from({ length: 20 }, (_, number) => {
    const tee = sold({ order: `${number}`, on: '2026-11-10' })
    const jeans = sold({ order: `${number}`, on: '2026-11-10', what: 'jeans' })
    return number < 6 ? [tee, jeans] : [number % 2 === 0 ? tee : jeans]
  })
  await lines(...orders.flat())
  await build('basket_affinity')
  // 20 orders: 13 with the tee, 13 with the jeans, 6 with both; chance would have 8.45.
  const columns =
    'product_id, with_product_id, orders_both, orders_product, orders_with, support, confidence, lift, lift_shrunk'
  const rows = await bench.rows(`SELECT ${columns} FROM mart.basket_affinity ORDER BY 1`)
  expect(rows[0].slice(0, 6)).toEqual(['jeans', 'tee', '6', '13', '13', 0.3])
  expect(rows[0].slice(6)).toEqual([6 / 13, (6 * 20) / 169, 16 / (169 / 20 + 10)])
  expect(rows[1].slice(0, 5)).toEqual(['tee', 'jeans', '6', '13', '13'])
})

test('discount_effect compares a campaign with the four weeks before it', async () => {
  await lines(
    sold({ order: 'a', on: '2026-11-06', quantity: 14, price: '10.00' }),
    sold({ order: 'b', on: '2026-11-20', quantity: 3, price: '10.00', orderDiscount: '6.00' }),
    sold({ order: 'c', on: '2026-11-21', quantity: 4, price: '10.00', orderDiscount: '8.00' }),
  )
  const coupon = { shop_month: '2026-11-01', coupon: 'TEN' }
  await bench.lake.append('clean.orders', {
    rows: [
      { order_id: 'b', ...coupon },
      { order_id: 'c', ...coupon },
    ],
  })
  await build('discount_effect')
  const columns = `campaign, currency, CAST(first_date AS VARCHAR), CAST(last_date AS VARCHAR), orders, units,
    units_expected, units_extra, discount, revenue, revenue_extra, source`
  expect(await bench.rows(`SELECT ${columns} FROM mart.discount_effect`)).toEqual([
    // 14 pieces in 28 days are one in two days; 140.00 of revenue are 10.00.
    ['TEN', 'EUR', '2026-11-20', '2026-11-21', '2', '7', 1, 6, '14.00', '56.00', '46.00', 'orders'],
  ])
  const [[low, high]] = await bench.rows('SELECT units_extra_low, units_extra_high FROM mart.discount_effect')
  expect(Number(low)).toBeLessThan(6)
  expect(Number(high)).toBeGreaterThan(6)
})

test('stock_slow tells what is out, short, slow and well, by the pace of the days in stock', async () => {
  await lines(sold({ order: 'a', on: '2026-11-22', quantity: 14 }))
  const stock = (product_id: string, on_hand: number, extract_date: string) => ({ product_id, on_hand, extract_date })
  await bench.lake.append('landing.stock', {
    rows: [
      ...datesBetween('2026-11-10', '2026-11-16').map((date) => stock('tee', 0, date)),
      stock('tee', 7, '2026-11-23'),
      stock('jeans', 5, '2026-08-01'),
    ],
  })
  await bench.lake.append('clean.stock', { rows: [stock('tee', 7, '2026-11-23'), stock('jeans', 5, '2026-11-23')] })
  await build('stock_slow')
  const columns = 'product_id, on_hand, units_28d, days_in_stock, cover_days, sell_through, age_days, state, source'
  expect(await bench.rows(`SELECT ${columns} FROM mart.stock_slow ORDER BY 1`)).toEqual([
    ['jeans', '5', '0', '28', null, 0, '114', 'slow', 'stock'],
    // 14 pieces in 21 days in stock: 7 pieces last 10.5 days.
    ['tee', '7', '14', '21', 10.5, 14 / 21, '13', 'short', 'stock'],
  ])
})

test('returns gives the rate of orders old enough, with its interval', async () => {
  await lines(
    sold({ order: 'old', on: '2026-10-01', quantity: 10 }),
    sold({ order: 'young', on: '2026-11-20', quantity: 10 }),
  )
  await bench.lake.append('clean.returns', {
    rows: [{ shop_date: '2026-10-11', order_id: 'old', product_id: 'tee', quantity: 2 }],
  })
  await build('returns')
  const [row] = await bench.rows(
    'SELECT article_type, size, units_sold, units_returned, return_rate, rate_low, rate_high, source FROM mart.returns',
  )
  expect(row.slice(0, 5)).toEqual(['Tshirts', null, '10', '2', 0.2])
  // Wilson's interval of 2 in 10.
  expect(Number(row[5])).toBeCloseTo(0.0567, 3)
  expect(Number(row[6])).toBeCloseTo(0.5098, 3)
  expect(row[7]).toBe('returns')
})

test('marts whose source the shop lacks say so in their only row', async () => {
  await lines(sold({ order: 'a', on: '2026-11-22' }))
  await build('discount_effect', 'stock_slow', 'returns', 'recs_lift')
  for (const mart of ['discount_effect', 'stock_slow', 'returns', 'recs_lift']) {
    expect(await bench.rows(`SELECT source FROM mart.${mart}`), mart).toEqual([['no source']])
  }
  const sums = 'SELECT count(*), count(units_extra), count(revenue) FROM mart.discount_effect'
  expect(await bench.rows(sums)).toEqual([['1', '0', '0']])
})

test('recs_daily gives a purchase to the last click of a day, and recs_lift compares the arms', async () => {
  await lines(sold({ order: 'a', on: '2026-11-21', quantity: 2 }), sold({ order: 'b', on: '2026-11-21' }))
  const shown = (slate: string, arm: string) => ({
    ...onTee,
    slate_id: slate,
    placement: 'home',
    properties: JSON.stringify({ ...(arm.includes('/') ? { experiment_variant: arm } : { arm }), reason: 'trending' }),
  })
  const clicked = (slate: string) => ({ ...onTee, slate_id: slate, placement: 'home', properties: '{}' })
  await clicks(
    event('2026-11-20T08:00:00', 'recommendation_view', 'v1', shown('s1', 'recommendations/model')),
    event('2026-11-20T08:01:00', 'recommendation_click', 'v1', clicked('s1')),
    event('2026-11-20T20:00:00', 'recommendation_view', 'v1', shown('s2', 'recommendations/model')),
    event('2026-11-20T20:01:00', 'recommendation_click', 'v1', clicked('s2')),
    event('2026-11-20T20:01:30', 'recommendation_click', 'v1', clicked('s2')),
    event('2026-11-21T09:00:00', 'purchase', 'v1', { ...onTee, order_id: 'a' }),
    event('2026-11-20T08:00:00', 'recommendation_view', 'v2', shown('s3', 'random')),
    // More than 24 h after a click that never was.
    event('2026-11-21T09:00:00', 'purchase', 'v2', { ...onTee, order_id: 'b' }),
  )
  await build('recs_daily', 'recs_lift')
  const columns =
    'CAST(shop_date AS VARCHAR), placement, arm, reason, currency, impressions, clicks, orders, units, revenue'
  expect(await bench.rows(`SELECT ${columns} FROM mart.recs_daily ORDER BY 1, 3, 5`)).toEqual([
    ['2026-11-20', 'home', 'recommendations/model', 'trending', 'EUR', '0', '0', '1', '2', '40.00'],
    ['2026-11-20', 'home', 'recommendations/model', 'trending', null, '2', '2', '0', '0', null],
    ['2026-11-20', 'home', 'recommendations/random', 'trending', null, '1', '0', '0', '0', null],
  ])
  const lift =
    'SELECT experiment, arm, visitors, buyers, orders, revenue, revenue_per_visitor, lift FROM mart.recs_lift ORDER BY 2'
  expect(await bench.rows(lift)).toEqual([
    ['recommendations', 'model', '1', '1', '1', '40.00', 40, 1],
    ['recommendations', 'random', '1', '1', '1', '20.00', 20, null],
  ])
})
