/**
 * test/steps/extract/night-copies: a night in two halves, with nothing between them but files.
 *
 * In: a shop of a few orders; a file store in memory; a real lake.
 * Out: proof of dates, late edits, replay and privacy.
 * Invariant: the first half never sees the lake.
 */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lastNight } from '../../../src/steps/extract/due-nights.ts'
import { fetchCopy, storeNight, storedNights } from '../../../src/steps/extract/night-copies.ts'
import { landNight, recordFinished } from '../../../src/steps/extract/run-nights.ts'
import { openMemoryLake, type MemoryLake } from '../../contract/memory/memory-lake.ts'
import { aShopProduct, aUser, addOrder, openNightBench, type NightBench } from '../../fixtures/night-shop.ts'

let bench: NightBench
let between: MemoryLake

beforeEach(async () => {
  bench = await openNightBench('Europe/Berlin')
  between = openMemoryLake(bench.clock)
  bench.shop.products.push(aShopProduct({ id: 'p1' }))
  bench.shop.users.push(aUser({ id: '42', email: 'ada@example.org', first_name: 'Ada' }))
})
afterEach(() => {
  bench.close()
  between.dispose()
})

const store = () => storeNight({ ...bench.options, files: between.files, copiesFolder: 'extract' })

async function landAll(): Promise<readonly (readonly string[])[]> {
  const { lake, clock } = bench.options
  const nights = await storedNights(between.files, 'extract', await lastNight(lake))
  for (const { dates, copies } of nights) {
    for (const copy of copies) await landNight(await fetchCopy(between.files, copy), { lake, clock })
    await recordFinished(dates, { lake, clock, startedAt: '2026-11-24T05:00:00.000Z' })
  }
  return nights.map(({ dates }) => dates)
}

const ORDERS = `SELECT CAST(shop_date AS VARCHAR), order_id, CAST(total_price AS VARCHAR) FROM clean.orders ORDER BY 1, 2`
const order = (id: string, at: string, price = '10.00') => addOrder(bench.shop, { id, at, lines: [['p1', 1, price]] })

test('copies what is due since the first order, and then each night what was missed', async () => {
  order('1', '2026-11-22T12:00:00Z')
  order('2', '2026-11-23T12:00:00Z')
  expect(await store()).toEqual(['2026-11-22', '2026-11-23'])
  expect(await store()).toEqual([])
  expect(await landAll()).toEqual([['2026-11-22', '2026-11-23']])
  bench.clock.advance(2 * 86_400_000)
  order('3', '2026-11-25T12:00:00Z')
  expect(await store()).toEqual(['2026-11-24', '2026-11-25'])
  expect(await landAll()).toEqual([['2026-11-24', '2026-11-25']])
  expect(await landAll()).toEqual([])
  expect(await bench.rows(ORDERS)).toEqual([
    ['2026-11-22', '1', '10.00'],
    ['2026-11-23', '2', '10.00'],
    ['2026-11-25', '3', '10.00'],
  ])
})

test('a night that was stored and not landed is landed with the next one, in order', async () => {
  order('1', '2026-11-23T12:00:00Z')
  await store()
  bench.clock.advance(86_400_000)
  order('2', '2026-11-24T12:00:00Z')
  await store()
  expect(await landAll()).toEqual([['2026-11-23'], ['2026-11-24']])
})

test('an old day that was edited since the copy before is copied once more', async () => {
  order('1', '2026-11-10T12:00:00Z')
  order('2', '2026-11-23T12:00:00Z')
  await store()
  await landAll()
  bench.clock.advance(86_400_000)
  bench.shop.orders[0] = { ...bench.shop.orders[0], total_price: '9.00' }
  await store()
  await landAll()
  expect(await bench.rows(ORDERS)).toEqual([
    ['2026-11-10', '1', '9.00'],
    ['2026-11-23', '2', '10.00'],
  ])
})

test('names nobody in the files between', async () => {
  order('1', '2026-11-23T12:00:00Z')
  await store()
  const files = await between.files.list('extract')
  const texts = await Promise.all(
    files.map(async ({ path }) => Buffer.from(await between.files.read(path)).toString('utf8')),
  )
  expect(texts.join('\n')).toContain('"user_id":"42"')
  expect(texts.join('\n')).not.toMatch(/ada/i)
})
