/**
 * test/steps/refine/refused: rows that clean does not take are kept with the reason, each once.
 *
 * In: events that repeat an id, truly or by mistake, and rows that lack what clean needs.
 * Out: rows of landing.quarantine, and what is in clean.
 * Invariant: every row of landing is in clean, repeated there, or in quarantine.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { HemlineEvent } from '../../../src/parts/event/event.ts'
import type { Lake } from '../../../src/parts/lake/lake.ts'
import type { StreamReader, StreamWriter } from '../../../src/parts/stream/port.ts'
import { manualClock } from '../../../src/std/clock.ts'
import { deliverOnce } from '../../../src/steps/deliver/deliver.ts'
import { openRefiner } from '../../../src/steps/refine/clickstreams.ts'
import { memoryStream } from '../../contract/memory/memory-stream.ts'
import { anEvent } from '../../fixtures/records.ts'
import { openTestLake, rowsOf } from '../../fixtures/test-lake.ts'

let folder: string
let lake: Lake
let writer: StreamWriter
let reader: StreamReader
const clock = manualClock(Date.UTC(2026, 10, 23, 8))

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hemline-refused-'))
  lake = await openTestLake(join(folder, 'lake'))
  const stream = memoryStream(clock)
  writer = stream.writer
  reader = stream.reader()
})
afterEach(() => {
  lake.close()
  rmSync(folder, { recursive: true, force: true })
})

/** More than a day later, so that the stream takes an id again. */
async function send(event: Partial<HemlineEvent>): Promise<void> {
  clock.advance(25 * 3_600_000)
  const received_at = new Date(clock.nowMs()).toISOString()
  await writer.append([
    { kind: 'events', received_at, visitor_key: 'v1', events: [anEvent({ received_at, ...event })] },
  ])
}

async function refine(of: Lake = lake) {
  await deliverOnce({ lake, reader, folder })
  const refiner = await openRefiner({ lake: of, timeZone: 'UTC' })
  try {
    return await refiner.once()
  } finally {
    refiner.close()
  }
}

const refused = () =>
  rowsOf(
    lake,
    `SELECT sequence_number, code, message, json_extract_string(body, '$.product_id') FROM landing.quarantine
     WHERE reason = 'not_cleaned' ORDER BY 1`,
  )
const at = (sequence: number) => String(sequence).padStart(20, '0')

test('an id that stands for something else is refused, in one batch and in a later one; a true repeat is not', async () => {
  await send({ event_id: 'e1', product_id: 'p1' })
  await send({ event_id: 'e1', product_id: 'p1', corrected_at: '2026-11-24T09:00:00.000Z' })
  await send({ event_id: 'e1', product_id: 'p2' })
  expect(await refine()).toMatchObject({ rows: 1, refused: 1 })
  await send({ event_id: 'e1', event_type: 'purchase' })
  await send({ event_id: 'e2' })
  expect(await refine()).toMatchObject({ rows: 1, refused: 1 })
  expect(await refused()).toEqual([
    [at(3), 'HEM_CLEAN_ID_REUSED', 'its event_id stands for an event with another product_id', 'p2'],
    [at(4), 'HEM_CLEAN_ID_REUSED', 'its event_id stands for an event with another event_type', 'p1'],
  ])
  expect(await rowsOf(lake, 'SELECT event_id, product_id FROM clean.clickstreams ORDER BY 1')).toEqual([
    ['e1', 'p1'],
    ['e2', 'p1'],
  ])
})

test('a row without an id or a time is refused, and no part of clean is without a date', async () => {
  await send({ event_id: 'e1' })
  await refine()
  // As another engine may write them.
  const row = "* REPLACE (NULL AS {}, '{}' AS sequence_number)"
  const { tables } = await lake.snapshot(['landing.clickstreams'])
  const connection = await lake.connect([])
  const rows = [
    ['event_id', at(2)],
    ['corrected_at', at(3)],
  ].map(
    ([column, sequence]) => `SELECT ${row.replace('{}', column).replace('{}', sequence)} FROM (${tables[0].select})`,
  )
  const checkpoint = { sink: 'deliver', value: `0:${at(3)}` }
  await lake.append('landing.clickstreams', { sql: rows.join(' UNION ALL '), connection }, { checkpoint })
  connection.closeSync()
  const refiner = await openRefiner({ lake, timeZone: 'UTC' })
  expect(await refiner.once()).toMatchObject({ rows: 0, refused: 2 })
  refiner.close()
  expect((await refused()).map((found) => found.slice(1, 3))).toEqual([
    ['HEM_CLEAN_ROW_INCOMPLETE', 'it has no event_id'],
    ['HEM_CLEAN_ROW_INCOMPLETE', 'it has no time'],
  ])
  expect(await rowsOf(lake, 'SELECT count(*) FROM clean.clickstreams WHERE shop_date IS NULL')).toEqual([['0']])
})

test('a batch that is repeated after a crash keeps no row twice', async () => {
  await send({ event_id: 'e1', product_id: 'p1' })
  await send({ event_id: 'e1', product_id: 'p2' })
  await deliverOnce({ lake, reader, folder })
  let commits = 0
  const dying = await openTestLake(join(folder, 'lake'), (point) => {
    // The second commit of the batch is that of clean.
    if (point === 'metadata committed') commits++
    if (point === 'manifest written' && commits === 1) throw new Error('killed')
  })
  await expect(refine(dying)).rejects.toThrow('killed')
  dying.close()
  expect(await refused()).toHaveLength(1)
  expect(await refine()).toMatchObject({ rows: 1, refused: 0 })
  expect(await refused()).toHaveLength(1)
})
