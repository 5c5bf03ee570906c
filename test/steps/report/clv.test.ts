/**
 * test/steps/report/clv: the models of customers' value against published figures and against customers made by them.
 *
 * In: parameters from the literature; customers drawn from known parameters.
 * Out: what is expected of them; parameters found again.
 * Invariant: figures are from their authors, or from the process the model describes.
 */
import { expect, test } from 'vitest'
import { chanceAlive, fitBgNbd, purchasesIn, type Pattern } from '../../../src/steps/report/clv/bg-nbd.ts'
import { fitGammaGamma } from '../../../src/steps/report/clv/gamma-gamma.ts'
import { logGamma } from '../../../src/steps/report/clv/log-gamma.ts'
import { seededRandom, type Random } from '../../../src/tools/simulate/random.ts'

test('logGamma knows factorials and the root of pi', () => {
  expect(logGamma(6)).toBeCloseTo(Math.log(120), 12)
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 12)
  expect(logGamma(101)).toBeCloseTo(363.73937555556347, 9)
})

test('expects of a CDNOW customer what Fader, Hardie and Lee 2005 print', () => {
  // Their note "Implementing the BG/NBD Model in Excel": 1.226 purchases in 39 weeks.
  const cdnow = { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 }
  const customer = { repeats: 2, recencyWeeks: 30.43, ageWeeks: 38.86 }
  expect(purchasesIn(39, cdnow, customer)).toBeCloseTo(1.226, 3)
  expect(chanceAlive(cdnow, customer)).toBeGreaterThan(0.7)
  expect(chanceAlive(cdnow, { ...customer, recencyWeeks: 2 })).toBeLessThan(0.4)
  expect(chanceAlive(cdnow, { repeats: 0, recencyWeeks: 0, ageWeeks: 30 })).toBe(1)
})

/** @source Marsaglia and Tsang 2000 for shapes from 1; smaller ones by the usual power of a uniform draw */
function gamma(shape: number, random: Random): number {
  if (shape < 1) return gamma(shape + 1, random) * random.next() ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - random.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

test('finds the parameters again that made the customers, and foresees their orders', () => {
  const random = seededRandom(11, 'clv')
  const truth = { r: 0.8, alpha: 9, a: 0.9, b: 3 }
  const horizon = 40
  let after = 0
  const patterns = Array.from({ length: 4000 }, (): Pattern => {
    const rate = gamma(truth.r, random) / truth.alpha
    const one = gamma(truth.a, random)
    const drops = one / (one + gamma(truth.b, random))
    const ageWeeks = 20 + Math.floor(random.next() * 60)
    let at = 0
    let repeats = 0
    let recencyWeeks = 0
    while (random.next() >= (at === 0 ? 0 : drops)) {
      at -= Math.log(1 - random.next()) / rate
      if (at > ageWeeks + horizon) break
      if (at > ageWeeks) after += 1
      else {
        repeats += 1
        recencyWeeks = at
      }
    }
    return { repeats, recencyWeeks, ageWeeks, customers: 1 }
  })
  const model = fitBgNbd(patterns)
  expect(model.r).toBeGreaterThan(0.65)
  expect(model.r).toBeLessThan(0.95)
  expect(model.alpha / model.r).toBeGreaterThan(9)
  expect(model.alpha / model.r).toBeLessThan(14)
  const foreseen = patterns.reduce((sum, pattern) => sum + purchasesIn(horizon, model, pattern), 0)
  expect(Math.abs(foreseen / after - 1)).toBeLessThan(0.1)
})

test('finds what an order is worth, and draws a single order towards the shop', () => {
  const random = seededRandom(12, 'values')
  const truth = { p: 6, q: 4, gamma: 15 }
  const bins = Array.from({ length: 3000 }, () => {
    const days = 1 + Math.floor(random.next() * 6)
    const scale = gamma(truth.q, random) / truth.gamma
    return { days, mean: gamma(truth.p * days, random) / scale / days, customers: 1 }
  })
  const { p, q, gamma: scale } = fitGammaGamma(bins)
  // Mean of a customer nobody knows, 6 x 15 / (4 - 1).
  expect((p * scale) / (q - 1)).toBeGreaterThan(28)
  expect((p * scale) / (q - 1)).toBeLessThan(32)
  const expected = (days: number, mean: number) => ((scale + days * mean) * p) / (p * days + q - 1)
  expect(expected(1, 90)).toBeLessThan(expected(6, 90))
  expect(expected(6, 90)).toBeLessThan(90)
})
