import { expect, test } from 'vitest'
import { simulateClicks } from '../../../src/tools/simulate/clicks.ts'
import { demoShop } from '../../../src/tools/simulate/demo-shop.ts'
import { isoTimeOf, lineOf, uuidAt } from '../../../src/tools/simulate/wire-text.ts'
import { seededRandom } from '../../../src/tools/simulate/random.ts'

const options = { seed: 5, nowMs: Date.parse('2026-11-23T10:15:00Z'), timeZone: 'Europe/Berlin', scale: 0.05 }

test('a line is what JSON.stringify gives, for every kind of event', () => {
  const shop = demoShop({ ...options, story: { days: 60, trends: 6 } })
  const events = [...simulateClicks(shop, 60)]
  expect(new Set(events.map((event) => event.event_type)).size).toBeGreaterThan(10)
  for (const event of events) expect(lineOf(event)).toBe(JSON.stringify(event))
})

test('times are those of toISOString, also at the ends of days and before them', () => {
  for (const ms of [0, 1, 86_399_999, 86_400_000, 1_795_000_000_123])
    expect(isoTimeOf(ms)).toBe(new Date(ms).toISOString())
})

test('an id holds its time, the version and the variant', () => {
  const id = uuidAt(1_795_000_000_123, seededRandom(1, 'id'))
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(1_795_000_000_123)
})

test('a story has more orders where recommendations are shown, reduced prices, and products that come back', () => {
  const shop = demoShop({ ...options, scale: 0.15, story: { days: 90, trends: 6 } })
  const types = new Map<string, number>()
  for (const { event_type } of simulateClicks(shop, 90)) types.set(event_type, (types.get(event_type) ?? 0) + 1)
  const share = (type: string, of: string) => (types.get(type) ?? 0) / (types.get(of) ?? 1)
  expect(share('refund', 'purchase')).toBeGreaterThan(0.15)
  expect(share('refund', 'purchase')).toBeLessThan(0.45)
  expect(share('recommendation_click', 'recommendation_view')).toBeGreaterThan(0.1)
  expect(shop.truth.recommendation_lift).toBeGreaterThan(0.1)
  expect(shop.truth.promotions.length).toBeGreaterThan(0)
})
