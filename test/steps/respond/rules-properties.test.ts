import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isBuyable } from '../../../src/parts/event/product.ts'
import { normaliseRule } from '../../../src/parts/event/rule-schema.ts'
import type { StoredList } from '../../../src/parts/serving/slate.ts'
import { embeddedPosition } from '../../../src/parts/stream/position.ts'
import { pageRequest, readPage } from '../../../src/steps/respond/recommendations.ts'
import { createMemoryServing } from '../../contract/memory/memory-serving.ts'
import { aProduct } from '../../parts/serving/shop-samples.ts'

const nowMs = Date.UTC(2026, 10, 24)
const IDS = Array.from({ length: 12 }, (_, n) => String(n))
const COLOURS = ['Red', 'Blue', 'Green']

const anyProducts = fc.tuple(
  ...IDS.map((id) =>
    fc
      .record({
        available: fc.boolean(),
        base_colour: fc.constantFrom(...COLOURS),
        style_id: fc.constantFrom(...IDS),
        gender: fc.constantFrom('Men', 'Women', 'Unisex', null),
      })
      .map((fields) => aProduct(id, fields)),
  ),
)
const anyMatch = fc.oneof(
  fc.record({ product_id: fc.constantFrom(...IDS) }),
  fc.record({ base_colour: fc.constantFrom(...COLOURS) }),
)
const anyRules = fc.array(
  fc
    .record({ action: fc.constantFrom('pin', 'boost', 'bury', 'exclude'), match: anyMatch })
    .map((rule) => normaliseRule(rule, () => ({ startMs: 0, endMs: 0 }))),
  { maxLength: 5 },
)
const anyList = fc.shuffledSubarray(IDS).map((ids): StoredList => ({
  slate_id: 's',
  items: ids.map((id) => ({ product_id: id, score: 1, reason: { code: 'popular', params: {} } })),
  computed_at: '2026-11-24T00:00:00.000Z',
  as_of: embeddedPosition(1),
}))
const anyShop = fc.record({
  products: anyProducts,
  rules: anyRules,
  home: anyList,
  trending: anyList,
  newIn: anyList,
  excluded: fc.subarray(IDS, { maxLength: 3 }),
  gender: fc.constantFrom('Men', 'Women', null),
  limit: fc.integer({ min: 1, max: 12 }),
})

test('whatever the rules, a page shows each style once and nothing hidden, excluded, or in the cart while there is more', async () => {
  await fc.assert(
    fc.asyncProperty(anyShop, async ({ products, rules, home, trending, newIn, excluded, gender, limit }) => {
      const serving = createMemoryServing()
      await serving.write({
        visitors: new Map([['v', { user_id: null, home, cart: home, excluded, recent: [], gender }]]),
        visitorsOfUsers: new Map(),
        products,
        lists: new Map([
          ['trending:', trending],
          ['new_in:', newIn],
        ]),
        trends: new Map(),
        rules,
        checkpoint: { slates: embeddedPosition(1), lists: embeddedPosition(1) },
      })
      const query = new Map(
        Object.entries({ visitor_id: 'v', placements: 'home,trending,new_in', limit: String(limit) }),
      )
      const read = (given: typeof rules) =>
        readPage(serving, pageRequest(serving, query, null), { nowMs, rules: given })
      const shown = read(rules).flatMap((slate) => slate.items)
      const hidden = rules.filter((rule) => rule.action === 'exclude')
      for (const { product_id: id, available, base_colour: colour } of shown) {
        expect(isBuyable({ available, variants: [] })).toBe(true)
        const isHidden = hidden.some(({ match }) =>
          match['product_id']
            ? match['product_id'].includes(id)
            : match['base_colour'].includes(String(colour).toLowerCase()),
        )
        expect(isHidden).toBe(false)
      }
      expect(new Set(shown.map((item) => item.style_id)).size).toBe(shown.length)
      for (const slate of read(rules)) {
        const inCart = slate.items.filter((item) => excluded.includes(item.product_id))
        // Only a slate that would else be empty shows them.
        expect(inCart.length === 0 || inCart.length === slate.items.length).toBe(true)
      }
      const [before, after] = [
        read([]),
        read(rules.filter((rule) => rule.action === 'boost' || rule.action === 'bury')),
      ]
      expect(after[0].items.length).toBeGreaterThanOrEqual(Math.min(limit, before[0].items.length))
    }),
    { numRuns: 300, seed: 21 },
  )
})
