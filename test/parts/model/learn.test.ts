import { describe, expect, test } from 'vitest'
import { learn } from '../../../src/parts/model/learn/learn.ts'
import { teaches } from '../../../src/parts/model/learn/train-ranker.ts'
import { createModel, type Model } from '../../../src/parts/model/model.ts'
import { gatherList, describeList, rankItems, rankVisitor } from '../../../src/parts/model/rank/rank.ts'
import { FEATURES } from '../../../src/parts/model/rank/feature-names.ts'
import { EVENT_SIZE, itemOf, NEXT, PREVIOUS, SAME_ITEM, weightOf } from '../../../src/parts/model/state/chains.ts'
import { hash32 } from '../../../src/parts/model/state/random.ts'
import { findItem } from '../../../src/parts/model/state/items.ts'
import { openShop, PRODUCTS } from './shop.ts'

function chainOf(model: Model, visitorKey: string): string[] {
  const session = model.sessions.get(visitorKey)
  const chain: string[] = []
  if (session === undefined || session.number < 0) return chain
  const { chains, items } = model
  for (
    let event = chains.sessionLast[session.number];
    event >= 0;
    event = chains.events[event * EVENT_SIZE + PREVIOUS]
  ) {
    chain.unshift(`${items.productIds[itemOf(chains, event)]}:${weightOf(chains, event)}`)
  }
  return chain
}

describe('learning an event', () => {
  test('links a session in the order of the log', () => {
    const shop = openShop([])
    shop.view('ann', 'a')
    shop.view('bob', 'b')
    shop.view('ann', 'c')
    expect(chainOf(shop.model, 'ann')).toEqual(['a:1', 'c:1'])
    expect(chainOf(shop.model, 'bob')).toEqual(['b:1'])
  })

  test('a cart or purchase of the newest item makes its event heavier, of another item adds one', () => {
    const shop = openShop([])
    shop.view('ann', 'a', 'b')
    shop.act('ann', 'cart', 'b')
    shop.act('ann', 'cart', 'a')
    shop.act('ann', 'purchase', 'a')
    expect(chainOf(shop.model, 'ann')).toEqual(['a:1', 'b:2', 'a:3'])
  })

  test('a removal from the cart changes the cart alone', () => {
    const shop = openShop([])
    shop.act('ann', 'cart', 'a', 'b')
    shop.act('ann', 'remove', 'a')
    expect(chainOf(shop.model, 'ann')).toEqual(['a:2', 'b:2'])
    expect(shop.model.sessions.get('ann')?.cart.map((item) => shop.model.items.productIds[item])).toEqual(['b'])
  })

  test('thirty idle minutes end a visit, a late event does not', () => {
    const shop = openShop([])
    shop.view('ann', 'a')
    shop.pass(29)
    shop.view('ann', 'b')
    expect(chainOf(shop.model, 'ann')).toEqual(['a:1', 'b:1'])
    shop.pass(-300)
    shop.view('ann', 'c')
    expect(chainOf(shop.model, 'ann')).toEqual(['a:1', 'b:1', 'c:1'])
    shop.pass(400)
    shop.view('ann', 'd')
    expect(chainOf(shop.model, 'ann')).toEqual(['d:1'])
  })

  test('a full index drops its oldest half and keeps its links right', () => {
    const shop = openShop([], { maxEvents: 16 })
    for (let i = 0; i < 40; i++) shop.view(`v${i % 3}`, `p${i % 5}`)
    const { chains, items } = shop.model
    expect(chains.count).toBeLessThanOrEqual(16)
    expect(chains.dropped + chains.count).toBe(40)
    let counted = 0
    for (let item = 0; item < items.productIds.length; item++) {
      let events = 0
      for (let event = items.head[item]; event >= 0; event = chains.events[event * EVENT_SIZE + SAME_ITEM]) {
        expect(itemOf(chains, event)).toBe(item)
        events++
      }
      expect(events).toBe(items.events[item])
      counted += events
    }
    expect(counted).toBe(chains.count)
    for (let event = 0; event < chains.count; event++) {
      const next = chains.events[event * EVENT_SIZE + NEXT]
      if (next >= 0) expect(chains.events[next * EVENT_SIZE + PREVIOUS]).toBe(event)
    }
  })

  test('two thousand events all teach, then ever fewer, down to one in sixteen', () => {
    const share = (from: number, count: number): number =>
      Array.from({ length: count }, (_, i) => teaches(from + i)).filter(Boolean).length / count
    expect(share(0, 2000)).toBe(1)
    expect(share(2000, 63_000)).toBeCloseTo(1 / 3, 2)
    expect(share(65_536, 190_000)).toBeCloseTo(1 / 6, 2)
    expect(share(1_100_000, 100_000)).toBeCloseTo(1 / 16, 2)
  })
})

describe('ranking', () => {
  test('sees a shopper in the index as it would see them outside it', () => {
    const others = (shop: ReturnType<typeof openShop>): void => {
      for (let i = 0; i < 30; i++) shop.view(`other${i}`, `shirt${i % 7}`, `shirt${(i + 1) % 7}`, `bag${i % 6}`)
    }
    const inside = openShop(PRODUCTS)
    others(inside)
    inside.view('ann', 'shirt2', 'bag1', 'shirt2')
    const query = inside.model.sessions.get('ann')
    const own = { items: query?.items ?? [], itemCount: 3, session: query?.number ?? -1 }
    const size = gatherList(inside.model, own)
    describeList(inside.model, own)
    const fromLog = inside.model.scratch.features.slice(0, size * FEATURES)
    const eventsOfOwn = inside.model.scratch.ownEvents.slice(0, 2)

    const outside = openShop(PRODUCTS)
    others(outside)
    const items = ['shirt2', 'bag1', 'shirt2'].map((id) => findItem(outside.model.items, id))
    const bare = { items, itemCount: 3, session: -1 }
    expect(gatherList(outside.model, bare)).toBe(size)
    describeList(outside.model, bare)
    expect(outside.model.scratch.ownEvents.slice(0, 2)).toEqual(eventsOfOwn)
    const fromBare = outside.model.scratch.features.slice(0, size * FEATURES)
    // The three events themselves make ages (17, 31) longer and move embeddings (54 to 57); all counts must agree.
    const apart = new Set<number>()
    for (const [i, value] of fromBare.entries()) if (Math.abs(value - fromLog[i]) > 0.01) apart.add(i % FEATURES)
    expect([...apart].filter((feature) => ![17, 31, 54, 55, 56, 57].includes(feature))).toEqual([])
  })

  test('every feature is a finite number, from the first event on', () => {
    const shop = openShop([])
    for (let i = 0; i < 300; i++) {
      shop.view(`v${i % 7}`, `p${(i * i) % 23}`)
      const session = shop.model.sessions.get(`v${(i + 3) % 7}`)
      if (session === undefined) continue
      const query = { items: session.items, itemCount: session.itemCount, session: session.number }
      const size = gatherList(shop.model, query)
      describeList(shop.model, query)
      const features = shop.model.scratch.features.subarray(0, size * FEATURES)
      expect(features.every((value) => Number.isFinite(value))).toBe(true)
    }
    expect(shop.model.ranker.weights.every((weight) => Number.isFinite(weight))).toBe(true)
    expect(shop.model.ranker.lists).toBeGreaterThan(50)
  })

  test('learns what this shop does: shoppers here always go back to the first product', () => {
    const shop = openShop([])
    for (let i = 0; i < 600; i++) {
      const [first, second, third] = [1, 2, 3].map((salt) => `p${hash32(i * 4 + salt) % 40}`)
      shop.view(`v${i}`, first, second, third, first)
    }
    shop.view('ann', 'p3', 'p9', 'p14')
    const [top] = rankVisitor(shop.model, 'ann', 1)
    expect(shop.model.items.productIds[top]).toBe('p3')
  })

  test('a list that is not full looks three sessions past its neighbours, and no further', () => {
    const shop = openShop([])
    const products = ['a', 'b', 'c', 'd', 'e', 'f']
    for (let i = 1; i < products.length; i++) shop.view(`v${i}`, products[i - 1], products[i])
    const a = findItem(shop.model.items, 'a')
    const listed = Array.from(rankItems(shop.model, [a], 20), (item) => shop.model.items.productIds[item])
    expect(listed.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('a stranger and an unknown list of items get nothing to rank', () => {
    const model = createModel()
    expect([...rankVisitor(model, 'nobody', 20)]).toEqual([])
    expect([...rankItems(model, [], 20)]).toEqual([])
  })

  test('equal logs give equal lists', () => {
    const make = (): number[] => {
      const model = createModel()
      for (let i = 0; i < 400; i++) {
        const productId = `p${(i * 31) % 37}`
        learn(model, { visitorKey: `v${i % 40}`, productId, action: 'view', timeMs: i * 1000, position: '' })
      }
      return [...rankVisitor(model, 'v5', 20)]
    }
    const list = make()
    expect(list).toHaveLength(20)
    expect(make()).toEqual(list)
  })
})
