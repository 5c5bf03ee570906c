import { describe, expect, test } from 'vitest'
import { backtest } from '../../../src/tools/backtest/backtest.ts'
import { readConfiguration } from '../../../src/tools/backtest/configuration.ts'
import { formatBacktest } from '../../../src/tools/backtest/format-backtest.ts'
import { compare } from '../../../src/tools/backtest/paired-bootstrap.ts'
import { openPlace } from '../../steps/recommend/recommender-runs.ts'
import { madeLog } from '../../steps/recommend/shop-logs.ts'

const utcDay = (date: string) => ({ startMs: Date.parse(date), endMs: Date.parse(date) + 86_400_000 })
const configuration = (wire: unknown) => readConfiguration(wire, 'a.json', utcDay)
const run = (a: unknown, b: unknown, sinceMs = 0) =>
  backtest({
    reader: openPlace(madeLog(250)).reader,
    before: [],
    a: configuration(a),
    b: configuration(b),
    sinceMs,
    seed: 7,
    onProgress: () => undefined,
  })

describe('a backtest', () => {
  test('finds no difference between a configuration and itself', async () => {
    const { hit_rate } = await run({}, {})
    expect(hit_rate).toMatchObject({ difference: 0, low: 0, high: 0 })
    expect(hit_rate?.a).toBeGreaterThan(0.1)
    expect(hit_rate?.trials).toBeGreaterThan(100)
  })

  test('tells a page of four from a page of twenty, with an interval, the same each time', async () => {
    const report = await run({ limit: 20 }, { limit: 4 })
    const { hit_rate } = report
    expect(hit_rate?.high).toBeLessThan(0)
    expect(hit_rate?.low).toBeLessThan(hit_rate?.difference ?? 0)
    expect(await run({ limit: 20 }, { limit: 4 })).toEqual(report)
    expect(formatBacktest(report)).toMatch(/next product on the page +\d.*A is better/)
  })

  test('obeys the rules of a configuration, and not those of the log', async () => {
    const everything = { action: 'exclude', match: { gender: ['Women', 'Men'] } }
    const { hit_rate } = await run({}, { rules: [everything] })
    expect(hit_rate).toMatchObject({ b: 0 })
  })

  test('counts nothing before the date asked for', async () => {
    const end = Date.UTC(2030, 0, 1)
    expect(await run({}, {}, end)).toEqual({
      hit_rate: null,
      mean_reciprocal_rank: null,
      cart_hit_rate: null,
      purchase_hit_rate: null,
    })
  })
})

describe('the interval of a difference', () => {
  const visitors = Array.from({ length: 60 }, (_, number) => number)

  test('lies around it, and narrows with more visitors', () => {
    const counts = (times: number) => ({
      trials: visitors.flatMap(() => Array<number>(times).fill(4)),
      a: visitors.flatMap((number) => Array<number>(times).fill(number % 2)),
      b: visitors.flatMap((number) => Array<number>(times).fill((number % 2) + (number % 3 === 0 ? 1 : 0))),
    })
    const few = compare(counts(1), 7)
    const many = compare(counts(20), 7)
    expect(few?.difference).toBeCloseTo(1 / 12, 10)
    expect(few?.low).toBeGreaterThan(0)
    expect(few?.low).toBeLessThan(1 / 12)
    expect(few?.high).toBeGreaterThan(1 / 12)
    expect((many?.high ?? 0) - (many?.low ?? 0)).toBeLessThan(((few?.high ?? 0) - (few?.low ?? 0)) / 3)
  })

  test('draws visitors whole: one visitor with many acts proves little', () => {
    const one = { trials: [100, 1, 1], a: [0, 0, 0], b: [100, 0, 0] }
    expect(compare(one, 7)).toMatchObject({ low: 0 })
  })
})

test.each([
  [[], 'an object'],
  [{ limt: 3 }, 'fields placement, limit, rules, model, got "limt"'],
  [{ limit: 0 }, 'field "limit": expected a whole number from 1 to 50, got 0'],
  [{ placement: 'product' }, 'one of home, cart, trending, new_in'],
  [{ model: { seeds: 1 } }, 'got "model.seeds"'],
  [{ model: { newcomers: 'yes' } }, 'field "model.newcomers": expected true or false'],
])('refuses the configuration %j', (wire, words) => {
  expect(() => configuration(wire)).toThrow(words)
  expect(() => configuration(wire)).toThrow(/^HEM_BACKTEST_CONFIG_INVALID a\.json/)
})
