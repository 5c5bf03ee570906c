/**
 * test/steps/refine/check-clean: what the expectations let pass, and what they stop.
 *
 * In: a shop of a few orders, copied by a night.
 * Out: proof that good rows pass and each kind of bad row is named.
 * Invariant: the lake is real.
 */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runNight } from '../../../src/steps/extract/run-nights.ts'
import { brokenText, checkClean } from '../../../src/steps/refine/check-clean.ts'
import { aShopProduct, aUser, addOrder, openNightBench, type NightBench } from '../../fixtures/night-shop.ts'

const DAY = '2026-11-23'
let bench: NightBench

beforeEach(async () => {
  bench = await openNightBench('UTC')
  bench.shop.products.push(aShopProduct({ id: 'p1' }))
  bench.shop.users.push(aUser({ id: '42', email: 'ana@example.com' }))
})
afterEach(() => bench.close())

const check = async (expectsUsualDay = false) => {
  const span = { first: '2026-11-09', last: DAY }
  const broken = await checkClean({ lake: bench.lake, clock: bench.clock, ...span, expectsUsualDay })
  return broken.map(brokenText)
}

test('lets a good night pass and says so in the history', async () => {
  addOrder(bench.shop, { id: '1', at: `${DAY}T05:00:00.000000Z`, userId: '42', lines: [['p1', 1, '10.00']] })
  await runNight(DAY, bench.options)
  expect(await check(true)).toEqual([])
  expect(
    await bench.rows(`SELECT DISTINCT status FROM mart.nightly_runs WHERE table_name LIKE '%(expectations)'`),
  ).toEqual([['ok']])
})

test('names each expectation that rows break, and how many', async () => {
  addOrder(bench.shop, { id: '1', at: `${DAY}T05:00:00.000000Z`, userId: 'nobody', lines: [['p1', 0, '10.00']] })
  addOrder(bench.shop, { id: '2', at: `${DAY}T05:00:00.000000Z`, lines: [['gone', 1, '-3.00']] })
  addOrder(bench.shop, { id: '3', at: `${DAY}T05:00:00.000000Z`, lines: [['gone', 1, '3.00']] })
  await runNight(DAY, bench.options)
  expect(await check()).toEqual([
    'clean.orders: totals lie between 0 and 1,000,000, but 1 row breaks it',
    'clean.orders: at most one order in ten names a user whom the shop does not know, but 1 row breaks it',
    'clean.order_details: quantities lie between 1 and 10,000, but 1 row breaks it',
    'clean.order_details: prices lie between 0 and 1,000,000, but 1 row breaks it',
    'clean.order_details: at least half of the lines name a product of the catalogue, but 2 rows break it (at most 1 may)',
  ])
  expect(
    await bench.rows(`SELECT status FROM mart.nightly_runs WHERE table_name = 'clean.orders (expectations)'`),
  ).toEqual([['differs']])
})

test('stops a scheduled night whose newest day is nearly empty, and lets a backfill pass', async () => {
  for (let n = 0; n < 420; n++) {
    const day = String(9 + (n % 14)).padStart(2, '0')
    addOrder(bench.shop, { id: String(n), at: `2026-11-${day}T05:00:00.000000Z`, lines: [['p1', 1, '10.00']] })
  }
  addOrder(bench.shop, { id: 'last', at: `${DAY}T05:00:00.000000Z`, lines: [['p1', 1, '10.00']] })
  await runNight(DAY, { ...bench.options, overlapDays: 14 })
  expect(await check()).toEqual([])
  expect(await check(true)).toEqual([
    'clean.orders: the newest day has at least a tenth of the orders of each of the 14 days before, but 1 row breaks it',
  ])
})
