/**
 * test/steps/forecast/trend: forecasts of series whose future is known.
 *
 * In: seeded synthetic weeks with season, growth and noise.
 * Out: proof that the forecast is sane, repeats bit for bit, and beats last year's weeks.
 * Invariant: chance comes from a seed in this file.
 */
import { expect, test } from 'vitest'
import { addDays } from '../../../src/parts/shopdb/shop-day.ts'
import { attentionOf, type AttentionRow } from '../../../src/steps/forecast/attention.ts'
import { coverDays } from '../../../src/steps/forecast/cover.ts'
import { HORIZON_WEEKS, forecastTrends, type TrendRow } from '../../../src/steps/forecast/trend.ts'

function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const weeksOf = (count: number): string[] => Array.from({ length: count }, (_, week) => addDays('2024-01-01', 7 * week))

/** Six values: seasonal ones, a steady riser, a fader and two flat ones; `units` a week in all. */
function shopRows(weeks: readonly string[], units: number, seed: number): AttentionRow[] {
  const random = seededRandom(seed)
  return weeks.flatMap((week, index) => {
    const season = Math.sin((2 * Math.PI * index) / 52)
    const strengths: Record<string, number> = {
      Sandals: 1 + 0.7 * season,
      Sweaters: 1 - 0.7 * season,
      Tops: 0.5 + (0.8 * index) / weeks.length,
      Ties: 1 - (0.7 * index) / weeks.length,
      Jeans: 1.5,
      Shirts: 2,
    }
    const total = Object.values(strengths).reduce((sum, strength) => sum + strength, 0)
    return Object.entries(strengths).map(([value, strength]) => {
      const expected = (units * strength) / total
      const noise = Math.sqrt(expected) * (random() + random() + random() - 1.5) * 2
      return { week, value, units: Math.max(0, Math.round(expected + noise)), looks: 0, sessions: 0 }
    })
  })
}

const trendsOf = (rows: readonly AttentionRow[], weeks: readonly string[]): readonly TrendRow[] =>
  forecastTrends({ dimension: 'article_type', attention: attentionOf(rows, weeks), stock: null }).rows

test('forecasts half a year of every value, in order, its shares summing to at most 1', () => {
  const weeks = weeksOf(104)
  const rows = trendsOf(shopRows(weeks, 2000, 7), weeks)
  expect(rows).toHaveLength(6 * HORIZON_WEEKS)
  for (const { share, units, sessions } of rows) {
    expect(share.p10 >= 0 && share.p10 <= share.p50 && share.p50 <= share.p90 && share.p90 <= 1).toBe(true)
    expect(units !== null && units.p10 >= 0 && units.p10 <= units.p50 && units.p50 <= units.p90).toBe(true)
    expect(sessions).toBe(null)
  }
  for (let ahead = 1; ahead <= HORIZON_WEEKS; ahead += 1) {
    const medians = rows.filter((row) => row.weekAhead === ahead).map((row) => row.share.p50)
    expect(medians.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-9)
  }
  expect(rows[0]).toMatchObject({ week: '2025-12-29', weekAhead: 1, historyWeeks: 104, source: 'orders' })
})

test('says the same again, bit for bit', () => {
  const weeks = weeksOf(104)
  const run = () => trendsOf(shopRows(weeks, 500, 11), weeks)
  expect(run()).toEqual(run())
})

test('says that the riser will trend and why, and neither the fader nor a season does', () => {
  const weeks = weeksOf(130)
  const rows = trendsOf(shopRows(weeks, 4000, 3), weeks)
  const trending = new Map(rows.filter((row) => row.willTrend).map((row) => [row.value, row.reason]))
  expect(trending.get('Tops')).toMatch(/^1\d\.\d % to \d\d\.\d % of attention expected over 8 weeks, \d+\.\d % in/u)
  expect(trending.has('Ties') || trending.has('Sandals') || trending.has('Sweaters')).toBe(false)
})

test('scales colours to their article type', () => {
  const weeks = weeksOf(60)
  const types = shopRows(weeks, 3000, 9)
  const colours = types.flatMap((row) => [
    { ...row, value: `Red ${row.value}`, units: Math.round(row.units * 0.7) },
    { ...row, value: `Blue ${row.value}`, units: Math.round(row.units * 0.3) },
  ])
  const parent = forecastTrends({ dimension: 'article_type', attention: attentionOf(types, weeks), stock: null })
  const of = (value: string): string => value.slice(value.indexOf(' ') + 1)
  const children = forecastTrends({
    dimension: 'type_colour',
    attention: attentionOf(colours, weeks),
    stock: null,
    parent: { of, wholes: parent.wholes },
  })
  for (const type of parent.rows.filter((row) => row.weekAhead === 20)) {
    const parts = children.rows.filter((row) => of(row.value) === type.value && row.weekAhead === 20)
    expect(parts.reduce((sum, { units }) => sum + (units?.p50 ?? 0), 0)).toBeCloseTo(type.units?.p50 ?? 0, 6)
  }
})

test('prints its error beside naive ones, and none where nothing could be judged', () => {
  const weeks = weeksOf(104)
  for (const { backtest, naiveMethod } of trendsOf(shopRows(weeks, 2000, 5), weeks)) {
    expect(naiveMethod).toBe('seasonal_naive')
    for (const error of [backtest.wape, backtest.mase, backtest.pinball, backtest.seasonalNaive.wape]) {
      expect(error).toBeGreaterThan(0)
    }
  }
  const short = weeksOf(3)
  expect(trendsOf(shopRows(short, 2000, 5), short)[0].backtest).toMatchObject({ wape: null, mase: null, weeks: 0 })
})

test('tells how long stock lasts, and says nothing where there is no source', () => {
  expect(coverDays(30, Float64Array.of(10, 10, 20))).toBe(17.5)
  expect(coverDays(100, Float64Array.of(10, 10))).toBe(70)
  expect(coverDays(100, Float64Array.of(0, 0))).toBe(null)
  expect(coverDays(0, Float64Array.of(0, 5))).toBe(0)
  const weeks = weeksOf(20)
  const attention = attentionOf(shopRows(weeks, 1000, 2), weeks)
  const [known] = forecastTrends({ dimension: 'article_type', attention, stock: new Map([['Shirts', 700]]) }).rows
  expect(known).toMatchObject({ value: 'Shirts', onHand: 700 })
  expect(known.coverDays).toBeGreaterThan(7)
  const [unknown] = forecastTrends({ dimension: 'article_type', attention, stock: null }).rows
  expect(unknown).toMatchObject({ onHand: null, coverDays: null })
})

test('joins weeks of clicks to years of orders without a step', () => {
  const weeks = weeksOf(20)
  // Dresses are looked at three times as often as they are sold, in all weeks alike.
  const rows = weeks.flatMap((week, index): AttentionRow[] => [
    { week, value: 'Dresses', units: 20, looks: index >= 16 ? 600 : 0, sessions: 0 },
    { week, value: 'Socks', units: 80, looks: index >= 16 ? 400 : 0, sessions: 0 },
  ])
  const attention = attentionOf(rows, weeks)
  expect(attention.source).toBe('orders+sessions')
  for (const share of attention.series.get('Dresses')?.shares ?? []) expect(Math.abs(share - 0.2)).toBeLessThan(0.03)
})

test('uses clicks alone where nothing was sold, and gives a week without anything no share', () => {
  const weeks = weeksOf(3)
  const attention = attentionOf(
    [
      { week: weeks[0], value: 'Red', units: 0, looks: 3, sessions: 1 },
      { week: weeks[2], value: 'Blue', units: 0, looks: 1, sessions: 1 },
      { week: weeks[2], value: 'Red', units: 0, looks: 1, sessions: 1 },
    ],
    weeks,
  )
  expect(attention.source).toBe('sessions')
  expect(attention.series.get('Red')?.shares).toEqual(Float64Array.of(1, 0, 0.5))
})
