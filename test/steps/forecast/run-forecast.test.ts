/**
 * test/steps/forecast/run-forecast: from clean tables to mart.trend_forecast.
 *
 * In: orders and clicks of a few weeks in a real lake.
 * Out: proof of weeks, sources and replay.
 * Invariant: shares are compared where they can be counted by hand.
 */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addDays, datesBetween } from '../../../src/parts/shopdb/shop-day.ts'
import { runNights } from '../../../src/steps/extract/run-nights.ts'
import { newestNight, runForecast } from '../../../src/steps/forecast/run-forecast.ts'
import { aShopProduct, addOrder, openNightBench, type NightBench } from '../../fixtures/night-shop.ts'

let bench: NightBench
beforeEach(async () => {
  bench = await openNightBench('UTC')
})
afterEach(() => bench.close())

test('forecasts an empty lake as nothing', async () => {
  expect(await newestNight(bench.lake)).toBe(null)
  expect(await runForecast({ lake: bench.lake, computedOn: '2026-11-22' })).toEqual({
    computedOn: '2026-11-22',
    values: 0,
    rows: 0,
    willTrend: [],
    accuracy: [],
    stockSource: 'no source',
    isChanged: false,
  })
})

test('forecasts the weeks after the last whole one, and commits the same forecast once', async () => {
  bench.shop.products.push(
    aShopProduct({ id: 'tee' }),
    aShopProduct({ id: 'jeans', article_type: 'Jeans', base_colour: 'Blue' }),
  )
  bench.shop.stock.push({ product_id: 'tee', variant_id: null, size: null, on_hand: 90 })
  // Ten weeks, three tees to each pair of jeans; the last order lies in a week that has not ended.
  for (let week = 0; week < 10; week += 1) {
    const at = `${addDays('2026-09-14', 7 * week)}T10:00:00.000000Z`
    addOrder(bench.shop, { id: `t${week}`, at, lines: [['tee', 30, '1.00']] })
    addOrder(bench.shop, { id: `j${week}`, at, lines: [['jeans', 10, '1.00']] })
  }
  addOrder(bench.shop, { id: 'late', at: '2026-11-23T10:00:00.000000Z', lines: [['jeans', 9999, '1.00']] })
  await runNights(datesBetween('2026-09-14', '2026-11-23'), bench.options)
  expect(await newestNight(bench.lake)).toBe('2026-11-23')
  const report = await runForecast({ lake: bench.lake, computedOn: '2026-11-23' })
  expect(report).toMatchObject({ values: 9, rows: 9 * 26, willTrend: [], isChanged: true })
  const rows = await bench.rows(`
    SELECT dimension, value, CAST(min(week_start) AS VARCHAR), round(avg(p50), 3), min(p10) >= 0 AND max(p90) <= 1,
      any_value(history_weeks), any_value(source), round(avg(units_p50), 1), any_value(stock_source), max(cover_days)
    FROM mart.trend_forecast WHERE dimension IN ('article_type', 'base_colour') GROUP BY 1, 2 ORDER BY 1, 2`)
  expect(rows).toEqual([
    ['article_type', 'Jeans', '2026-11-23', 0.25, true, 10, 'orders', 10, 'stock', null],
    ['article_type', 'Tshirts', '2026-11-23', 0.75, true, 10, 'orders', 30, 'stock', 21],
    ['base_colour', 'Blue', '2026-11-23', 0.25, true, 10, 'orders', 10, 'stock', null],
    ['base_colour', 'Red', '2026-11-23', 0.75, true, 10, 'orders', 30, 'stock', 21],
  ])
  expect((await runForecast({ lake: bench.lake, computedOn: '2026-11-23' })).isChanged).toBe(false)
})

test('looks at what is clicked where nothing is sold', async () => {
  const day = (value: string, sessions: number, attention: number) => ({
    shop_date: '2026-11-17',
    dimension: 'article_type',
    value,
    sessions,
    attention,
    share: attention / 4,
    shop_month: '2026-11-01',
  })
  await bench.lake.append('mart.attention_daily', { rows: [day('Jeans', 1, 3), day('Shirts', 1, 1)] })
  await runForecast({ lake: bench.lake, computedOn: '2026-11-22' })
  expect(
    await bench.rows(
      `SELECT value, round(p50, 9), round(sessions_p50, 9), units_p50, source FROM mart.trend_forecast WHERE week_ahead = 1 ORDER BY value`,
    ),
  ).toEqual([
    ['Jeans', 0.75, 1, null, 'sessions'],
    ['Shirts', 0.25, 1, null, 'sessions'],
  ])
})
