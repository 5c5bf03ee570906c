/**
 * test/steps/refine/clickstreams-sql: what the transform makes of a handful of events.
 *
 * In: landing rows as lines of JSON, read by the engine alone, without a lake.
 * Out: sessions, products, dates and copies, checked on tiny data.
 * Invariant: running it in one go or in slices gives the same rows, where events come in order.
 */
import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection } from '@duckdb/node-api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { HemlineEvent } from '../../../src/parts/event/event.ts'
import type { Product } from '../../../src/parts/event/product.ts'
import { CLICKSTREAM_TABLES } from '../../../src/parts/lake/clickstream-tables.ts'
import { quoteName, sqlType } from '../../../src/parts/lake/schema.ts'
import { preludeStatements } from '../../../src/parts/sql/prelude.ts'
import { embeddedPosition } from '../../../src/parts/stream/position.ts'
import { eventLines, productLines } from '../../../src/steps/deliver/landing-rows.ts'
import { bindTransform } from '../../../src/steps/refine/transform.ts'
import { anEvent, aProduct } from '../../fixtures/records.ts'

let connection: DuckDBConnection
let sequence = 0

beforeEach(async () => {
  const instance = await DuckDBInstance.create(':memory:')
  connection = await instance.connect()
  for (const statement of preludeStatements()) await connection.run(statement)
  for (const zone of ['landing', 'clean']) await connection.run(`CREATE SCHEMA ${zone}`)
  for (const { namespace, table, columns } of CLICKSTREAM_TABLES) {
    const list = columns.map((column) => `${quoteName(column.name)} ${sqlType(column.type)}`).join(', ')
    await connection.run(`CREATE TABLE ${namespace}.${table} (${list})`)
  }
  sequence = 0
})
afterEach(() => connection.closeSync())

async function insert(table: string, lines: readonly string[]): Promise<void> {
  const columns = CLICKSTREAM_TABLES.find(
    (definition) => `${definition.namespace}.${definition.table}` === table,
  )?.columns
  for (const line of lines) {
    const values = columns?.map(
      (column) => `CAST(json_extract_string($1, '$.${column.name}') AS ${sqlType(column.type)})`,
    )
    await connection.run(`INSERT INTO ${table} SELECT ${values?.join(', ')}`, [line])
  }
}

async function land(...events: readonly Partial<HemlineEvent>[]): Promise<void> {
  for (const event of events) {
    const record = { kind: 'events', received_at: '', visitor_key: '', events: [anEvent(event)] } as const
    await insert('landing.clickstreams', eventLines(record, embeddedPosition(++sequence)))
  }
}

async function landProduct(changedAt: string, product: Partial<Product>): Promise<void> {
  const record = { kind: 'products', received_at: changedAt, products: [aProduct(product)] } as const
  await insert('landing.product_changes', productLines(record, embeddedPosition(++sequence)))
}

/** Refines everything after the last call. */
let refinedUpto = 0
async function refine(zone = 'UTC'): Promise<void> {
  const position = (at: number): string => embeddedPosition(at).sequence_number
  const tables = Object.fromEntries(
    ['landing.clickstreams', 'landing.product_changes', 'clean.clickstreams'].map((name) => [
      name,
      `SELECT * FROM ${name}`,
    ]),
  )
  const values = { after: position(refinedUpto), upto: position(sequence), zone }
  await connection.run(
    `INSERT INTO clean.clickstreams BY NAME ${bindTransform('clickstreams.sql', { tables, values })}`,
  )
  refinedUpto = sequence
}
beforeEach(() => {
  refinedUpto = 0
})

async function clean(columns: string): Promise<unknown[][]> {
  const reader = await connection.runAndReadAll(`SELECT ${columns} FROM clean.clickstreams ORDER BY event_id`)
  return reader.getRowsJson()
}

const at = (time: string): Partial<HemlineEvent> => ({ corrected_at: `2026-11-23T${time}Z` })

test('an event keeps everything it came with', async () => {
  await land({
    event_id: 'e1',
    unit_price: '39.90',
    quantity: 2,
    properties: { a: { b: "it's" } },
    consent: { analytics: true },
  })
  await refine()
  expect(await clean('event_id, unit_price, quantity, properties, consent, "position", user_id')).toEqual([
    ['e1', '39.90', 2, '{"a":{"b":"it\'s"}}', '{"analytics":true}', null, null],
  ])
})

test('the shop date is the date where the shop is', async () => {
  await land({ event_id: 'e1', ...at('16:59:59.999') }, { event_id: 'e2', ...at('17:00:00.000') })
  await refine('Asia/Ho_Chi_Minh')
  expect(await clean('event_id, shop_date')).toEqual([
    ['e1', '2026-11-23'],
    ['e2', '2026-11-24'],
  ])
})

test('the first copy of an event wins, within a delivery and after it', async () => {
  await land({ event_id: 'e1', query: 'first' }, { event_id: 'e1', query: 'second' })
  await refine()
  await land({ event_id: 'e1', query: 'third', corrected_at: '2026-11-29T00:00:00.000Z' }, { event_id: 'e2' })
  await refine()
  await refine()
  expect(await clean('event_id, query')).toEqual([
    ['e1', 'first'],
    ['e2', null],
  ])
})

test('thirty idle minutes end a session, and visitors do not share one', async () => {
  await land(
    { event_id: 'e1', ...at('08:00:00.000') },
    { event_id: 'e2', ...at('08:30:00.000') },
    { event_id: 'e3', ...at('09:00:00.001') },
    { event_id: 'e4', ...at('08:00:00.000'), visitor_id: null, user_id: 'v1' },
  )
  await refine()
  expect(await clean('event_id, session_id')).toEqual([
    ['e1', 'v1@2026-11-23T08:00:00Z'],
    ['e2', 'v1@2026-11-23T08:00:00Z'],
    ['e3', 'v1@2026-11-23T09:00:00Z'],
    ['e4', 'user:v1@2026-11-23T08:00:00Z'],
  ])
})

test('a session that spans deliveries keeps its name, however many they are', async () => {
  for (const [id, time] of [
    ['e1', '23:50:00.000'],
    ['e2', '23:59:00.000'],
  ] as const) {
    await land({ event_id: id, ...at(time) })
    await refine()
  }
  await land({ event_id: 'e3', corrected_at: '2026-11-24T00:20:00.000Z' })
  await refine()
  const name = 'v1@2026-11-23T23:50:00Z'
  expect(await clean('session_id, shop_date')).toEqual([
    [name, '2026-11-23'],
    [name, '2026-11-23'],
    [name, '2026-11-24'],
  ])
})

test('a late event joins the session it touches, and the earlier of two', async () => {
  await land({ event_id: 'e1', ...at('08:00:00.000') }, { event_id: 'e3', ...at('08:50:00.000') })
  await refine()
  await land({ event_id: 'e2', ...at('08:25:00.000') }, { event_id: 'e0', ...at('07:40:00.000') })
  await refine()
  expect(await clean('event_id, session_id')).toEqual([
    ['e0', 'v1@2026-11-23T08:00:00Z'],
    ['e1', 'v1@2026-11-23T08:00:00Z'],
    ['e2', 'v1@2026-11-23T08:00:00Z'],
    ['e3', 'v1@2026-11-23T08:50:00Z'],
  ])
})

test('the product is the one of that moment, else the earliest known', async () => {
  await landProduct('2026-11-23T08:00:00.000Z', { id: 'p1', base_colour: 'Red', price: '10.00' })
  await landProduct('2026-11-23T09:00:00.000Z', { id: 'p1', base_colour: 'Blue', price: '12.50' })
  await landProduct('2026-11-23T09:00:00.000Z', { id: 'p1', base_colour: 'Green', price: '12.50' })
  await land(
    { event_id: 'e1', ...at('07:00:00.000') },
    { event_id: 'e2', ...at('08:59:59.999') },
    { event_id: 'e3', ...at('09:00:00.000') },
    { event_id: 'e4', ...at('09:00:00.000'), product_id: 'unknown' },
    { event_id: 'e5', ...at('09:00:00.000'), product_id: null },
  )
  await refine()
  expect(await clean('event_id, base_colour, product_price')).toEqual([
    ['e1', 'Red', '10.00'],
    ['e2', 'Red', '10.00'],
    ['e3', 'Green', '12.50'],
    ['e4', null, null],
    ['e5', null, null],
  ])
})

test('slices of a log in order give the rows that one run gives', async () => {
  const events = Array.from({ length: 60 }, (_, index) => ({
    event_id: `e${String(index % 50).padStart(2, '0')}`,
    visitor_id: `v${index % 3}`,
    corrected_at: new Date(Date.UTC(2026, 10, 23, 20) + index * index * 30_000).toISOString(),
  }))
  await land(...events)
  await refine('Asia/Ho_Chi_Minh')
  const atOnce = await clean('event_id, session_id, shop_date, sequence_number')
  await connection.run('DELETE FROM clean.clickstreams')
  await connection.run('DELETE FROM landing.clickstreams')
  sequence = 0
  refinedUpto = 0
  for (let start = 0; start < events.length; start += 7) {
    await land(...events.slice(start, start + 7))
    await refine('Asia/Ho_Chi_Minh')
  }
  expect(await clean('event_id, session_id, shop_date, sequence_number')).toEqual(atOnce)
  expect(atOnce.length).toBe(50)
})
