import { describe, expect, test } from 'vitest'
import type { Product } from '../../../src/parts/event/product.ts'
import { normaliseRule } from '../../../src/parts/event/rule-schema.ts'
import { shopDayBounds } from '../../../src/parts/shopdb/shop-day.ts'
import type { StoredList } from '../../../src/parts/serving/slate.ts'
import { embeddedPosition } from '../../../src/parts/stream/position.ts'
import { previewRule } from '../../../src/steps/respond/preview.ts'
import { pageRequest, readPage } from '../../../src/steps/respond/recommendations.ts'
import { createMemoryServing } from '../../contract/memory/memory-serving.ts'
import { aProduct } from '../../parts/serving/shop-samples.ts'

const nowMs = Date.UTC(2026, 10, 24, 8)

const list = (...ids: string[]): StoredList => ({
  slate_id: 's',
  items: ids.map((id, place) => ({ product_id: id, score: 1 - place / 10, reason: { code: 'popular', params: {} } })),
  computed_at: '2026-11-24T08:00:00.000Z',
  as_of: embeddedPosition(5),
})

const rule = (wire: Record<string, unknown>) => normaliseRule(wire, (date) => shopDayBounds(date, 'UTC'))

const shirts = ['1', '2', '3', '4', '5', '6'].map((id) =>
  aProduct(id, { base_colour: Number(id) % 2 === 0 ? 'Red' : 'Blue' }),
)

async function shop(rules: Record<string, unknown>[], products: Product[] = shirts, excluded: string[] = []) {
  const serving = createMemoryServing()
  const visitor = {
    user_id: null,
    home: list('1', '2', '3', '4', '5'),
    cart: list(),
    excluded,
    recent: ['2', '5'],
    gender: null,
  }
  await serving.write({
    visitors: new Map([['v', visitor]]),
    visitorsOfUsers: new Map(),
    products,
    lists: new Map([
      ['trending:', list('5', '6', '1')],
      ['new_in:', list('6', '4')],
    ]),
    trends: new Map(),
    rules: rules.map(rule),
    checkpoint: { slates: embeddedPosition(5), lists: embeddedPosition(5) },
  })
  return serving
}

type Shop = Awaited<ReturnType<typeof shop>>

function shown(serving: Shop, query: Record<string, string> = {}, atMs = nowMs): Record<string, string> {
  const request = pageRequest(serving, new Map(Object.entries({ visitor_id: 'v', limit: '5', ...query })), null)
  const slates = readPage(serving, request, { nowMs: atMs })
  return Object.fromEntries(
    slates.map((slate) => [slate.placement, slate.items.map((item) => item.product_id).join(' ')]),
  )
}

describe('rules of the merchandiser, when a slate is read', () => {
  test.each([
    ['nothing to do', [], '1 2 3 4 5'],
    ['exclude a colour', [{ action: 'exclude', match: { base_colour: 'red' } }], '1 3 5'],
    ['bury a colour', [{ action: 'bury', match: { base_colour: 'Blue' } }], '2 4 1 3 5'],
    ['boost a product', [{ action: 'boost', match: { product_id: '5' }, strength: 3 }], '1 5 2 3 4'],
    ['pin one that the list lacks', [{ action: 'pin', match: { product_id: '6' }, position: 2 }], '1 6 2 3 4'],
    ['pin one further up', [{ action: 'pin', match: { product_id: '4' } }], '4 1 2 3 5'],
    ['pin the best of a colour', [{ action: 'pin', match: { base_colour: 'Red' } }], '2 1 3 4 5'],
    [
      'pin two at one place',
      [
        { id: 'a', action: 'pin', match: { product_id: '6' } },
        { id: 'b', action: 'pin', match: { product_id: '5' } },
      ],
      '6 5 1 2 3',
    ],
    [
      'exclude what is pinned',
      [
        { action: 'pin', match: { product_id: '6' } },
        { action: 'exclude', match: { product_id: '6' } },
      ],
      '1 2 3 4 5',
    ],
    [
      'every field must fit',
      [{ action: 'exclude', match: { base_colour: 'Red', product_id: ['2', '3'] } }],
      '1 3 4 5 6',
    ],
    ['another placement', [{ action: 'exclude', match: { base_colour: 'Red' }, placements: 'trending' }], '1 2 3 4 5'],
  ])('%s', async (_, rules, expected) => {
    expect(shown(await shop(rules))).toEqual({ home: expected })
  })

  test('hold from the first instant of their first day to the last of their last', async () => {
    const serving = await shop([
      { action: 'exclude', match: { product_id: '1' }, from: '2026-11-25', until: '2026-11-25' },
    ])
    const startMs = Date.UTC(2026, 10, 25)
    const isShown = (atMs: number) => shown(serving, {}, atMs)['home'].startsWith('1')
    expect([startMs - 1, startMs, startMs + 86_399_999, startMs + 86_400_000].map(isShown)).toEqual([
      true,
      false,
      false,
      true,
    ])
  })

  test('ask for an attribute of the shop, and say that the shop chose a pin', async () => {
    const products = [...shirts.slice(0, 5), aProduct('6', { attributes: { Fit: 'Slim' } })]
    const serving = await shop([{ action: 'pin', match: { 'attributes.Fit': 'slim', product_id: '6' } }], products)
    const request = pageRequest(serving, new Map([['visitor_id', 'v']]), 'vi')
    const [slate] = readPage(serving, request, { nowMs })
    expect(slate.items[0].reason).toEqual({ code: 'shop_pick', params: {}, text: 'Cửa hàng chọn cho bạn' })
    expect(slate.items[1].reason.code).toBe('popular')
  })

  test('never show what is sold out, in the cart or just bought, whatever is pinned', async () => {
    const products = [...shirts.slice(0, 5), aProduct('6', { available: false })]
    const pins = ['5', '6'].map((id) => ({ action: 'pin', match: { product_id: id } }))
    expect(shown(await shop(pins, products, ['5']))).toEqual({ home: '1 2 3 4' })
  })

  test('leave what a visitor looked at alone, but for what is excluded', async () => {
    const rules = [
      { action: 'pin', match: { product_id: '6' } },
      { action: 'bury', match: { product_id: '2' } },
    ]
    expect(shown(await shop(rules), { placement: 'recent' })).toEqual({ recent: '2 5' })
    const hidden = await shop([...rules, { action: 'exclude', match: { product_id: '2' } }])
    expect(shown(hidden, { placement: 'recent' })).toEqual({ recent: '5' })
  })

  test('can be seen before they are put, as of their first day', async () => {
    const serving = await shop([{ id: 'old', action: 'exclude', match: { product_id: '1' } }])
    const request = pageRequest(serving, new Map([['visitor_id', 'v']]), null)
    const later = rule({ action: 'pin', match: { product_id: '6' }, from: '2027-01-01' })
    const preview = previewRule(serving, { rule: later, request, nowMs })
    expect(preview.before[0].items.map((item) => item.product_id)).toEqual(['2', '3', '4', '5', '6'])
    expect(preview.after[0].items.map((item) => item.product_id)).toEqual(['6', '2', '3', '4', '5'])
    expect(preview.changes).toBe(true)
    const replaced = rule({ id: 'old', action: 'exclude', match: { product_id: '2' } })
    const [after] = previewRule(serving, { rule: replaced, request, nowMs }).after
    expect(after.items.map((item) => item.product_id)).toEqual(['1', '3', '4', '5', '6'])
  })
})

describe('a page of several placements', () => {
  test('shows no product and no style twice, and the first placement has the first choice', async () => {
    expect(shown(await shop([]), { placements: 'trending,home,new_in', limit: '2' })).toEqual({
      trending: '5 6',
      home: '1 2',
      new_in: '4',
    })
    const sameStyle = shirts.map((product) => ({ ...product, style_id: product.base_colour ?? '' }))
    expect(shown(await shop([], sameStyle), { placements: 'home,trending', limit: '5' })).toEqual({
      home: '1 2',
      trending: '',
    })
  })

  test('shows no other colour of what is in the cart while there is anything else', async () => {
    const inStyle = (id: string) => aProduct(id, { style_id: Number(id) < 3 ? 'a' : id })
    const products = ['1', '2', '3', '4'].map(inStyle)
    expect(shown(await shop([], products, ['1']))).toEqual({ home: '3 4' })
    expect(shown(await shop([], products.slice(0, 2), ['1']))).toEqual({ home: '2' })
    expect(shown(await shop([], products.slice(0, 1), ['1']))).toEqual({ home: '1' })
  })

  test('shows what the visitor looked at, newest first, and nothing to who looked at nothing', async () => {
    const serving = await shop([])
    expect(shown(serving, { placements: 'recent,home', limit: '3' })).toEqual({ recent: '2 5', home: '1 3 4' })
    expect(shown(serving, { visitor_id: 'new', placement: 'recent' })).toEqual({ recent: '' })
  })

  test('fills places from what trends, then from what is new', async () => {
    expect(shown(await shop([]), { visitor_id: 'new', limit: '4' })).toEqual({ home: '5 6 1 4' })
  })

  test('tells the sizes to be had', async () => {
    const variant = (size: string, stock: number | null) => ({ variant_id: size, size, stock, price: null })
    const products = [aProduct('1', { variants: [variant('S', 0), variant('M', 2), variant('L', null)] })]
    const serving = await shop([], products)
    const [slate] = readPage(serving, pageRequest(serving, new Map([['visitor_id', 'v']]), null), { nowMs })
    expect(slate.items[0].sizes_in_stock).toEqual(['M', 'L'])
  })
})
