/**
 * test/steps/recommend/score-batch: lists made where sessions rest apart from the model.
 *
 * In: a log with users who log in and share devices; the model as of each record.
 * Out: the same lists as the process that learns; once, whatever is repeated, refused or cut off.
 * Invariant: visitors rest in the in-memory store, the model is a real one.
 */
import { expect, test } from 'vitest'
import { createModel, markPosition, type Model } from '../../../src/parts/model/model.ts'
import type { VisitorStore } from '../../../src/parts/serving/visitor-store.ts'
import { embeddedPosition } from '../../../src/parts/stream/position.ts'
import type { EventsRecord, StoredRecord } from '../../../src/parts/stream/record.ts'
import { applyRecord, emptyTouched } from '../../../src/steps/recommend/apply-record.ts'
import { visitorEntry } from '../../../src/steps/recommend/lists.ts'
import { scoreBatch } from '../../../src/steps/recommend/score-batch.ts'
import { createMemoryVisitors } from '../../contract/memory/memory-visitors.ts'
import { anEvent, aProduct } from '../../fixtures/records.ts'
import { madeLog } from './shop-logs.ts'

const AT = '2026-11-23T08:00:00.000Z'
const never = async () => expect.unreachable()
const placed = (records: readonly StoredRecord['record'][]): StoredRecord[] =>
  records.map((record, place) => ({ position: embeddedPosition(place + 1), record }))
const views = (visitor: string, ...products: readonly string[]): EventsRecord => ({
  kind: 'events',
  received_at: AT,
  visitor_key: visitor,
  events: products.map((product) =>
    anEvent({ event_id: `${visitor}-${product}`, visitor_id: visitor, product_id: product }),
  ),
})

const SMALL_SHOP = createModel()
for (const stored of placed([
  { kind: 'products', received_at: AT, products: ['a', 'b', 'c', 'd'].map((id) => aProduct({ id })) },
]))
  applyRecord(SMALL_SHOP, stored, emptyTouched(), true)

const score = (visitors: VisitorStore, records: readonly StoredRecord[], model: Model = SMALL_SHOP) =>
  scoreBatch(records, { model, visitors, computedAt: '', setAside: never })

test('a model as of the record and memories kept apart give the list that the process which learned it gives', async () => {
  const model = createModel()
  const visitors = createMemoryVisitors()
  let compared = 0
  for (const stored of placed(madeLog(110))) {
    const touched = emptyTouched()
    applyRecord(model, stored, touched, true)
    markPosition(model, stored.position.sequence_number)
    await score(visitors, [stored], model)
    for (const key of touched.visitors) {
      const entry = visitorEntry({ model, asOf: stored.position, computedAt: '' }, key)
      expect((await visitors.read([key])).get(key)?.entry).toEqual(entry)
      compared++
    }
    for (const [userId, key] of touched.visitorsOfUsers) expect(await visitors.visitorOfUser(userId)).toBe(key)
  }
  expect(compared).toBeGreaterThan(90)
})

test('a record that comes again changes nothing, nor do its events in another record', async () => {
  const visitors = createMemoryVisitors()
  const [first, second] = placed([views('v', 'a', 'b'), views('v', 'b', 'c')])
  await score(visitors, [first, second])
  const before = (await visitors.read(['v'])).get('v')
  expect(before?.memory.state?.items).toEqual(['a', 'b', 'c'])
  expect(await score(visitors, [first, second])).toEqual({ written: 0, setAside: 0, failed: null })
  await score(visitors, [{ ...first, position: embeddedPosition(9) }])
  const after = (await visitors.read(['v'])).get('v')
  expect(after?.memory).toEqual(before?.memory)
  expect(after?.position).toEqual(embeddedPosition(9))
})

test('a record that cannot be followed is set aside, and the records around it count', async () => {
  const visitors = createMemoryVisitors()
  const poison = { kind: 'events', received_at: AT, visitor_key: 'v', events: [null] } as unknown as EventsRecord
  const kept: string[] = []
  const done = await scoreBatch(placed([views('v', 'a'), poison, views('v', 'b')]), {
    model: SMALL_SHOP,
    visitors,
    computedAt: '',
    setAside: async ({ position }) => void kept.push(position.sequence_number),
  })
  expect(done).toEqual({ written: 1, setAside: 1, failed: null })
  expect(kept).toEqual([embeddedPosition(2).sequence_number])
  expect((await visitors.read(['v'])).get('v')?.memory.state?.items).toEqual(['a', 'b'])
})

test('a store that refuses one visitor gives the place to begin again, and the others are written', async () => {
  const visitors = createMemoryVisitors()
  const fault = new Error('throttled')
  const refusing: VisitorStore = {
    ...visitors,
    write: (key, visitor) => (key === 'w' ? Promise.reject(fault) : visitors.write(key, visitor)),
  }
  const records = placed([views('v', 'a'), views('w', 'a'), views('v', 'b'), views('w', 'b')])
  expect(await score(refusing, records)).toEqual({
    written: 1,
    setAside: 0,
    failed: { from: embeddedPosition(2), fault },
  })
  expect(await score(visitors, records.slice(1))).toEqual({ written: 1, setAside: 0, failed: null })
  expect((await visitors.read(['w'])).get('w')?.memory.state?.items).toEqual(['a', 'b'])
})

test('what an account did on a device goes with it when another takes the device over', async () => {
  const visitors = createMemoryVisitors()
  const as = (user: string, ...products: readonly string[]): EventsRecord => {
    const record = views('v', ...products)
    return {
      ...record,
      events: record.events.map((event) => ({ ...event, event_id: user + event.event_id, user_id: user })),
    }
  }
  await score(visitors, placed([as('ada', 'a', 'b'), as('bob', 'c')]))
  const found = await visitors.read(['v', 'user:ada'])
  expect(found.get('v')?.entry).toMatchObject({ user_id: 'bob', recent: ['c'] })
  expect(found.get('user:ada')?.entry).toMatchObject({ user_id: 'ada', recent: ['b', 'a'] })
  expect([await visitors.visitorOfUser('ada'), await visitors.visitorOfUser('bob')]).toEqual(['user:ada', 'v'])
})
