/**
 * serving.contract: what every serving store must do.
 *
 * In: a way to open an empty store.
 * Out: the same cases for each wing.
 * Invariant: a batch is read back whole, newest wins, what is absent is null.
 */
import { expect, test } from 'vitest'
import type { Rule } from '../../src/parts/event/rule.ts'
import type { ForgettingStore, ServingReader, ServingStore, ServingWriter } from '../../src/parts/serving/port.ts'
import type { ServingBatch, StoredList, TrendEntry, VisitorEntry } from '../../src/parts/serving/slate.ts'
import { embeddedPosition } from '../../src/parts/stream/position.ts'
import { aProduct } from '../parts/serving/shop-samples.ts'

const upTo = (sequence: number) => ({ slates: embeddedPosition(sequence), lists: embeddedPosition(sequence - 1) })

const list = (...ids: string[]): StoredList => ({
  slate_id: ids.join('-'),
  items: ids.map((id) => ({ product_id: id, score: 0.5, reason: { code: 'popular', params: {} } })),
  computed_at: '2026-11-24T08:00:00.000Z',
  as_of: embeddedPosition(7),
})

const entry = (...ids: string[]): VisitorEntry => ({
  user_id: null,
  home: list(...ids),
  cart: list(),
  excluded: [],
  recent: [],
  gender: null,
})

const FALL: TrendEntry = {
  value: 'Fall',
  state: 'rising',
  since: '2026-11-12',
  ratio: 1.6,
  low: 1.5,
  high: 1.8,
  sessions: 12,
  expected_sessions: 7.5,
  share: 0.3,
  expected_share: 0.2,
  products: ['d'],
}

const RULE: Rule = {
  id: 'r',
  action: 'exclude',
  match: { season: ['winter'] },
  placements: [],
  position: null,
  strength: null,
  from: null,
  until: null,
  starts_at: null,
  ends_at: null,
  note: null,
}

const batch = (changes: Partial<ServingBatch>): ServingBatch => ({
  visitors: new Map(),
  visitorsOfUsers: new Map(),
  products: [],
  lists: new Map(),
  trends: new Map(),
  checkpoint: upTo(1),
  ...changes,
})

export interface ServingUnderTest extends ServingWriter, Partial<ForgettingStore> {
  /** What a page would be answered by a reader of the store. */
  ask<Answer>(question: (reader: ServingReader) => Answer): Promise<Answer>
  close(): Promise<void>
}

/** A store whose reader has everything at hand. */
export function atHand(store: ServingStore & Partial<ForgettingStore>): ServingUnderTest {
  return { ...store, ask: async (question) => question(store) }
}

export function servingContract(open: () => Promise<ServingUnderTest>): void {
  const withStore = async (use: (store: ServingUnderTest) => Promise<void>) => {
    const store = await open()
    try {
      await use(store)
    } finally {
      await store.close()
    }
  }

  test('answers null or nothing for what it does not hold', () =>
    withStore(async (store) => {
      expect(await store.ask((reader) => reader.visitor('v1'))).toBeNull()
      expect(await store.ask((reader) => reader.visitorOfUser('42'))).toBeNull()
      expect(await store.ask((reader) => reader.product('15970'))).toBeNull()
      expect(await store.ask((reader) => reader.list('similar', '15970'))).toBeNull()
      expect(await store.ask((reader) => reader.trend('now:season'))).toEqual([])
      expect(await store.ask((reader) => reader.rules())).toEqual([])
      expect(await store.ask((reader) => reader.checkpoint())).toBeNull()
      expect(await store.ask((reader) => reader.productCount())).toBe(0)
    }))

  test('gives back a whole batch with its checkpoint', () =>
    withStore(async (store) => {
      const product = aProduct('15970')
      await store.write(
        batch({
          visitors: new Map([['v1', entry('a', 'b')]]),
          visitorsOfUsers: new Map([['42', 'v1']]),
          products: [product],
          lists: new Map([
            ['similar:15970', list('c')],
            ['trending:', list('d')],
          ]),
          trends: new Map([['now:season', [FALL]]]),
          rules: [RULE],
          checkpoint: upTo(7),
        }),
      )
      expect(await store.ask((reader) => reader.visitor('v1'))).toEqual(entry('a', 'b'))
      expect(await store.ask((reader) => reader.visitorOfUser('42'))).toBe('v1')
      expect(await store.ask((reader) => reader.product('15970'))).toEqual(product)
      expect(await store.ask((reader) => reader.list('similar', '15970'))).toEqual(list('c'))
      expect(await store.ask((reader) => reader.list('trending', ''))).toEqual(list('d'))
      expect(await store.ask((reader) => reader.trend('now:season'))).toEqual([FALL])
      expect(await store.ask((reader) => reader.checkpoint())).toEqual(upTo(7))
      expect(await store.ask((reader) => reader.rules())).toEqual([RULE])
      await store.write(batch({ checkpoint: upTo(8) }))
      expect(await store.ask((reader) => reader.rules())).toEqual([RULE])
      await store.write(batch({ rules: [], checkpoint: upTo(9) }))
      expect(await store.ask((reader) => reader.rules())).toEqual([])
    }))

  test('lets the newest entry win and counts each product once', () =>
    withStore(async (store) => {
      await store.write(batch({ visitors: new Map([['v1', entry('a')]]), products: [aProduct('1'), aProduct('2')] }))
      await store.write(batch({ visitors: new Map([['v1', entry('b')]]), products: [aProduct('2')] }))
      expect(await store.ask((reader) => reader.visitor('v1'))).toEqual(entry('b'))
      expect(await store.ask((reader) => reader.productCount())).toBe(2)
    }))

  test('forgets people and leaves the others', () =>
    withStore(async (store) => {
      const visitors = new Map(['v1', 'v2', 'user:42'].map((key) => [key, entry(key)]))
      const visitorsOfUsers = new Map([
        ['42', 'v1'],
        ['7', 'v2'],
        ['8', 'v1'],
      ])
      await store.write(batch({ visitors, visitorsOfUsers }))
      if (store.forget === undefined || store.clearForgotten === undefined) return
      await store.forget({ visitorKeys: ['v1', 'user:42', 'unknown'], userIds: ['42'] })
      expect(await store.ask((reader) => [reader.visitor('v1'), reader.visitor('user:42')])).toEqual([null, null])
      expect(await store.ask((reader) => [reader.visitorOfUser('42'), reader.visitorOfUser('8')])).toEqual([null, null])
      await store.clearForgotten()
      expect(await store.ask((reader) => [reader.visitor('v2'), reader.visitorOfUser('7')])).toEqual([
        entry('v2'),
        'v2',
      ])
    }))

  test('keeps visitors apart whose ids are longer than a key may be', () =>
    withStore(async (store) => {
      const long = 'x'.repeat(2047)
      await store.write(
        batch({
          visitors: new Map([
            [`${long}1`, entry('a')],
            [`${long}2`, entry('b')],
          ]),
        }),
      )
      expect(await store.ask((reader) => reader.visitor(`${long}1`))).toEqual(entry('a'))
      expect(await store.ask((reader) => reader.visitor(`${long}2`))).toEqual(entry('b'))
    }))
}
