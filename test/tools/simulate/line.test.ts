import { expect, test } from 'vitest'
import { daysOfClicks } from '../../../src/tools/simulate/clicks.ts'
import { demoShop } from '../../../src/tools/simulate/demo-shop.ts'
import { bytesAtMost, headOf, textOf, writeLine, type Line } from '../../../src/tools/simulate/line.ts'
import { eventOf } from '../../../src/tools/simulate/wire.ts'

const options = { seed: 5, nowMs: Date.parse('2026-11-23T10:15:00Z'), timeZone: 'Europe/Berlin', scale: 0.05 }

const lineAt = (atMs: number, change: Partial<Line> = {}): Line => ({
  atMs,
  arrivesMs: atMs,
  head: headOf('"visitor_id":"v-1","client_sequence":'),
  sequence: 10,
  chance: -7,
  rest: ',"query":"größe"}\n',
  ...change,
})

test('a line is what JSON.stringify gives, for every kind of event, and takes no more room than it says', () => {
  const shop = demoShop({ ...options, story: { days: 60, trends: 6 } })
  const lines = [...daysOfClicks(shop, 60)].flat()
  expect(new Set(lines.map((line) => eventOf(line).event_type)).size).toBeGreaterThan(10)
  for (const line of lines) {
    expect(textOf(line)).toBe(`${JSON.stringify(eventOf(line))}\n`)
    expect(writeLine(line, Buffer.alloc(5000), 0)).toBeLessThanOrEqual(bytesAtMost(line))
  }
})

test('times are those of toISOString, also at the ends of days, and ids hold them', () => {
  for (const ms of [0, 1, 86_399_999, 86_400_000, 1_795_000_000_123]) {
    const { timestamp, event_id } = eventOf(lineAt(ms))
    expect(timestamp).toBe(new Date(ms).toISOString())
    expect(event_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(Number.parseInt(event_id.replace('-', '').slice(0, 12), 16)).toBe(ms)
  }
})

test('an id follows from the visit, its counter and the time, and from nothing else', () => {
  const id = (change: Partial<Line>) => eventOf(lineAt(1_795_000_000_123, change)).event_id
  expect(id({ arrivesMs: 0, rest: '}\n' })).toBe(id({}))
  expect(new Set([id({}), id({ sequence: 11 }), id({ chance: -8 }), id({ atMs: 0 })]).size).toBe(4)
  const ids = new Set([...daysOfClicks(demoShop(options), 30)].flat().map((line) => textOf(line).slice(13, 49)))
  expect(ids.size).toBeGreaterThan(4000)
})

test('a counter may have from one digit to ten', () => {
  for (const sequence of [0, 9, 10, 2_147_483_647]) {
    expect(eventOf(lineAt(0, { sequence })).client_sequence).toBe(sequence)
  }
})

test('a story has more orders where recommendations are shown, reduced prices, and products that come back', () => {
  const shop = demoShop({ ...options, scale: 0.15, story: { days: 90, trends: 6 } })
  const types = new Map<string, number>()
  for (const line of [...daysOfClicks(shop, 90)].flat()) {
    const { event_type } = eventOf(line)
    types.set(event_type, (types.get(event_type) ?? 0) + 1)
  }
  const share = (type: string, of: string) => (types.get(type) ?? 0) / (types.get(of) ?? 1)
  expect(share('refund', 'purchase')).toBeGreaterThan(0.15)
  expect(share('refund', 'purchase')).toBeLessThan(0.45)
  expect(share('recommendation_click', 'recommendation_view')).toBeGreaterThan(0.1)
  expect(shop.truth.recommendation_lift).toBeGreaterThan(0.1)
  expect(shop.truth.promotions.length).toBeGreaterThan(0)
})
