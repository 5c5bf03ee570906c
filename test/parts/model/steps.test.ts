import { describe, expect, test } from 'vitest'
import { lnAge, lnPlusOne } from '../../../src/parts/model/state/logarithms.ts'
import { countStep, createSteps, grownSteps, halveSteps, stepsBetween } from '../../../src/parts/model/state/steps.ts'

describe('steps from item to item', () => {
  test('are never counted too low, and seldom too high, while the sketch grows with the log', () => {
    let steps = createSteps()
    const truth = new Map<string, number>()
    for (let event = 1; event <= 20_000; event++) {
      const from = Math.floor(300 * ((event * 0.618) % 1) ** 2)
      const to = Math.floor(300 * ((event * 0.414) % 1) ** 2)
      steps = grownSteps(steps, event)
      countStep(steps, from, to)
      truth.set(`${from} ${to}`, (truth.get(`${from} ${to}`) ?? 0) + 1)
    }
    let tooHigh = 0
    for (const [pair, times] of truth) {
      const [from, to] = pair.split(' ').map(Number)
      const counted = stepsBetween(steps, from, to)
      expect(counted).toBeGreaterThanOrEqual(times)
      if (counted > times) tooHigh++
    }
    expect(steps.length).toBe(262_144)
    expect(tooHigh / truth.size).toBeLessThan(0.05)
  })

  test('have a direction, and count half after the index dropped its older half', () => {
    const steps = createSteps()
    for (let i = 0; i < 5; i++) countStep(steps, 1, 2)
    expect([stepsBetween(steps, 1, 2), stepsBetween(steps, 2, 1)]).toEqual([5, 0])
    halveSteps(steps)
    expect(stepsBetween(steps, 1, 2)).toBe(2)
  })
})

test('logarithms from tables are those of Math.log, as nearly as they say', () => {
  for (const x of [0, 0.003, 0.5, 7.77, 63.99, 64, 5000]) expect(lnPlusOne(x)).toBeCloseTo(Math.log(1 + x), 4)
  for (const n of [1, 65_535, 65_536, 999_999, 16_000_000]) expect(Math.abs(lnAge(n) - Math.log(n))).toBeLessThan(0.004)
})
