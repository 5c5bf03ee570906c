/**
 * test/wings/embedded/forgotten-bytes: what is erased is not in the files any more.
 *
 * In: streams and serving stores of real LMDB, with values of all sizes, changed and removed in an order that a seed fixes.
 * Out: a search of the raw bytes.
 * Invariant: the search finds the markers before, so that finding none afterwards says something.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { VisitorEntry } from '../../../src/parts/serving/slate.ts'
import { embeddedPosition } from '../../../src/parts/stream/position.ts'
import type { StoredRecord } from '../../../src/parts/stream/record.ts'
import { manualClock } from '../../../src/std/clock.ts'
import { openServingStore } from '../../../src/wings/embedded/serving/lmdb-serving.ts'
import { createServingFacts } from '../../../src/wings/embedded/serving/serving-facts.ts'
import { openStreamTrimmer } from '../../../src/wings/embedded/stream/lmdb-trimmer.ts'
import { openStreamWriter } from '../../../src/wings/embedded/stream/lmdb-writer.ts'
import { anEvent } from '../../fixtures/records.ts'

const RECEIVED_AT = '2026-11-23T08:00:00.000Z'
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hemline-bytes-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const bytesOf = () => readFileSync(join(folder, 'data.mdb'))
/** 0 to `below`, the same for the same number. */
const mixed = (number: number, below: number) => (Math.imul(number, 0x9e3779b1) >>> 8) % below

test('bytes of erased records are not in the stream, nor those of records that retention removed', async () => {
  const writer = await openStreamWriter({ folder, clock: manualClock(Date.parse(RECEIVED_AT)), randomBytes })
  const trimmer = openStreamTrimmer(folder)
  const isTheirs = (number: number) => mixed(number, 10) === 0
  const record = (number: number) => {
    // Most fit a page with others, some take pages of their own.
    const text = 'x'.repeat(mixed(number + 7, 20) === 0 ? 3000 + mixed(number, 9000) : mixed(number, 400))
    const word = isTheirs(number) ? 'marker' : 'stays'
    const events = [anEvent({ event_id: `e${number}`, properties: { a: `${word}-a`, text, b: `${word}-b` } })]
    return { kind: 'events' as const, received_at: RECEIVED_AT, visitor_key: 'v', events }
  }
  for (let first = 1; first <= 2000; first += 50) {
    await writer.append(Array.from({ length: 50 }, (_, nth) => record(first + nth)))
  }
  await trimmer.removeUpTo(embeddedPosition(321))
  expect(bytesOf().includes('marker-a')).toBe(true)
  const remains: StoredRecord[] = []
  for (let number = 1; number <= 2000; number++) {
    const erased = { kind: 'erased' as const, received_at: RECEIVED_AT, events: 1 }
    if (isTheirs(number)) remains.push({ position: embeddedPosition(number), record: erased })
  }
  await writer.erase(remains)
  const bytes = bytesOf()
  expect([bytes.includes('marker-a'), bytes.includes('marker-b'), bytes.includes('stays-a')]).toEqual([
    false,
    false,
    true,
  ])
  expect(trimmer.oldest(1)[0]?.position).toEqual(embeddedPosition(322))
  await writer.append([record(2001)])
  await trimmer.close()
  await writer.close()
})

test('bytes of forgotten people are not in the serving store, whatever was written in between', async () => {
  const store = openServingStore({ folder, facts: createServingFacts().memory })
  const at = { slates: embeddedPosition(1), lists: embeddedPosition(1) }
  const empty = { visitors: new Map(), visitorsOfUsers: new Map(), products: [], lists: new Map(), trends: new Map() }
  const list = { slate_id: 's', items: [], as_of: embeddedPosition(1), computed_at: RECEIVED_AT }
  const entry = (user: string, round: number): VisitorEntry => ({
    user_id: user,
    home: list,
    cart: list,
    excluded: Array.from({ length: mixed(round, 300) }, (_, nth) => `product-${nth}`),
    recent: [],
    gender: null,
  })
  for (let round = 0; round < 1500; round++) {
    const number = mixed(round, 400)
    const user = `user-${number}-marker`
    const visitors = new Map([[`visitor-${number}-marker`, entry(user, round)]])
    const visitorsOfUsers = new Map([[user, `visitor-${number}-marker`]])
    await store.write({ ...empty, visitors, visitorsOfUsers, checkpoint: at })
  }
  const words = (number: number) => [`visitor-${number}-marker`, `user-${number}-marker`]
  const numbers = Array.from({ length: 400 }, (_, number) => number).filter((number) => number % 7 === 0)
  const before = bytesOf()
  expect(numbers.flatMap(words).filter((word) => before.includes(word)).length).toBeGreaterThan(50)
  const kept = Array.from({ length: 400 }, (_, number) => `visitor-${number}-marker`).filter(
    (_, number) => number % 7 > 0,
  )
  const others = kept.map((key) => store.visitor(key))
  await store.forget({
    visitorKeys: numbers.map((number) => `visitor-${number}-marker`),
    userIds: numbers.map((number) => `user-${number}-marker`),
  })
  await store.clearForgotten()
  const bytes = bytesOf()
  expect(numbers.flatMap(words).filter((word) => bytes.includes(word))).toEqual([])
  expect(kept.map((key) => store.visitor(key))).toEqual(others)
  await store.close()
})
