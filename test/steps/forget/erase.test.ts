/**
 * test/steps/forget/erase: a person leaves the stream and the lake, and does not come back.
 *
 * In: a small shop, its clicks in an in-memory stream, a real lake.
 * Out: what the files hold, the ledger, sums, the next night.
 * Invariant: every file of the lake is decoded; others keep every row.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { admissionBy, personHash, type Erasure } from '../../../src/parts/access/suppression.ts'
import { LAKE_TABLES } from '../../../src/parts/lake/tables.ts'
import { PERSONAL_TABLES } from '../../../src/parts/lake/personal-tables.ts'
import type { HemlineEvent } from '../../../src/parts/event/event.ts'
import { balanceOf } from '../../../src/steps/deliver/balance.ts'
import { deliverOnce } from '../../../src/steps/deliver/deliver.ts'
import { runNight } from '../../../src/steps/extract/run-nights.ts'
import { eraseFromLake } from '../../../src/steps/forget/erase-lake.ts'
import { quarantinedRows, streamRemains } from '../../../src/steps/forget/erase-stream.ts'
import { findTrace } from '../../../src/steps/forget/trace.ts'
import { openRefiner } from '../../../src/steps/refine/clickstreams.ts'
import { buildMarts } from '../../../src/steps/report/build-marts.ts'
import { memoryStream } from '../../contract/memory/memory-stream.ts'
import { filesHolding } from '../../fixtures/decoded-files.ts'
import { addOrder, aShopProduct, aUser, HASH_KEY, openNightBench, type NightBench } from '../../fixtures/night-shop.ts'
import { anEvent } from '../../fixtures/records.ts'

const ERASED_AT = '2026-11-24T05:00:00.000Z'
const USER = 'user-0-forgetme'
const EMAIL = 'forget@me.example'

let bench: NightBench
let stream: ReturnType<typeof memoryStream>

beforeAll(async () => {
  bench = await openNightBench('UTC')
  stream = memoryStream(bench.clock)
  const { shop } = bench
  // Theirs is the first and the last id in order, so that bounds of columns hold it.
  shop.users.push(aUser({ id: USER, email: EMAIL, sex: 'f' }), aUser({ id: 'user-1', email: 'b@x' }))
  shop.products.push(aShopProduct({ id: 'p1' }))
  addOrder(shop, { id: 'o1', at: '2026-11-22T10:00:00Z', lines: [['p1', 2, '10.00']], userId: USER })
  addOrder(shop, { id: 'o2', at: '2026-11-22T11:00:00Z', lines: [['p1', 1, '7.50']], userId: 'user-1' })
})
afterAll(() => bench.close())

let sent = 0
async function send(visitor: string, ...events: readonly Partial<HemlineEvent>[]): Promise<void> {
  const received_at = `2026-11-22T12:00:${String(sent++).padStart(2, '0')}.000Z`
  const head = { visitor_id: visitor, received_at, corrected_at: received_at, consent: { marketing: true } }
  await stream.writer.append([
    {
      kind: 'events',
      received_at,
      visitor_key: visitor,
      events: events.map((event, nth) => anEvent({ event_id: `${visitor}/${sent}/${nth}`, ...head, ...event })),
    },
  ])
}

async function deliver(): Promise<void> {
  const { lake } = bench
  await deliverOnce({ lake, reader: stream.reader(), folder: bench.options.temporaryFolder })
  const refiner = await openRefiner({ lake, timeZone: 'UTC' })
  await refiner.once()
  refiner.close()
}

const night = () => runNight('2026-11-22', bench.options)
const marts = () =>
  buildMarts({
    lake: bench.lake,
    first: '2026-11-22',
    last: '2026-11-22',
    only: ['sales_daily', 'customer', 'consent'],
  })
const sums = () =>
  bench.rows(`SELECT (SELECT sum(total_price) FROM clean.orders), (SELECT sum(net) FROM clean.order_details),
    (SELECT sum(net) FROM mart.sales_daily)`)

const erasure: Erasure = {
  erasure_id: 'e1',
  kind: 'user',
  people: [personHash('user', USER, HASH_KEY)],
  erased_at: ERASED_AT,
  state: 'due',
  readmitted_at: null,
  receipt: null,
}

/** @param known null as after a crash, when only the hash is left */
async function forget(known: string | null) {
  const { lake } = bench
  const trace = await findTrace(erasure, known, { lake, hashKey: HASH_KEY })
  const quarantined = await quarantinedRows(lake, trace)
  const remains = await streamRemains(lake, stream.reader(), { trace, quarantined })
  await stream.writer.erase(remains)
  const removed = await eraseFromLake(lake, { erasure, trace, quarantined, hashKey: HASH_KEY }, () => undefined)
  return { trace, remains, removed }
}

test('every table with a column that names a person says what becomes of its rows', () => {
  const naming = ['user_id', 'visitor_id', 'visitor_key', 'session_id', 'email_hash', 'body']
  const tables = LAKE_TABLES.filter(({ columns }) => columns.some(({ name }) => naming.includes(name)))
  const names = tables.map(({ namespace, table }) => `${namespace}.${table}`)
  expect(names.toSorted()).toEqual(Object.keys(PERSONAL_TABLES).toSorted())
})

test('a person leaves every file, others and all sums stay, and no night brings them back', async () => {
  await send('v-known', { user_id: USER, query: 'marker-known' })
  await send('v-known', { properties: { note: 'marker-before' } })
  await send('v-tablet', { user_id: USER }, { query: 'marker-tablet' }, { user_id: 'user-1', query: 'stays-1' })
  await send('v-tablet', { query: 'stays-2' })
  await send('v-other', { user_id: 'user-1', query: 'stays-3' })
  await stream.writer.append([
    {
      kind: 'quarantine',
      received_at: '2026-11-22T12:30:00.000Z',
      refused: [
        { index: 0, code: 'HEM_EVENT_INVALID', message: 'no type', body: `{"user":"${USER}","x":"marker-refused"}` },
        { index: 1, code: 'HEM_EVENT_INVALID', message: 'no type', body: '{"user":"user-1","x":"stays-4"}' },
      ],
    },
  ])
  await deliver()
  await night()
  await marts()
  const texts = [USER, 'v-known', 'marker-known', 'marker-before', 'marker-tablet', 'marker-refused']
  const found = await filesHolding(bench.folder, [...texts, EMAIL])
  expect(texts.filter((text) => !found.some((file) => file.endsWith(text)))).toEqual([])
  // The address never came in.
  expect(found.filter((file) => file.endsWith(EMAIL))).toEqual([])
  const sumsBefore = [['27.50', '27.50', '27.50']]
  expect(await sums()).toEqual(sumsBefore)

  const { remains } = await forget(USER)
  expect(remains).toHaveLength(4)
  expect(await filesHolding(bench.folder, texts)).toEqual([])
  expect(JSON.stringify(await stream.reader().read(null, 100))).not.toMatch(/forgetme|v-known|marker/u)
  const staying = ['stays-1', 'stays-2', 'stays-3', 'stays-4']
  const kept = await filesHolding(bench.folder, staying)
  expect(staying.filter((text) => !kept.some((file) => file.endsWith(text)))).toEqual([])
  expect(await sums()).toEqual(sumsBefore)
  expect(await balanceOf(bench.lake, stream.reader())).toMatchObject({
    accepted: 7,
    landed: 3,
    deadLettered: 0,
    erased: 4,
    pending: 0,
    refused: 1,
    quarantined: 1,
  })

  const { options } = bench
  bench.options = { ...options, admission: admissionBy([erasure], HASH_KEY) }
  expect(await night()).toMatchObject({ orders: 2, users: 1 })
  await marts()
  expect(await filesHolding(bench.folder, [USER])).toEqual([])
  expect(await bench.rows('SELECT user_id FROM clean.orders ORDER BY order_id')).toEqual([[null], ['user-1']])
  expect(await sums()).toEqual(sumsBefore)
})

test('a run that was killed is completed by the hash alone, and a customer who came back begins anew', async () => {
  // Of rows that tell whose a browser was, some are gone already; its hash was noted.
  await send('v-phone', { query: 'marker-again' })
  await deliver()
  const noted = { ...erasure, people: [...erasure.people, personHash('visitor', 'v-phone', HASH_KEY)] }
  const trace = await findTrace(noted, null, { lake: bench.lake, hashKey: HASH_KEY })
  expect(trace).toMatchObject({ userIds: [], visitorIds: ['v-phone'] })
  const what = { erasure: noted, trace, quarantined: [], hashKey: HASH_KEY }
  await eraseFromLake(bench.lake, what, () => undefined)
  expect(await filesHolding(bench.folder, ['v-phone', 'marker-again'])).toEqual([])

  const readmitted = { ...erasure, readmitted_at: '2026-11-22T10:30:00.000Z' }
  addOrder(bench.shop, { id: 'o3', at: '2026-11-22T12:00:00Z', lines: [['p1', 1, '1.00']], userId: USER })
  bench.options = { ...bench.options, admission: admissionBy([readmitted], HASH_KEY) }
  expect(await night()).toMatchObject({ orders: 3, users: 2 })
  expect(await bench.rows('SELECT order_id, user_id FROM clean.orders ORDER BY 1')).toEqual([
    ['o1', null],
    ['o2', 'user-1'],
    ['o3', USER],
  ])
})
