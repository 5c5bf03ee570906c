import { expect, test } from 'vitest'
import { seededRandom, weightedPick } from '../../../src/tools/simulate/random.ts'

const draws = (seed: number, ...purpose: readonly (string | number)[]) => {
  const random = seededRandom(seed, ...purpose)
  return [random.next(), random.next(), random.next()].join()
}

test('a draw depends on the seed and on the purpose', () => {
  expect(draws(7, 'orders')).toBe(draws(7, 'orders'))
  const all = [0, 1, 7, 8, 9, 70, 2 ** 31].flatMap((seed) => [draws(seed, 'orders'), draws(seed, 'clicks')])
  expect(new Set(all).size).toBe(14)
})

test('draws have the mean and spread of their kind', () => {
  const random = seededRandom(7, 'moments')
  const mean = (draw: () => number) => Array.from({ length: 20_000 }, draw).reduce((sum, x) => sum + x, 0) / 20_000
  expect(mean(() => random.next())).toBeCloseTo(0.5, 1)
  expect(mean(() => random.normal())).toBeCloseTo(0, 1)
  expect(mean(() => random.normal() ** 2)).toBeCloseTo(1, 1)
  expect(mean(() => random.poisson(3))).toBeCloseTo(3, 1)
  expect(mean(() => random.poisson(200)) / 200).toBeCloseTo(1, 1)
  expect(mean(() => random.gamma(1.2))).toBeCloseTo(1.2, 1)
})

test('a weighted pick follows its weights, and never takes what weighs nothing', () => {
  const pick = weightedPick([1, 0, 3])
  const random = seededRandom(7, 'pick')
  const counts = [0, 0, 0]
  for (let i = 0; i < 20_000; i++) counts[pick(random)] += 1
  expect(counts[1]).toBe(0)
  expect(counts[2] / counts[0]).toBeCloseTo(3, 0)
})
