import { expect, test } from 'vitest'
import { packEntry, packList, unpackEntry, unpackList } from '../../../src/parts/serving/packed.ts'
import type { SlateItem, StoredList } from '../../../src/parts/serving/slate.ts'
import { embeddedPosition } from '../../../src/parts/stream/position.ts'

const because = (productId: string) => ({ code: 'because_viewed', params: { product_id: productId } })
const item = (id: string, viewed: string): SlateItem => ({ product_id: id, score: 0.25, reason: because(viewed) })
const list = (items: readonly SlateItem[]): StoredList => ({
  slate_id: 's',
  items,
  computed_at: '2026-11-24T08:00:00.000Z',
  as_of: embeddedPosition(7),
})

test('gives back the list it packed, and tells each reason once', () => {
  const made = list([item('a', '1'), item('b', '2'), item('c', '1')])
  const packed = packList(made)
  expect(packed.at(-1)).toEqual([because('1'), because('2')])
  expect(unpackList(JSON.parse(JSON.stringify(packed)))).toEqual(made)
})

test('keeps a visitor with two lists of 60 within 4 KB', () => {
  const home = list(Array.from({ length: 60 }, (_, n) => item(String(10_000 + n), String(n % 5))))
  const entry = { user_id: '42', home, cart: home, excluded: ['15970'], recent: ['15970'], gender: 'Men' }
  const text = JSON.stringify(packEntry(entry))
  expect(text.length).toBeLessThan(4096)
  expect(unpackEntry(JSON.parse(text))).toEqual(entry)
})
