/**
 * test/steps/forecast/panel: series whose future is known, and series that nobody should have to forecast.
 *
 * In: made-up markets of one seed, and a few series by hand.
 * Out: proof that forecasts are sane, repeat bit for bit, err less than last year repeated, and know how far.
 * Invariant: no held-out week is seen by what is judged on it.
 */
import { expect, test } from 'vitest'
import { fashionSeries } from '../../../bench/forecast-series.ts'
import { accuracyOf } from '../../../src/steps/forecast/accuracy.ts'
import { backtest } from '../../../src/steps/forecast/backtest.ts'
import { blendedUnseen, type Trial } from '../../../src/steps/forecast/blend.ts'
import { CANDIDATES } from '../../../src/steps/forecast/candidates.ts'
import { around, learnSpread } from '../../../src/steps/forecast/intervals.ts'
import { forecastPanel } from '../../../src/steps/forecast/panel.ts'
import type { WeeklySeries } from '../../../src/steps/forecast/prepare.ts'
import { quantileOf } from '../../../src/steps/forecast/quantile.ts'
import { reconciled } from '../../../src/steps/forecast/reconcile.ts'
import { expectedSeason, learnSeasonKernel } from '../../../src/steps/forecast/season-kernel.ts'
import { clipNegative, solvePositive } from '../../../src/steps/forecast/symmetric.ts'

const series = (values: ArrayLike<number>, name = 'a'): WeeklySeries => ({
  name,
  firstWeek: 0,
  values: Float64Array.from(values),
})
const weekly = (weeks: number, valueAt: (week: number) => number): WeeklySeries =>
  series(Float64Array.from({ length: weeks }, (_, week) => valueAt(week)))
const wave = (week: number): number => 10 + 5 * Math.sin((2 * Math.PI * week) / 52)
const market = (style: 'attention' | 'counts' | 'unrest', seed: number, count: number): WeeklySeries[] =>
  fashionSeries({ seed, style, series: count, weeks: 261 }).map((values, index) => series(values, `${style} ${index}`))

const ODD: Readonly<Record<string, WeeklySeries>> = {
  'one week': series([5]),
  'two weeks': series([5, 6]),
  'all zero': weekly(200, () => 0),
  constant: weekly(200, () => 7),
  'nothing known': weekly(50, () => Number.NaN),
  'gaps everywhere': weekly(200, (week) => (week % 3 === 0 ? Number.NaN : wave(week))),
  'a long gap at the end': weekly(200, (week) => (week > 180 ? Number.NaN : wave(week))),
  'one huge week': weekly(200, (week) => (week === 190 ? 1e6 : wave(week))),
  'a huge last week': weekly(200, (week) => (week === 199 ? 1e6 : wave(week))),
  'one sale in four years': weekly(200, (week) => (week === 150 ? 1 : 0)),
  'a sale now and then': weekly(200, (week) => (week % 7 === 0 ? 1 : 0)),
  dying: weekly(200, (week) => (week > 120 ? 0 : 100)),
  enormous: weekly(120, (week) => 1e15 * (1 + week)),
  tiny: weekly(120, (week) => 1e-12 * (1 + Math.sin(week))),
}

test.each([1, 26, 104])('gives ordered, finite quantiles for whatever comes, %i weeks ahead', (horizonWeeks) => {
  const alone = Object.values(ODD).map((one) => forecastPanel([one], horizonWeeks)[0])
  const together = forecastPanel(Object.values(ODD), horizonWeeks)
  for (const { p10, p50, p90 } of [...alone, ...together]) {
    expect(p50).toHaveLength(horizonWeeks)
    for (const step of p50.keys()) {
      expect(0 <= p10[step] && p10[step] <= p50[step] && p50[step] <= p90[step] && Number.isFinite(p90[step])).toBe(
        true,
      )
    }
  }
  expect(forecastPanel([], horizonWeeks)).toEqual([])
})

test.each([
  ['all zero', 0, 0],
  ['constant', 7, 7],
  ['one week', 5, 5],
  ['one huge week', 5, 15],
  ['a huge last week', 5, 15],
  ['gaps everywhere', 5, 15],
  ['a long gap at the end', 5, 17],
  ['a sale now and then', 0, 0.3],
  ['dying', 0, 20],
])('forecasts a series with %s between %d and %d', (name, least, most) => {
  for (const point of forecastPanel([ODD[name]], 12)[0].p50) {
    expect(point).toBeGreaterThanOrEqual(least)
    expect(point).toBeLessThanOrEqual(most)
  }
})

test('keeps a peak that comes every year, and does not keep one that came once', () => {
  const peaks = weekly(208, (week) => (week % 52 === 47 ? 60 : 10))
  expect(forecastPanel([peaks], 52)[0].p50[47]).toBeGreaterThan(30)
  const once = weekly(208, (week) => (week === 151 ? 60 : 10 + (week % 3)))
  expect(forecastPanel([once], 52)[0].p50[47]).toBeLessThan(14)
})

test('says the same again, bit for bit', () => {
  const panel = market('unrest', 3, 12)
  expect(forecastPanel(panel, 13)).toEqual(forecastPanel(panel, 13))
})

test.each(['attention', 'counts', 'unrest'] as const)(
  'errs a tenth less than last year repeated on %s, and covers about four weeks in five',
  (style) => {
    const errors = accuracyOf(backtest(market(style, 5, 40), 52).map(({ judged }) => judged))
    expect(errors.mase).toBeLessThan(0.9 * (errors.seasonalNaive.mase ?? 0))
    expect(errors.mase).toBeLessThan(0.7 * (errors.naive.mase ?? 0))
    expect(errors.coverage).toBeGreaterThan(0.7)
    expect(errors.coverage).toBeLessThan(0.9)
    expect(errors).toMatchObject({ series: 40, weeks: 40 * 52 })
  },
)

/** The first candidate hits 10, all others miss it by 1; what happened lies as far off as the errors, by week ahead, say. */
const trial = (back: number, errors: readonly number[], at = 0): Trial => ({
  series: at,
  back,
  candidates: CANDIDATES.map((_, index) => new Float64Array(errors.length).fill(index === 0 ? 10 : 11)),
  actual: Float64Array.from(errors, (error) => 10 + error),
  scale: 1,
  weight: 1,
})

test('is less certain where origins erred differently, though all errors together are the same', () => {
  const widthOf = (backOf: (index: number) => number): number => {
    const trials = Array.from({ length: 60 }, (_, index) => {
      return trial(
        backOf(index),
        Array.from({ length: 4 }, () => (index - 29.5) / 10),
        index,
      )
    })
    const forecast = new Float64Array(4).fill(10)
    const spread = learnSpread(
      trials,
      trials.map(() => forecast),
    )
    const { p10, p90 } = around(forecast, { series: 60, scale: 1 }, spread)
    return p90[0] - p10[0]
  }
  const alike = widthOf((index) => index % 3)
  expect(alike).toBeGreaterThan(4.8)
  expect(alike).toBeLessThan(5.4)
  expect(widthOf((index) => Math.floor(index / 20))).toBeGreaterThan(alike + 0.3)
})

test('judges an origin by a mixture that has not seen it', () => {
  const quiet = Array.from({ length: 40 }, () => 0)
  const newest = (error: number) =>
    blendedUnseen([
      trial(
        0,
        Array.from({ length: 40 }, () => error),
      ),
      trial(1, quiet),
    ])
  expect(newest(50)[0]).toEqual(newest(0)[0])
  expect(newest(50)[1]).not.toEqual(newest(0)[1])
})

test('takes the season of a short series from its siblings', () => {
  const siblings = Array.from({ length: 20 }, (_, index) => weekly(208, (week) => (1 + index) * wave(week)))
  // Half a year, of which the low half of the season is not seen.
  const short = {
    name: 'short',
    firstWeek: 182,
    values: Float64Array.from({ length: 26 }, (_, week) => wave(182 + week)),
  }
  const ahead = (panel: readonly WeeklySeries[]): Float64Array => forecastPanel(panel, 26)[panel.length - 1].p50
  const errorOf = (points: Float64Array): number =>
    points.reduce((sum, point, step) => sum + Math.abs(point - wave(208 + step)), 0)
  expect(errorOf(ahead([...siblings, short]))).toBeLessThan(0.5 * errorOf(ahead([short])))
})

test('has not seen what it is judged on', () => {
  const panel = market('attention', 9, 10)
  const changed = panel.map((one) =>
    series(
      one.values.map((value, week) => (week < 209 ? value : 1e6)),
      one.name,
    ),
  )
  const forecasts = (of: readonly WeeklySeries[]) => backtest(of, 52).map(({ forecast }) => forecast)
  expect(forecasts(changed)).toEqual(forecasts(panel))
})

test('judges by hand-made numbers', () => {
  const values = [10, 12, 10, 12, 10, 20, 8]
  const [{ judged, historyWeeks }] = backtest([series(values)], 2)
  const { naiveError, seasonalNaiveError, scale, actual } = judged
  expect({ historyWeeks, naiveError, seasonalNaiveError, scale, actual }).toEqual({
    historyWeeks: 5,
    naiveError: 12,
    seasonalNaiveError: 12,
    scale: 2,
    actual: 28,
  })
  expect(accuracyOf([judged]).naive).toEqual({ mase: 3, wape: 12 / 28 })
  expect(accuracyOf([])).toMatchObject({ mase: null, wape: null, pinball: null, coverage: null, series: 0 })
})

test('scales parts to their whole', () => {
  const part = (value: number) => ({ p10: Float64Array.of(0), p50: Float64Array.of(value), p90: Float64Array.of(9) })
  const parts = reconciled(Float64Array.of(8), [part(1), part(3)])
  expect(parts.map(({ p50 }) => p50[0])).toEqual([2, 6])
  expect(parts[0].p90[0]).toBe(18)
  expect(reconciled(Float64Array.of(8), [part(0)])[0].p50[0]).toBe(0)
})

test('takes for season what years share, and for noise what they do not', () => {
  const year = (phaseShift: number) =>
    Float64Array.from({ length: 52 }, (_, week) => Math.sin((2 * Math.PI * week) / 52 + phaseShift))
  const same = Array.from({ length: 12 }, (_, index) => [year(index), year(index), year(index)])
  const other = Array.from({ length: 12 }, (_, index) => [year(index), year(index + 2), year(index + 4)])
  expect(learnSeasonKernel(same).signalShare).toBeGreaterThan(0.65)
  expect(learnSeasonKernel(other).signalShare).toBeLessThan(0.2)
  expect(expectedSeason(same[0], learnSeasonKernel(same))[13]).toBeCloseTo(1, 1)
})

test('solves what can be checked by hand', () => {
  const [x, y] = solvePositive(Float64Array.of(4, 2, 2, 3), Float64Array.of(8, 8))
  expect(x).toBeCloseTo(1, 10)
  expect(y).toBeCloseTo(2, 10)
  const matrix = Float64Array.of(1, 2, 2, 1)
  clipNegative(matrix, 2)
  for (const value of matrix) expect(value).toBeCloseTo(1.5, 10)
  expect([quantileOf([3, 1, 2], 0.5), quantileOf([1, 2], 0.25), quantileOf([], 0.5)]).toEqual([2, 1.25, 0])
})
