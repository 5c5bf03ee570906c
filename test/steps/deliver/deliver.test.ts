/**
 * test/steps/deliver/deliver: the stream comes into the landing zone once, whatever happens.
 *
 * In: the in-memory stream and a real lake.
 * Out: rows, checkpoints, counts, dead letters.
 * Invariant: accepted = in landing + dead-letter, after every test.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { HemlineEvent } from '../../../src/parts/event/event.ts'
import type { Lake } from '../../../src/parts/lake/lake.ts'
import type { StreamReader, StreamWriter } from '../../../src/parts/stream/port.ts'
import { manualClock } from '../../../src/std/clock.ts'
import { deliverOnce, deliveredUpto } from '../../../src/steps/deliver/deliver.ts'
import { freshTailSelect, openFreshTail } from '../../../src/steps/deliver/fresh-tail.ts'
import { memoryStream } from '../../contract/memory/memory-stream.ts'
import { anEvent, aProduct } from '../../fixtures/records.ts'
import { openTestLake, rowsOf } from '../../fixtures/test-lake.ts'

const RECEIVED_AT = '2026-11-23T08:00:00.000Z'
let folder: string
let lake: Lake
let writer: StreamWriter
let reader: StreamReader

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hemline-deliver-'))
  lake = await openTestLake(join(folder, 'lake'))
  const stream = memoryStream(manualClock(Date.UTC(2026, 10, 23, 8)))
  writer = stream.writer
  reader = stream.reader()
})
afterEach(() => {
  lake.close()
  rmSync(folder, { recursive: true, force: true })
})

const send = (...events: readonly Partial<HemlineEvent>[]) =>
  writer.append([{ kind: 'events', received_at: RECEIVED_AT, visitor_key: 'v1', events: events.map(anEvent) }])

test('events, products and refused events land in their tables, and a second call changes nothing', async () => {
  await send({ event_id: 'e1', properties: { size: 'M' } }, { event_id: 'e2', unit_price: '39.90' })
  await writer.append([
    { kind: 'products', received_at: RECEIVED_AT, products: [aProduct({ id: 'p1', attributes: { fit: 'slim' } })] },
    {
      kind: 'quarantine',
      received_at: RECEIVED_AT,
      refused: [{ index: 3, code: 'HEM_EVENT_INVALID', message: 'no event_type', body: '{"x":"ü"}' }],
    },
  ])
  expect(await deliverOnce({ lake, reader, folder })).toMatchObject({
    read: 3,
    events: 2,
    products: 1,
    quarantined: 1,
    deadLettered: 0,
    isBehind: false,
  })
  expect(await deliverOnce({ lake, reader, folder })).toMatchObject({ read: 0, events: 0 })
  expect(
    await rowsOf(lake, 'SELECT event_id, unit_price, properties, record_index FROM landing.clickstreams ORDER BY 1'),
  ).toEqual([
    ['e1', null, '{"size":"M"}', 0],
    ['e2', '39.90', '{}', 1],
  ])
  expect(await rowsOf(lake, 'SELECT product_id, price, attributes, changed_at FROM landing.product_changes')).toEqual([
    ['p1', '19.90', '{"fit":"slim"}', '2026-11-23 08:00:00'],
  ])
  expect(await rowsOf(lake, 'SELECT reason, code, body, request_index FROM landing.quarantine')).toEqual([
    ['refused', 'HEM_EVENT_INVALID', '{"x":"ü"}', 3],
  ])
})

test('a delivery is bounded, says that it is behind, and the next one goes on', async () => {
  for (let index = 0; index < 5; index++) await send({ event_id: `e${index}` })
  const limits = { maxRows: 2, maxBytes: 1_000_000 }
  const deliveries = [1, 2, 3].map(() => deliverOnce)
  const counts: [number, boolean][] = []
  for (const deliver of deliveries) {
    const { events, isBehind } = await deliver({ lake, reader, folder, limits })
    counts.push([events, isBehind])
  }
  expect(counts).toEqual([
    [2, true],
    [2, true],
    [1, false],
  ])
  expect(await deliveredUpto(lake)).toEqual(await reader.tail())
})

test('a record that cannot be written is set aside with its bytes, and those around it land', async () => {
  await send({ event_id: 'e1' })
  await send({ event_id: 'bad', corrected_at: 'not a time' }, { event_id: 'with it' })
  await send({ event_id: 'e3' })
  await send({ event_id: 'bad too', unit_price: '99999999999999.00' })
  await writer.append([
    { kind: 'products', received_at: RECEIVED_AT, products: [aProduct({ id: 'p1', price: 'free' })] },
  ])
  await writer
    .append([{ kind: 'events', received_at: RECEIVED_AT, visitor_key: 'v1', events: null as never }])
    .catch(() => undefined)
  await send({ event_id: 'e5' })
  const delivery = await deliverOnce({ lake, reader, folder })
  expect(delivery).toMatchObject({ events: 2 + 1, products: 0, deadLettered: 3, isBehind: false })
  expect(await rowsOf(lake, 'SELECT event_id FROM landing.clickstreams ORDER BY 1')).toEqual([['e1'], ['e3'], ['e5']])
  const letters = await rowsOf(
    lake,
    `SELECT reason, code, body LIKE '%not a time%' FROM landing.quarantine ORDER BY sequence_number`,
  )
  expect(letters).toEqual([
    ['dead_letter', 'HEM_LAKE_ROWS_INVALID', true],
    ['dead_letter', 'HEM_LAKE_ROWS_INVALID', false],
    ['dead_letter', 'HEM_LAKE_ROWS_INVALID', false],
  ])
  expect(await deliverOnce({ lake, reader, folder })).toMatchObject({ read: 0 })
})

test('a lake that cannot commit sets nothing aside, and the next call delivers', async () => {
  await send({ event_id: 'e1' })
  const broken = await openTestLake(join(folder, 'lake'), () => {
    throw new Error('no space left on device')
  })
  await expect(deliverOnce({ lake: broken, reader, folder })).rejects.toThrow('no space')
  broken.close()
  expect(await rowsOf(lake, 'SELECT * FROM landing.quarantine')).toEqual([])
  expect(await deliverOnce({ lake, reader, folder })).toMatchObject({ events: 1, deadLettered: 0 })
})

test('the fresh tail holds what landing does not, and starts anew when landing catches up', async () => {
  const path = join(folder, 'tail.ndjson')
  const tail = await openFreshTail(reader, path)
  const seen = () =>
    rowsOf(lake, `SELECT event_id, unit_price, corrected_at FROM (${freshTailSelect(path)}) ORDER BY 1`)
  await send({ event_id: 'e1', unit_price: '1.50' })
  await tail.refresh(await deliveredUpto(lake))
  await send({ event_id: 'e2' })
  await tail.refresh(await deliveredUpto(lake))
  expect(await seen()).toEqual([
    ['e1', '1.50', '2026-11-23 08:00:00'],
    ['e2', null, '2026-11-23 08:00:00'],
  ])
  await deliverOnce({ lake, reader, folder })
  await send({ event_id: 'e3' })
  expect(await tail.refresh(await deliveredUpto(lake))).toMatchObject({ rows: 1 })
  expect((await seen()).map(([id]) => id)).toEqual(['e3'])
})
