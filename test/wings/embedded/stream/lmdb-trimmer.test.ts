/**
 * test/wings/embedded/stream/lmdb-trimmer: the old end of the stream goes, and nothing else does.
 *
 * In: a stream on disk whose records come a day apart.
 * Out: what is left after trimming by age and by size.
 * Invariant: sequence numbers go on, whatever was removed.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { embeddedPosition } from '../../../../src/parts/stream/position.ts'
import type { StreamRecord } from '../../../../src/parts/stream/record.ts'
import { isTrimDue, trimLog, type RetentionLimits } from '../../../../src/parts/stream/retention.ts'
import { manualClock } from '../../../../src/std/clock.ts'
import { openStreamReader } from '../../../../src/wings/embedded/stream/lmdb-reader.ts'
import { openStreamTrimmer, type StreamTrimmer } from '../../../../src/wings/embedded/stream/lmdb-trimmer.ts'
import { openStreamWriter, type EmbeddedStreamWriter } from '../../../../src/wings/embedded/stream/lmdb-writer.ts'
import { anEvent } from '../../../contract/stream.contract.ts'

const DAY_MS = 24 * 3_600_000
const FIRST_DAY_MS = Date.UTC(2026, 10, 1)
const TODAY_MS = FIRST_DAY_MS + 20 * DAY_MS
const ALL = embeddedPosition(1_000_000)
const BY_AGE: RetentionLimits = { maxAgeMs: 7 * DAY_MS, maxBytes: 1e12 }

let folder: string
let writer: EmbeddedStreamWriter
let log: StreamTrimmer
const openWriter = () => openStreamWriter({ folder, clock: manualClock(TODAY_MS), randomBytes, minFreeBytes: 0 })

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hemline-trim-'))
  writer = await openWriter()
  log = openStreamTrimmer(folder)
})
afterEach(async () => {
  await log.close()
  await writer.close()
  rmSync(folder, { recursive: true, force: true })
})

const recordOfDay = (day: number, id: string): StreamRecord => ({
  kind: 'events',
  received_at: new Date(FIRST_DAY_MS + day * DAY_MS).toISOString(),
  visitor_key: 'v-1',
  events: [anEvent(id)],
})
const appendDays = (days: number) =>
  writer.append(Array.from({ length: days }, (_, day) => recordOfDay(day, `e-${day}`)))
const numbersLeft = async () => {
  const reader = openStreamReader({ folder, doorbell: writer.doorbell.memory })
  const left = (await reader.read(null, 100)).map(({ position }) => Number(position.sequence_number))
  await reader.close()
  return left
}
const trim = (limits: RetentionLimits, upTo = ALL, maxSlices = 100) =>
  trimLog(log, { limits, nowMs: TODAY_MS, upTo, maxSlices })

test('what is older than the limit goes, by whole slices of a hundred', async () => {
  const old = Array.from({ length: 250 }, (_, nth) => recordOfDay(0, `old-${nth}`))
  await writer.append([...old, recordOfDay(19, 'young'), recordOfDay(19, 'newest')])
  expect(isTrimDue(log, BY_AGE, TODAY_MS)).toBe(true)
  expect(await trim(BY_AGE)).toEqual({ records: 200, isBehind: false })
  expect(isTrimDue(log, BY_AGE, FIRST_DAY_MS + 7 * DAY_MS)).toBe(false)
})

test('nothing goes that delivery or the base does not cover', async () => {
  await appendDays(12)
  expect(await trim(BY_AGE, embeddedPosition(4))).toMatchObject({ records: 4 })
  expect(await numbersLeft()).toEqual([5, 6, 7, 8, 9, 10, 11, 12])
})

test('a log over its size loses its oldest records, however young', async () => {
  for (let nth = 0; nth < 20; nth++) {
    await writer.append(Array.from({ length: 100 }, (_, of) => recordOfDay(20, `e-${nth}-${of}`)))
  }
  const whole = log.bytes()
  const limits = { maxAgeMs: 7 * DAY_MS, maxBytes: whole / 2 }
  expect(isTrimDue(log, limits, TODAY_MS)).toBe(true)
  await trim(limits)
  expect(log.bytes()).toBeLessThan(whole * 0.46)
  expect(log.bytes()).toBeGreaterThan(whole * 0.35)
})

test('sequence numbers go on after all but the newest record went and the stream was opened again', async () => {
  await appendDays(5)
  expect(await trim({ ...BY_AGE, maxBytes: 1 })).toMatchObject({ records: 4 })
  await writer.close()
  writer = await openWriter()
  expect(writer.oldestSequence()).toBe(5)
  expect(Number((await writer.append([recordOfDay(20, 'next')])).last.sequence_number)).toBe(6)
  expect((await writer.append([recordOfDay(20, 'e-1')])).duplicateEventIds).toEqual(['e-1'])
})

test('the file stops growing while as much is removed as comes in', async () => {
  const round = async (nth: number) => {
    for (let group = 0; group < 10; group++) {
      await writer.append(Array.from({ length: 100 }, (_, of) => recordOfDay(20, `e-${nth}-${group}-${of}`)))
    }
    const upTo = embeddedPosition(nth * 1000)
    await trimLog(log, { limits: { maxAgeMs: -1, maxBytes: 1e12 }, nowMs: TODAY_MS, upTo, maxSlices: 100 })
    return statSync(join(folder, 'data.mdb')).size
  }
  const sizes: number[] = []
  for (let nth = 0; nth < 8; nth++) sizes.push(await round(nth))
  expect(sizes.at(-1)).toBeLessThan((sizes[2] ?? 0) * 1.2)
})
