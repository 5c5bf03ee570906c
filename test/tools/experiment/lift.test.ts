import { expect, test } from 'vitest'
import { liftOver, rateOf, type Sums } from '../../../src/tools/experiment/lift.ts'

/** Visitors who each had `denominator` chances and took `numerator` of them. */
function sumsOf(visitors: readonly (readonly [numerator: number, denominator: number])[]): Sums {
  const sum = (of: (numerator: number, denominator: number) => number) =>
    visitors.reduce((total, [numerator, denominator]) => total + of(numerator, denominator), 0)
  return {
    visitors: visitors.length,
    numerator: sum((n) => n),
    denominator: sum((_, d) => d),
    numeratorSquares: sum((n) => n * n),
    denominatorSquares: sum((_, d) => d * d),
    products: sum((n, d) => n * d),
  }
}

const buyers = (bought: number, of: number) =>
  sumsOf(Array.from({ length: of }, (_, visitor) => [visitor < bought ? 1 : 0, 1] as const))

test('the lift of a conversion has the interval of the textbook', () => {
  // 120 of 1,000 against 100 of 1,000: the log ratio's error is sqrt(0.88/120 + 0.9/100), as for a relative risk.
  const found = liftOver(buyers(100, 1000), buyers(120, 1000))
  const error = Math.sqrt(0.88 / 120 + 0.9 / 100)
  expect(found?.lift).toBeCloseTo(0.2, 10)
  expect(found?.low).toBeCloseTo(1.2 * Math.exp(-1.96 * error) - 1, 3)
  expect(found?.high).toBeCloseTo(1.2 * Math.exp(1.96 * error) - 1, 3)
})

test('clicks of one eager visitor widen the interval, since visitors are the unit', () => {
  const even = sumsOf(Array.from({ length: 50 }, (_, visitor) => [visitor % 2 === 0 ? 2 : 1, 10] as const))
  const eager = sumsOf(Array.from({ length: 50 }, (_, visitor) => [visitor === 0 ? 75 : 0, 10] as const))
  expect(rateOf(even)).toBe(rateOf(eager))
  const width = (of: Sums) => {
    const found = liftOver(even, of)
    return (found?.high ?? 0) - (found?.low ?? 0)
  }
  expect(width(eager)).toBeGreaterThan(10 * width(even))
})

test('a rate that does not vary between visitors has no spread, and nothing at all is told of nothing', () => {
  const always = sumsOf(Array.from({ length: 9 }, (_, visitor) => [visitor + 1, visitor + 1] as const))
  expect(liftOver(always, always)).toMatchObject({ lift: 0, low: expect.closeTo(0, 6), high: expect.closeTo(0, 6) })
  expect(liftOver(buyers(0, 10), buyers(3, 10))).toBeNull()
  expect(liftOver(buyers(1, 1), buyers(3, 10))).toBeNull()
})
