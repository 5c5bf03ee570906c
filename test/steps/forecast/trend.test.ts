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
import { backtest } from '../../../src/steps/forecast/backtest.ts'
import { forecastShares, quantile } from '../../../src/steps/forecast/ensemble.ts'
import { HORIZON_WEEKS, forecastTrends } from '../../../src/steps/forecast/trend.ts'

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
      return { week, value, units: Math.max(0, Math.round(expected + noise)), looks: 0 }
    })
  })
}

test('forecasts eight weeks of every value, between 0 and 1, in order and summing to at most 1', () => {
  const weeks = weeksOf(104)
  const rows = forecastTrends('article_type', attentionOf(shopRows(weeks, 2000, 7), weeks))
  expect(rows).toHaveLength(6 * HORIZON_WEEKS)
  for (const row of rows) {
    expect(row.p10 >= 0 && row.p10 <= row.p50 && row.p50 <= row.p90 && row.p90 <= 1, JSON.stringify(row)).toBe(true)
  }
  for (let ahead = 1; ahead <= HORIZON_WEEKS; ahead += 1) {
    const medians = rows.filter((row) => row.weekAhead === ahead).map((row) => row.p50)
    expect(medians.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-12)
  }
  expect(rows[0]).toMatchObject({ week: '2025-12-29', weekAhead: 1, historyWeeks: 104, source: 'orders' })
})

test('says the same again, bit for bit', () => {
  const weeks = weeksOf(104)
  const run = () => forecastTrends('article_type', attentionOf(shopRows(weeks, 500, 11), weeks))
  expect(run()).toEqual(run())
})

test('says that the riser will trend, and neither the fader nor a season does', () => {
  const weeks = weeksOf(104)
  const rows = forecastTrends('article_type', attentionOf(shopRows(weeks, 4000, 3), weeks))
  const trending = new Set(rows.filter((row) => row.willTrend).map((row) => row.value))
  expect(trending.has('Tops')).toBe(true)
  expect(trending.has('Ties') || trending.has('Sandals') || trending.has('Sweaters')).toBe(false)
})

test('errs less than last year repeated, and covers about four in five weeks it has not seen', () => {
  let within = 0
  let judged = 0
  let error = 0
  let naiveError = 0
  for (let seed = 1; seed <= 4; seed += 1) {
    const all = weeksOf(112)
    const rows = shopRows(all, 1500, seed)
    const truth = attentionOf(rows, all).series
    for (const row of forecastTrends('article_type', attentionOf(rows, all.slice(0, 104)))) {
      const actual = truth.get(row.value)?.shares[103 + row.weekAhead] ?? 0
      judged += 1
      within += actual >= row.p10 && actual <= row.p90 ? 1 : 0
      error += Math.abs(actual - row.p50)
      naiveError += Math.abs(actual - (row.lastYear ?? 0))
    }
  }
  expect(error).toBeLessThan(0.8 * naiveError)
  expect(within / judged).toBeGreaterThan(0.6)
  expect(within / judged).toBeLessThan(0.98)
})

test('prints its error beside the naive one, and none where nothing could be judged', () => {
  const weeks = weeksOf(104)
  const series = [...attentionOf(shopRows(weeks, 2000, 5), weeks).series.values()]
  for (const errors of backtest(series, HORIZON_WEEKS).errors) {
    expect(errors.naiveMethod).toBe('seasonal_naive')
    expect(errors.wape).toBeGreaterThan(0)
    expect(errors.naiveWape).toBeGreaterThan(0)
  }
  const short = { shares: [0.1, 0.2, 0.1], weights: [10, 10, 10] }
  expect(backtest([short], HORIZON_WEEKS).errors).toEqual([{ wape: null, naiveWape: null, naiveMethod: null }])
})

test.each([0, 1, 2, 5, 9, 30, 59, 61, 104])('copes with %i weeks of history', (count) => {
  const shares = Array.from({ length: count }, (_, week) => 0.1 + 0.01 * (week % 3))
  const points = forecastShares({ shares, weights: shares.map(() => 100) }, HORIZON_WEEKS)
  expect(points).toHaveLength(HORIZON_WEEKS)
  for (const point of points) expect(point).toBeGreaterThanOrEqual(0)
  if (count > 0) for (const point of points) expect(Math.abs(point - 0.11)).toBeLessThan(0.03)
})

test('forecasts nothing for a value nobody looks at, and a constant as it is', () => {
  const flat = (share: number) => ({
    shares: Array.from({ length: 104 }, () => share),
    weights: Array.from({ length: 104 }, () => 100),
  })
  expect(forecastShares(flat(0), 3)).toEqual([0, 0, 0])
  for (const point of forecastShares(flat(0.25), 3)) expect(point).toBeCloseTo(0.25, 10)
})

test('joins weeks of clicks to years of orders without a step', () => {
  const weeks = weeksOf(20)
  // Dresses are looked at three times as often as they are sold, in all weeks alike.
  const rows = weeks.flatMap((week, index): AttentionRow[] => [
    { week, value: 'Dresses', units: 20, looks: index >= 16 ? 600 : 0 },
    { week, value: 'Socks', units: 80, looks: index >= 16 ? 400 : 0 },
  ])
  const attention = attentionOf(rows, weeks)
  expect(attention.source).toBe('orders+sessions')
  for (const share of attention.series.get('Dresses')?.shares ?? []) expect(Math.abs(share - 0.2)).toBeLessThan(0.03)
})

test('uses clicks alone where nothing was sold, and gives a week without anything no share', () => {
  const weeks = weeksOf(3)
  const attention = attentionOf(
    [
      { week: weeks[0], value: 'Red', units: 0, looks: 3 },
      { week: weeks[2], value: 'Blue', units: 0, looks: 1 },
      { week: weeks[2], value: 'Red', units: 0, looks: 1 },
    ],
    weeks,
  )
  expect(attention.source).toBe('sessions')
  expect(attention.series.get('Red')?.shares).toEqual([1, 0, 0.5])
})

test('finds quantiles between order statistics', () => {
  expect(quantile([3, 1, 2], 0.5)).toBe(2)
  expect(quantile([1, 2], 0.25)).toBe(1.25)
  expect(quantile([], 0.5)).toBe(0)
})
