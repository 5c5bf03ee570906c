import { expect, test } from 'vitest'
import { formatTastes, measureTastes } from '../../../src/tools/evaluate/tastes.ts'

test('lists learned from clicks fit hidden tastes better than popularity and chance, and the oracle fits them all', () => {
  const figures = measureTastes({ seed: 7, trainVisits: 600, testVisits: 30 })
  const { ours, popularity, oracle, 'random-sub-category': random } = figures
  expect(oracle.fit).toBe(100)
  expect(ours.fit).toBeGreaterThan(popularity.fit)
  expect(ours.fit).toBeGreaterThan(random.fit)
  expect(ours.p20).toBeGreaterThan(popularity.p20)
  expect(formatTastes(figures)).toMatch(/oracle +100\.00/)
})
