import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { barOf, createTopList, offerTop, sortTop } from '../../../src/parts/model/slate/top-list.ts'
import { passTime } from '../../../src/parts/model/trend/close-day.ts'
import { count, momentOf } from '../../../src/parts/model/trend/counters.ts'
import { liftsOf } from '../../../src/parts/model/trend/lift.ts'
import { countersOf, createTrend } from '../../../src/parts/model/trend/trend.ts'
import { START_MS } from './shop.ts'

describe('a top list', () => {
  test('holds what sorting all would put first, whatever the order of offering', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }), fc.nat({ max: 12 }), (scores, max) => {
        const top = createTopList(max)
        for (const [item, score] of scores.entries()) offerTop(top, item, score)
        const reversed = createTopList(max)
        for (let item = scores.length - 1; item >= 0; item--) offerTop(reversed, item, scores[item])
        const expected = [...scores.keys()].toSorted((a, b) => scores[b] - scores[a] || a - b).slice(0, max)
        expect([...sortTop(top).items.subarray(0, top.size)]).toEqual(expected)
        expect([...sortTop(reversed).items.subarray(0, reversed.size)]).toEqual(expected)
      }),
      { numRuns: 300, seed: 21 },
    )
  })

  test('refuses nothing while there is room, then what is below its worst', () => {
    const top = createTopList(2)
    offerTop(top, 1, 5)
    expect(barOf(top)).toBe(-Infinity)
    offerTop(top, 2, 3)
    expect(barOf(top)).toBe(3)
    expect(barOf(createTopList(0))).toBe(Infinity)
  })
})

describe('the first look at a lift', () => {
  test('never rules out what reaches the bar', () => {
    const amounts = fc.array(fc.tuple(fc.nat({ max: 3000 }), fc.nat({ max: 90 })), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(amounts, (values) => {
        const trend = createTrend()
        for (const [value, [weight, days]] of [...values.entries()].toSorted((x, y) => y[1][1] - x[1][1])) {
          passTime(trend.counters, START_MS - days * 86_400_000)
          const moment = momentOf(trend.counters, START_MS - days * 86_400_000)
          if (weight > 0) count(countersOf(trend, 'product'), value, weight, moment)
        }
        passTime(trend.counters, START_MS)
        const lifts = liftsOf(trend, 'product')
        for (const value of values.keys()) {
          const { sessions, low } = lifts.of(value)
          expect(lifts.mayReach(value, low)).toBe(sessions > 0)
          expect(lifts.mayReach(value, low * 1.5 + 1)).toBe(false)
        }
      }),
      { numRuns: 200, seed: 22 },
    )
  })
})
