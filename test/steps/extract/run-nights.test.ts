/**
 * test/steps/extract/run-nights: what a night brings into the lake, and what it must not.
 *
 * In: a shop of a few orders.
 * Out: proof of days, replay, late edits, reconciliation and privacy.
 * Invariant: the lake is real; only the database server is memory.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DuckDBInstance } from '@duckdb/node-api'
import { datesBetween } from '../../../src/parts/shopdb/shop-day.ts'
import { datesToRun, nextNight } from '../../../src/steps/extract/due-nights.ts'
import { editedDays } from '../../../src/steps/extract/edited-days.ts'
import { recordFinished, runNight, runNights } from '../../../src/steps/extract/run-nights.ts'
import { aShopProduct, aUser, addOrder, openNightBench, type NightBench } from '../../fixtures/night-shop.ts'

const ZONE = 'Asia/Ho_Chi_Minh'
const STARTED_AT = '2026-11-24T05:00:00.000Z'
let bench: NightBench

beforeEach(async () => {
  bench = await openNightBench(ZONE)
  bench.shop.products.push(aShopProduct({ id: 'p1' }), aShopProduct({ id: 'p2', article_type: 'Jeans' }))
  bench.shop.users.push(aUser({ id: '42', sex: 'F', birthdate: '1990-11-24' }))
})
afterEach(() => bench.close())

const ORDERS = `SELECT CAST(shop_date AS VARCHAR), order_id FROM clean.orders ORDER BY shop_date, order_id`

describe('days', () => {
  test('copies hour 00 and the last fraction of a second into their day, and nothing of its neighbours', async () => {
    // 2026-11-23 in Viet Nam is 17:00 UTC of the 22nd to 17:00 UTC of the 23rd.
    for (const [id, at] of [
      ['1', '2026-11-22T16:59:59.999999Z'],
      ['2', '2026-11-22T17:00:00.000000Z'],
      ['3', '2026-11-22T17:59:00.000000Z'],
      ['4', '2026-11-23T16:59:59.999999Z'],
      ['5', '2026-11-23T17:00:00.000000Z'],
    ]) {
      addOrder(bench.shop, { id, at, lines: [['p1', 1, '10.00']] })
    }
    const report = await runNight('2026-11-23', { ...bench.options, overlapDays: 0 })
    expect(report).toMatchObject({ orders: 3, lines: 3, ordersTotal: '30.00', users: 1, products: 2 })
    expect(await bench.rows(ORDERS)).toEqual([
      ['2026-11-23', '2'],
      ['2026-11-23', '3'],
      ['2026-11-23', '4'],
    ])
    expect(await bench.rows(`SELECT CAST(order_date AS VARCHAR) FROM clean.orders WHERE order_id = '4'`)).toEqual([
      ['2026-11-23 16:59:59.999999'],
    ])
  })

  test('copies a day without orders, and says so in the history', async () => {
    const report = await runNight('2026-11-23', bench.options)
    expect(report).toMatchObject({ orders: 0, ordersTotal: '0.00', readFrom: '2026-11-20' })
    expect(await bench.rows(`SELECT table_name, row_count, sums FROM mart.nightly_runs ORDER BY 1`)).toEqual([
      ['clean.order_details', '0', '{"quantity":0,"gross":"0.00"}'],
      ['clean.orders', '0', '{"total_price":"0.00"}'],
      ['clean.products', '2', null],
      ['clean.users', '1', null],
    ])
  })

  test('copies a day with a single order, with its lines, products and its part of the discount', async () => {
    addOrder(bench.shop, {
      id: '7',
      at: '2026-11-23T05:00:00.000000Z',
      userId: '42',
      discount: '1.00',
      lines: [
        ['p1', 1, '10.00'],
        ['p2', 2, '10.00'],
        ['gone', 3, '0.01'],
      ],
    })
    await runNight('2026-11-23', bench.options)
    const columns = 'line_number, product_id, quantity, order_discount, net, currency, article_type, user_id, is_sale'
    expect(await bench.rows(`SELECT ${columns} FROM clean.order_details ORDER BY line_number`)).toEqual([
      [1, 'gone', 3, '0.00', '0.03', 'EUR', null, '42', true],
      [2, 'p1', 1, '0.33', '9.67', 'EUR', 'Tshirts', '42', true],
      [3, 'p2', 2, '0.67', '19.33', 'EUR', 'Jeans', '42', true],
    ])
    expect(await bench.rows('SELECT sum(net) FROM clean.order_details')).toEqual(
      await bench.rows('SELECT sum(total_price) FROM clean.orders'),
    )
  })
})

describe('replay', () => {
  test('changes nothing when a date runs a second time', async () => {
    addOrder(bench.shop, { id: '1', at: '2026-11-23T05:00:00.000000Z', lines: [['p1', 1, '10.00']] })
    const first = await runNight('2026-11-23', bench.options)
    expect(first.changed).toHaveLength(8)
    const before = await bench.snapshots()
    bench.clock.advance(3_600_000)
    const second = await runNight('2026-11-23', bench.options)
    expect(second.changed).toEqual([])
    expect(await bench.snapshots()).toEqual(before)
  })

  test('changes nothing when a backfill runs a second time, or its last date alone', async () => {
    for (let day = 1; day <= 23; day += 1) {
      const at = `2026-11-${String(day).padStart(2, '0')}T05:00:00.000000Z`
      addOrder(bench.shop, { id: String(day), at, lines: [['p1', day, '1.00']] })
    }
    const dates = datesBetween('2026-11-01', '2026-11-23')
    await runNights(dates, bench.options)
    const before = await bench.snapshots()
    expect((await runNights(dates, bench.options)).changed).toEqual([])
    expect((await runNight('2026-11-23', bench.options)).changed).toEqual([])
    expect(await bench.snapshots()).toEqual(before)
    expect(await bench.rows('SELECT count(*) FROM landing.orders')).toEqual([['23']])
  })

  test('gives the same clean tables date by date as in one run over two months', async () => {
    for (const [id, at] of [
      ['1', '2026-10-31T05:00:00.000000Z'],
      ['2', '2026-10-31T20:00:00.000000Z'],
      ['3', '2026-11-01T05:00:00.000000Z'],
    ]) {
      addOrder(bench.shop, { id, at, lines: [['p2', 1, '10.00']] })
    }
    const dates = datesBetween('2026-10-31', '2026-11-01')
    for (const date of dates) await runNight(date, bench.options)
    const oneByOne = await bench.rows('SELECT * FROM clean.order_details ORDER BY order_id')
    const other = await openNightBench(ZONE)
    Object.assign(other.shop, bench.shop)
    await runNights(dates, other.options)
    expect(await other.rows('SELECT * FROM clean.order_details ORDER BY order_id')).toEqual(oneByOne)
    expect(await other.rows(`SELECT DISTINCT CAST(shop_month AS VARCHAR) FROM clean.orders ORDER BY 1`)).toEqual([
      ['2026-10-01'],
      ['2026-11-01'],
    ])
    other.close()
  })

  test('takes over late edits, cancellations and deletions of the three days before', async () => {
    for (const [id, at] of [
      ['old', '2026-11-18T05:00:00.000000Z'],
      ['edited', '2026-11-20T05:00:00.000000Z'],
      ['deleted', '2026-11-21T05:00:00.000000Z'],
      ['cancelled', '2026-11-22T05:00:00.000000Z'],
    ]) {
      addOrder(bench.shop, { id, at, lines: [['p1', 1, '10.00']] })
    }
    await runNights(datesBetween('2026-11-18', '2026-11-22'), bench.options)
    const change = (id: string, fields: object): void => {
      bench.shop.orders = bench.shop.orders.map((order) => (order.order_id === id ? { ...order, ...fields } : order))
    }
    change('old', { total_price: '99.00' })
    change('edited', { total_price: '8.00' })
    change('cancelled', { status: 'Cancelled' })
    bench.shop.orders = bench.shop.orders.filter((order) => order.order_id !== 'deleted')
    bench.shop.lines = bench.shop.lines.filter((line) => line.order_id !== 'deleted')
    await runNight('2026-11-23', bench.options)
    expect(await bench.rows('SELECT order_id, total_price, is_sale FROM clean.orders ORDER BY order_id')).toEqual([
      ['cancelled', '10.00', false],
      ['edited', '8.00', true],
      ['old', '10.00', true],
    ])
  })

  test('finds days that were edited or emptied long after, as spans to read again', async () => {
    for (const [id, day] of ['10', '11', '12', '15', '20'].entries()) {
      addOrder(bench.shop, { id: String(id), at: `2026-11-${day}T05:00:00.000000Z`, lines: [['p1', 1, '10.00']] })
    }
    await runNights(datesBetween('2026-11-10', '2026-11-22'), bench.options)
    expect(await editedDays(bench.lake, bench.options.shop, '2026-11-22')).toEqual([])
    bench.shop.orders = bench.shop.orders
      .filter((order) => order.order_id !== '3')
      .map((order) => (order.order_id < '2' ? { ...order, total_price: '9.00' } : order))
    addOrder(bench.shop, { id: 'late', at: '2026-11-18T05:00:00.000000Z', lines: [['p1', 1, '10.00']] })
    const edited = await editedDays(bench.lake, bench.options.shop, '2026-11-22')
    expect(edited).toEqual([['2026-11-10', '2026-11-11'], ['2026-11-15'], ['2026-11-18']])
    for (const span of edited) await runNights(span, { ...bench.options, overlapDays: 0 })
    expect(await bench.rows('SELECT order_id, total_price FROM clean.orders ORDER BY order_id')).toEqual([
      ['0', '9.00'],
      ['1', '9.00'],
      ['2', '10.00'],
      ['4', '10.00'],
      ['late', '10.00'],
    ])
    expect(await editedDays(bench.lake, bench.options.shop, '2026-11-22')).toEqual([])
  })

  test('copies what came back and what is in stock', async () => {
    addOrder(bench.shop, { id: '1', at: '2026-11-20T05:00:00.000000Z', lines: [['p1', 2, '10.00']] })
    bench.shop.returns.push({
      order_id: '1',
      product_id: 'p1',
      variant_id: null,
      quantity: 1,
      refund: '10.00',
      currency: null,
      returned_at: '2026-11-23T05:00:00.000000Z',
    })
    bench.shop.stock.push({ product_id: 'p1', variant_id: 'p1-M', size: 'M', on_hand: 3 })
    await runNight('2026-11-23', bench.options)
    const columns = 'CAST(shop_date AS VARCHAR), order_id, quantity, refund, currency, article_type'
    expect(await bench.rows(`SELECT ${columns} FROM clean.returns`)).toEqual([
      ['2026-11-23', '1', 1, '10.00', 'EUR', 'Tshirts'],
    ])
    expect(await bench.rows('SELECT product_id, variant_id, size, on_hand FROM clean.stock')).toEqual([
      ['p1', 'p1-M', 'M', 3],
    ])
    bench.shop.stock.length = 0
    bench.clock.advance(86_400_000)
    await runNight('2026-11-24', bench.options)
    expect(await bench.rows('SELECT count(*) FROM clean.stock')).toEqual([['0']])
  })

  test('moves an order whose date was changed into another month', async () => {
    addOrder(bench.shop, { id: '1', at: '2026-09-10T05:00:00.000000Z', lines: [['p1', 1, '10.00']] })
    addOrder(bench.shop, { id: '2', at: '2026-09-11T05:00:00.000000Z', lines: [['p1', 1, '10.00']] })
    await runNights(datesBetween('2026-09-10', '2026-09-11'), bench.options)
    bench.shop.orders = bench.shop.orders.map((order) =>
      order.order_id === '1' ? { ...order, order_date: '2026-11-23T05:00:00.000000Z' } : order,
    )
    await runNight('2026-11-23', bench.options)
    expect(await bench.rows(ORDERS)).toEqual([
      ['2026-09-11', '2'],
      ['2026-11-23', '1'],
    ])
    expect(await bench.rows('SELECT count(*) FROM clean.order_details')).toEqual([['2']])
  })

  test('keeps newer users when an older date runs again', async () => {
    await runNight('2026-11-23', bench.options)
    bench.shop.users.push(aUser({ id: '43' }))
    await runNight('2026-11-20', bench.options)
    expect(await bench.rows('SELECT user_id, CAST(extract_date AS VARCHAR) FROM clean.users')).toEqual([
      ['42', '2026-11-23'],
    ])
  })
})

describe('reconciliation', () => {
  test('fails with a code when a row is lost on the way, and leaves clean as it was', async () => {
    addOrder(bench.shop, { id: '1', at: '2026-11-23T05:00:00.000000Z', lines: [['p1', 1, '10.00']] })
    addOrder(bench.shop, { id: '2', at: '2026-11-23T06:00:00.000000Z', lines: [['p1', 1, '5.00']] })
    const { shop } = bench.options
    const leaking = {
      ...shop,
      readNight: (span: Parameters<typeof shop.readNight>[0], sink: Parameters<typeof shop.readNight>[1]) =>
        shop.readNight(span, { ...sink, orders: (json) => sink.orders(json.subarray(json.indexOf(10) + 1)) }),
    }
    await expect(runNight('2026-11-23', { ...bench.options, shop: leaking })).rejects.toThrow(
      /HEM_EXTRACT_RECONCILE.*2026-11-23: orders 2 in the shop, 1 in the lake/u,
    )
    expect(await bench.rows(ORDERS)).toEqual([])
    expect(await bench.rows('SELECT status, message FROM mart.nightly_runs')).toEqual([
      ['differs', expect.stringContaining('ordersTotal 15.00 in the shop, 5.00 in the lake')],
    ])
    expect((await runNight('2026-11-23', bench.options)).orders).toBe(2)
  })

  test('refuses order ids that come twice', async () => {
    for (const at of ['2026-11-23T05:00:00.000000Z', '2026-11-23T06:00:00.000000Z']) {
      addOrder(bench.shop, { id: '1', at, lines: [] })
    }
    await expect(runNight('2026-11-23', bench.options)).rejects.toThrow(/1 order ids come twice/u)
  })

  test('leaves nothing behind in the temporary folder when the shop fails midway', async () => {
    const failing = { ...bench.options.shop, readNight: () => Promise.reject(new Error('connection lost')) }
    await expect(runNight('2026-11-23', { ...bench.options, shop: failing })).rejects.toThrow('connection lost')
    expect(readdirSync(bench.options.temporaryFolder)).toEqual(['lake'])
  })

  test('reports orders without a purchase event and events without an order', async () => {
    for (const id of ['1', '2']) {
      addOrder(bench.shop, { id, at: '2026-11-23T05:00:00.000000Z', lines: [['p1', 1, '10.00']] })
    }
    const purchase = (orderId: string, eventId: string) => ({
      event_id: eventId,
      event_type: 'purchase',
      order_id: orderId,
      visitor_key: 'v1',
      shop_date: '2026-11-23',
      is_bot: false,
    })
    await bench.lake.append('clean.clickstreams', {
      rows: [purchase('1', 'a#0'), purchase('1', 'a#1'), purchase('9', 'b#0')],
    })
    const report = await runNight('2026-11-23', bench.options)
    expect(report.gaps).toEqual([
      { shopDate: '2026-11-23', orders: 2, purchases: 2, ordersWithoutEvent: 1, eventsWithoutOrder: 1 },
    ])
    expect(
      await bench.rows(`SELECT status, message FROM mart.nightly_runs WHERE table_name = 'clean.clickstreams'`),
    ).toEqual([['differs', 'orders without a purchase event: 1; purchase events without an order: 1']])
  })
})

describe('privacy', () => {
  test('lets nothing that names a person into any file of the lake', async () => {
    const marker = 'Zq7'
    for (let id = 1; id <= 6; id += 1) {
      bench.shop.users.push(
        aUser({
          id: `u${id}`,
          username: `${marker}login${id}`,
          first_name: `${marker}first`,
          last_name: `${marker}last`,
          email: `${marker}mail${id}@example.com`,
          phone: `+84${marker}900`,
          address: `${id} ${marker}street, Hue`,
          sex: 'female',
          birthdate: '1987-06-05',
        }),
      )
    }
    addOrder(bench.shop, { id: '1', at: '2026-11-23T05:00:00.000000Z', userId: 'u1', lines: [['p1', 1, '10.00']] })
    await runNight('2026-11-23', bench.options)
    expect(
      await bench.rows(`SELECT DISTINCT sex, age_band, region, length(email_hash) FROM clean.users
      WHERE user_id LIKE 'u%'`),
    ).toEqual([['female', '35-44', 'Hue', '64']])

    const files = filesUnder(bench.folder)
    expect(files.filter((file) => file.endsWith('.parquet')).length).toBeGreaterThanOrEqual(8)
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    for (const file of files) {
      const isParquet = file.endsWith('.parquet')
      const decoded = isParquet
        ? JSON.stringify((await connection.runAndReadAll(`SELECT * FROM '${file}'`)).getRowsJson())
        : ''
      for (const text of [decoded, readFileSync(file, 'latin1')]) {
        expect(text, file).not.toMatch(/zq7/iu)
        expect(text, file).not.toContain('1987-06-05')
      }
    }
    connection.closeSync()
  })

  test('drops a region that fewer than five users share', async () => {
    for (let id = 1; id <= 4; id += 1) bench.shop.users.push(aUser({ id: `u${id}`, address: `${id} Street, Hue` }))
    await runNight('2026-11-23', bench.options)
    expect(await bench.rows('SELECT DISTINCT region FROM landing.users')).toEqual([[null]])
  })
})

describe('dates to run', () => {
  const due = (date: string | null, since: string | null) => datesToRun({ ...bench.options, date, since })

  test('are all since the first order, then all since the last run', async () => {
    addOrder(bench.shop, { id: '1', at: '2026-11-20T18:00:00.000000Z', lines: [] })
    expect(await due(null, null)).toEqual(['2026-11-21', '2026-11-22', '2026-11-23'])
    const { lake } = bench
    const finish = (date: string) => recordFinished([date], { lake, clock: bench.clock, startedAt: STARTED_AT })
    await runNight('2026-11-22', bench.options)
    // Copied, but its marts were never made.
    expect(await due(null, null)).toEqual(['2026-11-21', '2026-11-22', '2026-11-23'])
    await finish('2026-11-22')
    expect(await due(null, null)).toEqual(['2026-11-23'])
    await finish('2026-11-23')
    expect(await due(null, null)).toEqual([])
  })

  test('are yesterday alone in a shop without orders, and never today', async () => {
    expect(await due(null, null)).toEqual(['2026-11-23'])
    expect(await due('2026-11-23', null)).toEqual(['2026-11-23'])
    expect(await due(null, '2026-11-22')).toEqual(['2026-11-22', '2026-11-23'])
    await expect(due('2026-11-24', null)).rejects.toThrow(/HEM_NIGHT_DATE_INVALID.*2026-11-23 or earlier/u)
    await expect(due('2026-11-31', null)).rejects.toThrow(/HEM_NIGHT_DATE_INVALID/u)
  })
})

test.each([
  // Between midnight and 00:01 the day that just ended is still to come.
  ['2026-11-23T23:00:30.000Z', 'Europe/Paris', '2026-11-23', '2026-11-23T23:01:00.000Z'],
  ['2026-11-23T23:01:00.000Z', 'Europe/Paris', '2026-11-24', '2026-11-24T23:01:00.000Z'],
  // Havana lives 00:01 twice; after the first there is no second night of that date.
  ['2026-11-01T04:01:00.000Z', 'America/Havana', '2026-11-01', '2026-11-02T05:01:00.000Z'],
  ['2026-11-01T05:00:30.000Z', 'America/Havana', '2026-11-01', '2026-11-02T05:01:00.000Z'],
  // Cairo has no 00:01 on this day: its night begins at 01:00.
  ['2026-04-23T21:59:59.999Z', 'Africa/Cairo', '2026-04-23', '2026-04-23T22:00:00.000Z'],
])('at %s the next night in %s is that of %s, due at %s', (now, zone, shopDate, due) => {
  expect(nextNight(Date.parse(now), zone)).toEqual({ shopDate, dueMs: Date.parse(due) })
})

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
}
