/**
 * test/steps/deliver/dead-letters: what cannot be delivered is set aside, and comes back once.
 *
 * In: poisoned records in the in-memory stream, and a real lake.
 * Out: letters, rows of landing and clean, and the ledger before and after a replay.
 * Invariant: accepted = in landing + dead-letter + erased + pending, at every step.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { HemlineEvent } from '../../../src/parts/event/event.ts'
import type { Lake } from '../../../src/parts/lake/lake.ts'
import { embeddedPosition } from '../../../src/parts/stream/position.ts'
import type { StreamReader, StreamWriter } from '../../../src/parts/stream/port.ts'
import type { StreamRecord } from '../../../src/parts/stream/record.ts'
import { manualClock } from '../../../src/std/clock.ts'
import { balanceOf } from '../../../src/steps/deliver/balance.ts'
import { keepNotLearned, listDeadLetters, replayDeadLetters } from '../../../src/steps/deliver/dead-letters.ts'
import { deliverOnce } from '../../../src/steps/deliver/deliver.ts'
import { openRefiner, type Refiner } from '../../../src/steps/refine/clickstreams.ts'
import { memoryStream } from '../../contract/memory/memory-stream.ts'
import { anEvent } from '../../fixtures/records.ts'
import { openTestLake, rowsOf } from '../../fixtures/test-lake.ts'

const RECEIVED_AT = '2026-11-23T08:00:00.000Z'
let folder: string
let lake: Lake
let refiner: Refiner
let writer: StreamWriter
let reader: StreamReader

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hemline-letters-'))
  lake = await openTestLake(join(folder, 'lake'))
  refiner = await openRefiner({ lake, timeZone: 'UTC' })
  const stream = memoryStream(manualClock(Date.UTC(2026, 10, 23, 8)))
  writer = stream.writer
  reader = stream.reader()
})
afterEach(() => {
  refiner.close()
  lake.close()
  rmSync(folder, { recursive: true, force: true })
})

const send = (...events: readonly Partial<HemlineEvent>[]) =>
  writer.append([{ kind: 'events', received_at: RECEIVED_AT, visitor_key: 'v1', events: events.map(anEvent) }])
const deliver = async () => {
  await deliverOnce({ lake, reader, folder })
  await refiner.once()
}
const replay = (sequence: string | null, corrected: string | null = null) =>
  replayDeadLetters({ lake, folder, refine: refiner.again, sequence, corrected })
const ledger = async () => {
  const { accepted, landed, deadLettered, erased, pending } = await balanceOf(lake, reader)
  expect(accepted).toBe(landed + deadLettered + erased + pending)
  return { landed, deadLettered }
}
const idsIn = async (table: string) => (await rowsOf(lake, `SELECT event_id FROM ${table} ORDER BY 1`)).flat()

/** One good record, one poisoned with two events, one good: all delivered as far as they can be. */
async function deliverPoison(): Promise<void> {
  await send({ event_id: 'e1' })
  await send({ event_id: 'bad', corrected_at: 'not a time' }, { event_id: 'with it' })
  await send({ event_id: 'e3' })
  await deliver()
}

test('a letter tells which record failed, why, and what it held', async () => {
  await deliverPoison()
  expect(await ledger()).toEqual({ landed: 2, deadLettered: 2 })
  const [letter, ...others] = await listDeadLetters(lake, null)
  expect(others).toEqual([])
  expect(letter).toMatchObject({
    position: embeddedPosition(2),
    received_at: RECEIVED_AT,
    consumer: 'deliver',
    code: 'HEM_LAKE_ROWS_INVALID',
  })
  expect((JSON.parse(letter.body) as StreamRecord).kind).toBe('events')
  expect(await listDeadLetters(lake, '2')).toEqual([letter])
  expect(await listDeadLetters(lake, '3')).toEqual([])
})

test('a letter that still cannot be delivered stays, with its reason', async () => {
  await deliverPoison()
  const [answer] = await replay(null)
  expect(answer).toMatchObject({ rows: 0 })
  expect(answer.fault).toContain('HEM_LAKE_ROWS_INVALID')
  expect(await ledger()).toEqual({ landed: 2, deadLettered: 2 })
})

test('a corrected letter lands and is cleaned, once however often it is replayed', async () => {
  await deliverPoison()
  const [letter] = await listDeadLetters(lake, '2')
  const corrected = letter.body.replace('not a time', '2026-11-23T08:00:00.000Z')
  expect(await replay('2', corrected)).toEqual([{ position: embeddedPosition(2), rows: 2, fault: null }])
  expect(await ledger()).toEqual({ landed: 4, deadLettered: 0 })
  expect(await idsIn('landing.clickstreams')).toEqual(['bad', 'e1', 'e3', 'with it'])
  expect(await idsIn('clean.clickstreams')).toEqual(['bad', 'e1', 'e3', 'with it'])
  await expect(replay('2', corrected)).rejects.toMatchObject({ code: 'HEM_DEAD_LETTER_UNKNOWN' })
  await deliver()
  expect(await replay(null)).toEqual([])
  expect(await ledger()).toEqual({ landed: 4, deadLettered: 0 })
})

test('a replay that died before the letter was gone is finished by the next one, without a second row', async () => {
  await deliverPoison()
  const [letter] = await listDeadLetters(lake, '2')
  const corrected = letter.body.replace('not a time', '2026-11-23T08:00:00.000Z')
  const dying = { lake, folder, refine: () => Promise.reject(new Error('killed')), sequence: '2', corrected }
  await expect(replayDeadLetters(dying)).rejects.toThrow('killed')
  await replay('2', corrected)
  expect(await ledger()).toEqual({ landed: 4, deadLettered: 0 })
  expect(await idsIn('clean.clickstreams')).toEqual(['bad', 'e1', 'e3', 'with it'])
})

test('a correction may not bring other events than were acknowledged', async () => {
  await deliverPoison()
  const [letter] = await listDeadLetters(lake, '2')
  const other = letter.body.replace('with it', 'another')
  for (const wrong of [other, 'no JSON', '{"kind":"rules"}']) {
    await expect(replay('2', wrong)).rejects.toMatchObject({ code: 'HEM_DEAD_LETTER_RECORD_INVALID' })
  }
  expect(await ledger()).toEqual({ landed: 2, deadLettered: 2 })
})

test('bytes that the disk altered become a letter, and the records behind them land', async () => {
  await send({ event_id: 'e1' })
  await writer.append([{ kind: 'unreadable', received_at: '', message: 'checksum', bytes: 'AAEC' }])
  await send({ event_id: 'e3' })
  await deliver()
  expect(await idsIn('landing.clickstreams')).toEqual(['e1', 'e3'])
  const [letter] = await listDeadLetters(lake, null)
  expect(letter).toMatchObject({ code: 'HEM_STREAM_RECORD_CORRUPT', received_at: null })
  expect(JSON.parse(letter.body)).toMatchObject({ bytes: 'AAEC' })
})

test('a record that was not learned is kept once, and changes no ledger', async () => {
  await send({ event_id: 'e1' })
  await deliver()
  const [stored] = await reader.read(null, 1)
  const told = { ...stored, message: 'it did not fit' }
  await keepNotLearned({ lake, folder }, told)
  await keepNotLearned({ lake, folder }, told)
  expect(await listDeadLetters(lake, null)).toMatchObject([{ consumer: 'recommend', message: 'it did not fit' }])
  expect(await ledger()).toEqual({ landed: 1, deadLettered: 0 })
  await expect(replay('1')).rejects.toMatchObject({ code: 'HEM_DEAD_LETTER_UNKNOWN' })
})
