import { expect, test } from 'vitest'
import { formatExploration, measureExploration } from '../../../src/tools/evaluate/exploration.ts'

test('new products get a bounded share of places, all of them, and chosen ones are clicked more than by chance', () => {
  const figures = measureExploration({ seed: 5, visits: 600 })
  expect(figures.placesShare).toBeGreaterThan(0.05)
  expect(figures.placesShare).toBeLessThanOrEqual(0.1)
  expect(figures.shownShare).toBeGreaterThan(0.3)
  expect(figures.chosenRate).toBeGreaterThan(figures.chanceRate)
  expect(figures.bestRate).toBeGreaterThan(figures.chosenRate)
  expect(formatExploration(figures)).toContain('80 new products, 600 visits of 20 places')
})
