import { expect, test } from 'vitest'
import { drawBook, drawFrom, gumbel, gumbelBook } from '../../../src/tools/simulate/draw-book.ts'
import { seededRandom } from '../../../src/tools/simulate/random.ts'

const random = seededRandom(7, 'book')

test('every item stands in its book by its weight, and the rarest once', () => {
  const { items, places } = drawBook([40, 50, 60], [1, 0, 3], random)
  expect(places).toBe(128)
  const counts = new Map(
    [40, 50, 60].map((item) => [item, items.subarray(0, places).filter((one) => one === item).length]),
  )
  expect(counts).toEqual(
    new Map([
      [40, 32],
      [50, 1],
      [60, 95],
    ]),
  )
  expect(items.subarray(places)).toEqual(items.subarray(0, 16))
})

test('a book of one item gives it', () => {
  expect(drawFrom(drawBook([9], [0.1], random), random)).toBe(9)
})

test('noise has the mean of its kind', () => {
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length
  expect(mean(gumbelBook(random).values)).toBeCloseTo(0.577, 1)
  expect(mean(Array.from({ length: 20_000 }, () => gumbel(random)))).toBeCloseTo(0.577, 1)
})
