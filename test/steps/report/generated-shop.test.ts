/**
 * test/steps/report/generated-shop: all marts of a generated shop against golden figures, and the checks that follow them.
 *
 * In: 150 people, half a year of orders and forty days of clicks, drawn from a seed.
 * Out: for each mart its rows and sums, as kept in golden-marts.txt; findings of the checks.
 * Invariant: keys are unique, sales equal the orders to the cent, and building again changes nothing.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MART_TABLES } from '../../../src/parts/lake/mart-tables.ts'
import { addDays } from '../../../src/parts/shopdb/shop-day.ts'
import { buildMarts } from '../../../src/steps/report/build-marts.ts'
import { checkMarts } from '../../../src/steps/report/check-marts.ts'
import { seededRandom } from '../../../src/tools/simulate/random.ts'
import { event, product, sold, type SoldProduct } from '../../fixtures/clean-rows.ts'
import { openNightBench, type NightBench } from '../../fixtures/night-shop.ts'

const LAST = '2026-11-23'
const FIRST = addDays(LAST, -180)
const USERS = 150
const ORDERS = 700
const VISITS = 500
const CLICK_DAYS = 40
/** Not of this step, or held by the tests of the counters it uses. */
const ELSEWHERE = new Set(['nightly_runs', 'trend_forecast', 'trend_leaderboard'])
const PRODUCTS: readonly SoldProduct[] = ['tee', 'jeans']

let bench: NightBench
const span = { first: FIRST, last: LAST }

beforeAll(async () => {
  bench = await openNightBench('UTC')
  const random = seededRandom(5, 'mart-shop')
  const pick = () => PRODUCTS[random.next() < 0.6 ? 0 : 1]
  const lines = Array.from({ length: ORDERS }, (_, number) => {
    const order = { order: `o${number}`, on: addDays(FIRST, Math.floor((number / ORDERS) * 180)) }
    const by = random.next() < 0.1 ? null : `u${Math.floor(random.next() ** 2 * USERS)}`
    const currency = random.next() < 0.05 ? 'USD' : 'EUR'
    const isSale = random.next() >= 0.03
    const orderDiscount = random.next() < 0.2 ? '3.30' : null
    const what = pick()
    const first = sold({ ...order, by, currency, isSale, orderDiscount, what, price: '19.90' })
    const other = sold({ ...order, by, currency, isSale, what: what === 'tee' ? 'jeans' : 'tee', price: '45.05' })
    return random.next() < 0.3 ? [first, other] : [first]
  }).flat()
  const clicks = Array.from({ length: VISITS }, (_, number) => {
    const day = addDays(LAST, -Math.floor(random.next() * CLICK_DAYS))
    const visitor = `v${Math.floor(random.next() * 200)}`
    const session = { session_id: `${visitor}@${number}`, user_id: random.next() < 0.5 ? `u${number % USERS}` : null }
    const what = product(pick())
    const types = ['product_view', 'product_view', 'add_to_cart', 'purchase'].slice(
      0,
      1 + Math.floor(random.next() ** 3 * 4),
    )
    return types.map((type, nth) => event(`${day}T10:0${nth}:00`, type, visitor, { ...what, ...session }))
  }).flat()
  await bench.lake.append('clean.order_details', { rows: lines })
  await bench.lake.append('clean.clickstreams', { rows: clicks })
})
afterAll(() => bench.close())

test('every mart has the rows and sums it always had, and passes its checks', async () => {
  const { lake, clock } = bench
  await buildMarts({ lake, ...span })
  const lines: string[] = []
  for (const { table, columns } of MART_TABLES) {
    if (ELSEWHERE.has(table)) continue
    const numbers = columns.filter(({ type }) => /^(int|long|double|decimal)/.test(type)).map(({ name }) => name)
    const sums = numbers.map((name) => `CAST(round(sum("${name}"), 4) AS DECIMAL(20, 4))`)
    const [[count, ...found]] = (await bench.rows(`SELECT ${['count(*)', ...sums].join(', ')} FROM mart.${table}`)) as (
      | string
      | null
    )[][]
    const figures = numbers.map((name, nth) => `${name} ${found[nth] ?? 'null'}`)
    lines.push(`${table}: ${count} rows; ${figures.join(', ')}`)
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden-marts.txt')
  const findings = await checkMarts({ lake, clock, ...span })
  expect(findings.filter(({ message }) => message !== null)).toEqual([])
  expect(findings.length).toBeGreaterThan(18)
})

test('building again changes nothing, and a re-run of an old day does not make newer marts older', async () => {
  expect(await buildMarts({ lake: bench.lake, ...span })).toEqual([])
  await bench.lake.append('mart.nightly_runs', {
    rows: [{ shop_date: LAST, table_name: 'clean.orders', status: 'ok' }],
  })
  const old = addDays(LAST, -30)
  expect(
    await buildMarts({ lake: bench.lake, first: old, last: old, only: ['sales_daily', 'clv', 'customer', 'rfm'] }),
  ).toEqual([])
})

test('the checks find a key that comes twice, sums that differ and a mart that is old', async () => {
  const { lake, clock } = bench
  await lake.append('mart.sales_daily', {
    rows: [{ shop_date: LAST, shop_month: '2026-11-01', currency: 'EUR', revenue: '1.00' }],
  })
  await lake.append('mart.rfm', { rows: [{ segment: 'new', currency: 'EUR' }] })
  const findings = await checkMarts({ lake, clock, first: FIRST, last: addDays(LAST, 1) })
  const messageOf = (name: string) => findings.find(({ mart }) => mart === name)?.message
  expect(messageOf('sales_daily')).toBe(`revenue differs from the orders on 1 days from ${LAST}`)
  expect(messageOf('rfm')).toContain('1 rows share their key segment, currency with another')
  expect(messageOf('rfm')).toContain(`newest as_of is ${LAST}`)
  const kept = `SELECT count(*) FROM mart.nightly_runs WHERE status = 'differs' AND table_name = 'mart.rfm'`
  expect(await bench.rows(kept)).toEqual([['1']])
})
