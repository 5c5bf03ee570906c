import { expect, test } from 'vitest'
import { manualClock } from '../../../src/std/clock.ts'
import { createShopListTimer } from '../../../src/steps/recommend/shop-list-timer.ts'

const idle = { isIdle: true, catalogueChanged: false }
const busy = { isIdle: false, catalogueChanged: false }

test('makes all lists at once where there are none, and when the catalogue changed', () => {
  const timer = createShopListTimer(manualClock(0), 3, true)
  expect(timer.take(busy)).toEqual([0, 1, 2])
  expect(timer.take(idle)).toEqual([])
  expect(timer.take({ isIdle: false, catalogueChanged: true })).toEqual([0, 1, 2])
})

test('makes stale lists one by one in quiet moments, and only stale ones', () => {
  const clock = manualClock(0)
  const timer = createShopListTimer(clock, 2, false)
  timer.touch()
  expect(timer.take(idle)).toEqual([])
  clock.advance(1000)
  expect([timer.take(busy), timer.take(idle), timer.take(idle), timer.take(idle)]).toEqual([[], [0], [1], []])
  clock.advance(5000)
  expect(timer.take(idle)).toEqual([])
})

test('does not wait for a quiet moment for ever', () => {
  const clock = manualClock(0)
  const timer = createShopListTimer(clock, 2, false)
  timer.touch()
  clock.advance(1000)
  expect(timer.take(busy)).toEqual([])
  clock.advance(3000)
  expect([timer.take(busy), timer.take(busy)]).toEqual([[0], [1]])
})
