import { describe, expect, test } from 'vitest'
import type { Product } from '../../../src/parts/event/product.ts'
import type { ServingBatch, StoredList } from '../../../src/parts/serving/slate.ts'
import { embeddedPosition } from '../../../src/parts/stream/position.ts'
import { pageRequest, readSlate } from '../../../src/steps/respond/recommendations.ts'
import { createMemoryServing } from '../../contract/memory/memory-serving.ts'
import { aProduct } from '../../parts/serving/shop-samples.ts'

const list = (asOf: number, ...ids: string[]): StoredList => ({
  slate_id: `slate-${asOf}`,
  items: ids.map((id) => ({
    product_id: id,
    score: 1,
    reason: { code: 'because_you_viewed', params: { product_id: '1' } },
  })),
  computed_at: '2026-11-24T08:00:00.000Z',
  as_of: embeddedPosition(asOf),
})

const soldOut = { variants: [{ variant_id: 'm', size: 'M', stock: 0, price: null }] }

async function shop(
  changes: Partial<ServingBatch> = {},
  products: Product[] = ['1', '2', '3', '4'].map((id) => aProduct(id)),
) {
  const serving = createMemoryServing()
  await serving.write({
    visitors: new Map(),
    visitorsOfUsers: new Map(),
    products,
    lists: new Map([
      ['trending:', list(2, '3', '4')],
      ['new_in:', list(2, '1', '2')],
    ]),
    trends: new Map(),
    checkpoint: { slates: embeddedPosition(9), lists: embeddedPosition(8) },
    ...changes,
  })
  return serving
}

const at = { nowMs: Date.UTC(2026, 10, 24, 8) }

const request = (serving: Awaited<ReturnType<typeof shop>>, query: Record<string, string>) =>
  pageRequest(serving, new Map(Object.entries(query)), null)

const ids = (answer: { items: readonly { product_id: string }[] }) => answer.items.map((item) => item.product_id)

describe('a slate as a page reads it', () => {
  test("is the visitor's own list, filled from what trends, with as_of of that list", async () => {
    const visitor = { user_id: null, home: list(5, '2'), cart: list(5), excluded: [], recent: [], gender: null }
    const serving = await shop({ visitors: new Map([['v1', visitor]]) })
    const answer = readSlate(serving, request(serving, { visitor_id: 'v1', limit: '3' }), at)
    expect(ids(answer)).toEqual(['2', '3', '4'])
    expect(answer).toMatchObject({ slate_id: 'slate-5', placement: 'home', as_of: embeddedPosition(9) })
    expect(answer.items[0]).toMatchObject({
      product_display_name: 'Shirt 2',
      price: '39.90',
      reason: { code: 'because_you_viewed', text: 'Because you looked at Shirt 1' },
    })
  })

  test('leaves out what is sold out, hidden, unknown, in the cart or just bought when it is read', async () => {
    const visitor = {
      user_id: null,
      home: list(5, '1', '2', '3', '4', 'gone'),
      cart: list(5),
      excluded: ['4'],
      recent: [],
      gender: null,
    }
    const products = [aProduct('1', soldOut), aProduct('2', { available: false }), aProduct('3'), aProduct('4')]
    const serving = await shop({ visitors: new Map([['v1', visitor]]) }, products)
    expect(ids(readSlate(serving, request(serving, { visitor_id: 'v1' }), at))).toEqual(['3'])
  })

  test('is never empty: a shop of one product shows it even when it is in the cart', async () => {
    const visitor = { user_id: null, home: list(5), cart: list(5), excluded: ['1'], recent: [], gender: null }
    const lists = new Map([['trending:', list(2, '1')]])
    const serving = await shop({ visitors: new Map([['v1', visitor]]), lists }, [aProduct('1')])
    expect(ids(readSlate(serving, request(serving, { visitor_id: 'v1' }), at))).toEqual(['1'])
  })

  test('gives a new visitor what trends, as of when that was made', async () => {
    const serving = await shop()
    const answer = readSlate(serving, request(serving, { visitor_id: 'nobody' }), at)
    expect(ids(answer)).toEqual(['3', '4', '1', '2'])
    expect(answer.as_of).toEqual(embeddedPosition(2))
  })

  test('finds the visitor last seen for a user, and keeps user 42 apart from visitor 42', async () => {
    const entry = (id: string) => ({
      user_id: null,
      home: list(5, id),
      cart: list(5),
      excluded: [],
      recent: [],
      gender: null,
    })
    const serving = await shop({
      visitors: new Map([
        ['42', entry('1')],
        ['v7', entry('2')],
      ]),
      visitorsOfUsers: new Map([['42', 'v7']]),
    })
    expect(ids(readSlate(serving, request(serving, { user_id: '42', limit: '1' }), at))).toEqual(['2'])
    expect(ids(readSlate(serving, request(serving, { visitor_id: '42', limit: '1' }), at))).toEqual(['1'])
  })

  test('speaks Vietnamese to who asks for it', async () => {
    const serving = await shop({ lists: new Map([['trending:', list(1, '2')]]) })
    const answer = readSlate(serving, request(serving, { placement: 'trending', locale: 'vi-VN' }), at)
    expect(answer.items[0]?.reason.text).toBe('Vì bạn đã xem Shirt 1')
  })

  test("shows a product's own list without the product itself", async () => {
    const serving = await shop({ lists: new Map([['similar:1', list(3, '1', '2')]]) })
    const answer = readSlate(serving, request(serving, { placement: 'product', product_id: '1', limit: '1' }), at)
    expect(ids(answer)).toEqual(['2'])
    expect(answer.as_of).toEqual(embeddedPosition(8))
  })
})

test('what is made for the shopper comes first in lists of the whole shop', async () => {
  const visitor = { user_id: null, home: list(5, '1'), cart: list(5), excluded: [], recent: [], gender: 'Women' }
  const products = [
    aProduct('1', { gender: 'Women' }),
    aProduct('2', { gender: 'Unisex' }),
    aProduct('3', { gender: 'Men' }),
    aProduct('4', { gender: null }),
  ]
  const serving = await shop({ visitors: new Map([['v1', visitor]]) }, products)
  expect(ids(readSlate(serving, request(serving, { visitor_id: 'v1', placement: 'trending' }), at))).toEqual([
    '4',
    '1',
    '2',
    '3',
  ])
  expect(ids(readSlate(serving, request(serving, { visitor_id: 'v1' }), at))).toEqual(['1', '4', '2', '3'])
  expect(ids(readSlate(serving, request(serving, { visitor_id: 'else', placement: 'trending' }), at))).toEqual([
    '3',
    '4',
    '1',
    '2',
  ])
})

describe('a wrong question', () => {
  test.each([
    [
      { limit: '0', visitor_id: 'v' },
      /HEM_HTTP_PARAMETER_INVALID query parameter "limit": expected a whole number from 1 to 50/,
    ],
    [{ limit: '51', visitor_id: 'v' }, /"51"/],
    [{}, /expected visitor_id or user_id for placement home, got neither/],
    [{ visitor_id: 'v', user_id: '42' }, /either visitor_id or user_id/],
    [{ placement: 'footer', visitor_id: 'v' }, /one of home, product, goes_with, cart, trending, recent, new_in/],
    [{ placement: 'product', visitor_id: 'v' }, /a product_id for placement product/],
    [{ placements: 'home,footer', visitor_id: 'v' }, /a list of home, product, .*"footer"/],
    [{ placements: 'home,home', visitor_id: 'v' }, /each placement once/],
    [{ placements: 'home', placement: 'home', visitor_id: 'v' }, /either placement or placements/],
    [{ placements: 'trending,recent' }, /visitor_id or user_id for placement recent/],
    [{ placement: 'goes_with' }, /a product_id for placement goes_with/],
  ])('%j is refused with what was expected', async (query, message) => {
    const serving = await shop()
    expect(() => request(serving, query as Record<string, string>)).toThrow(message)
  })

  test('an unknown product is not found', async () => {
    const serving = await shop()
    const asked = request(serving, { placement: 'product', product_id: '404' })
    expect(() => readSlate(serving, asked, at)).toThrow(/HEM_HTTP_NOT_FOUND product "404"/)
  })
})
