import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadImage, saveImage } from '../../../src/parts/model/image.ts'
import { createModel, upsertProduct, type Model } from '../../../src/parts/model/model.ts'
import { ARTICLE_TYPE } from '../../../src/parts/model/state/catalogue.ts'
import { passTime } from '../../../src/parts/model/trend/close-day.ts'
import { count, DAY_MS, momentOf } from '../../../src/parts/model/trend/counters.ts'
import { expectedNow } from '../../../src/parts/model/trend/expect.ts'
import { countersOf } from '../../../src/parts/model/trend/trend.ts'
import { trendsBy, type TrendFigures } from '../../../src/parts/model/trend/trends.ts'
import { openShop, product, PRODUCTS, START_MS } from './shop.ts'

const TYPES = ['Shirts', 'Dresses', 'Jeans', 'Shoes']
/** Midnight UTC. */
const FIRST_DAY = Math.floor(START_MS / DAY_MS)

function shopOfTypes(): Model {
  const model = createModel()
  for (const type of TYPES) upsertProduct(model, product(type, { articleType: type }))
  return model
}

/** Counts days of attention to the four types, each day at noon. */
function live(model: Model, days: readonly (readonly number[])[], from = 0): Model {
  const { counters } = model.trend
  const types = countersOf(model.trend, 'article_type')
  for (const [i, attention] of days.entries()) {
    const noonMs = (FIRST_DAY + from + i + 0.5) * DAY_MS
    passTime(counters, noonMs)
    const moment = momentOf(counters, noonMs)
    for (const [place, weight] of attention.entries()) {
      count(types, model.catalogue.codeOf[ARTICLE_TYPE].get(TYPES[place])!, weight, moment)
    }
  }
  return model
}

const days = (length: number, attention: (day: number) => number[]) => Array.from({ length }, (_, i) => attention(i))

function trendOf(model: Model, value: string): TrendFigures {
  return trendsBy(model, { dimension: 'article_type', window: 'now', limit: 50 }).find(
    (trend) => trend.value === value,
  )!
}

describe('a value', () => {
  test('rises once its share is credibly above the usual, unconfirmed for ten days, then confirmed', () => {
    const model = live(
      shopOfTypes(),
      days(90, () => [400, 200, 200, 200]),
    )
    expect(trendOf(model, 'Dresses')).toMatchObject({ state: 'steady', since: null })
    live(
      model,
      days(20, (day) => [400, 200 + 20 * day, 200, 200]),
      90,
    )
    expect(trendOf(model, 'Dresses')).toMatchObject({
      state: 'unconfirmed',
      since: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    })
    live(
      model,
      days(12, () => [400, 600, 200, 200]),
      110,
    )
    const rising = trendOf(model, 'Dresses')
    expect(rising.state).toBe('rising')
    expect(rising.low).toBeGreaterThan(1.3)
    expect(rising.low).toBeLessThan(rising.ratio)
    expect(rising.ratio).toBeLessThan(rising.high)
    expect(rising.share).toBeGreaterThan(1.5 * rising.expectedShare)
  })

  test('does not rise because the whole shop is busy', () => {
    const model = live(
      shopOfTypes(),
      days(90, () => [400, 200, 200, 200]),
    )
    live(
      model,
      days(20, () => [1600, 800, 800, 800]),
      90,
    )
    for (const type of TYPES) expect(trendOf(model, type).state).toBe('steady')
  })

  test('fades, and the others do not rise for it', () => {
    const model = live(
      shopOfTypes(),
      days(90, () => [400, 200, 200, 200]),
    )
    live(
      model,
      days(25, () => [400, 200, 200, 80]),
      90,
    )
    expect(trendOf(model, 'Shoes').state).toBe('fading')
    expect(trendOf(model, 'Shirts').state).toBe('steady')
  })

  test('that was popular for two weeks only is called a fad', () => {
    const model = live(
      shopOfTypes(),
      days(90, () => [400, 200, 200, 200]),
    )
    live(
      model,
      days(11, () => [400, 600, 200, 200]),
      90,
    )
    expect(trendOf(model, 'Dresses').state).toBe('unconfirmed')
    live(
      model,
      days(12, () => [400, 200, 200, 200]),
      101,
    )
    expect(trendOf(model, 'Dresses').state).toBe('fad')
  })

  test('that comes back every year is seasonal, not rising', () => {
    const yearly = (day: number) => 200 * Math.exp(0.6 * Math.cos((2 * Math.PI * (day - 20)) / 365))
    const model = live(
      shopOfTypes(),
      days(365 + 20, (day) => [400, Math.round(yearly(day)), 200, 200]),
    )
    expect(trendOf(model, 'Dresses')).toMatchObject({ state: 'seasonal', since: null })
  })
})

describe('the counters', () => {
  test('expect as much in all as there was', () => {
    const anyDays = fc.array(fc.array(fc.nat({ max: 50 }), { minLength: 4, maxLength: 4 }), {
      minLength: 1,
      maxLength: 40,
    })
    fc.assert(
      fc.property(anyDays, (attention) => {
        const types = countersOf(live(shopOfTypes(), attention).trend, 'article_type')
        let expected = 0
        for (let value = 0; value < types.size; value++) expected += expectedNow(types, value)
        expect(expected).toBeCloseTo(types.nowTotal, 6)
      }),
      { numRuns: 60, seed: 31 },
    )
  })

  test('count a late event as what is left of it', () => {
    const shop = openShop(PRODUCTS)
    shop.view('ann', 'shirt1')
    shop.pass(10 * 24 * 60)
    shop.view('bob', 'bag1')
    const [bag, shirt] = trendsBy(shop.model, { dimension: 'product', window: 'now', limit: 5 }).toSorted(
      (a, b) => b.sessions - a.sessions,
    )
    expect(bag.sessions / shirt.sessions).toBeCloseTo(4, 2)
  })

  test('and an image, then the rest, equal the whole, over days that are closed', () => {
    const attention = days(400, (day) => [40, 20 + (day % 7), 20, day > 380 ? 60 : 20])
    const whole = saveImage(live(shopOfTypes(), attention))
    for (const cut of [1, 200, 399]) {
      const part = loadImage(saveImage(live(shopOfTypes(), attention.slice(0, cut))))
      expect(Buffer.compare(saveImage(live(part, attention.slice(cut), cut)), whole)).toBe(0)
    }
  })
})

describe('what carries a trend', () => {
  test('is told by product, with the price band and the pair of type and colour', () => {
    const shop = openShop([
      product('blue', { articleType: 'Dresses', baseColour: 'Blue', priceMinor: 3990 }),
      product('red', { articleType: 'Dresses', baseColour: 'Red', priceMinor: 5000 }),
    ])
    for (let i = 0; i < 3; i++) shop.view(`v${i}`, 'red')
    shop.view('w', 'blue')
    const [dresses] = trendsBy(shop.model, { dimension: 'article_type', window: 'now', limit: 5 })
    expect([...dresses.products].toSorted()).toEqual(['blue', 'red'])
    const names = (dimension: 'price_band' | 'type_colour') =>
      trendsBy(shop.model, { dimension, window: 'live', limit: 5 })
        .map((trend) => trend.value)
        .toSorted()
    expect(names('price_band')).toEqual(['20–50', '50–100'])
    expect(names('type_colour')).toEqual(['Blue Dresses', 'Red Dresses'])
  })
})
