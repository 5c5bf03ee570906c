import { describe, expect, test } from 'vitest'
import { readExperiment, variantLabel, variantOf } from '../../../src/parts/serving/experiment.ts'

const utcDay = (date: string) => ({ startMs: Date.parse(date), endMs: Date.parse(date) + 86_400_000 })
const read = (wire: unknown) => readExperiment(wire, utcDay)
const halves = {
  name: 'spring',
  variants: [
    { name: 'own', share: 0.6 },
    { name: 'holdout', share: 0.3, personal: false },
  ],
}

/** How many of 4,000 visitors are in each variant. */
function counts(wire: unknown): Record<string, number> {
  const experiment = read(wire)
  const found: Record<string, number> = {}
  for (let visitor = 0; visitor < 4000; visitor++) {
    const variant = variantOf(experiment, `v${visitor}`)
    const label = variant === null ? 'none' : variantLabel(experiment, variant)
    found[label] = (found[label] ?? 0) + 1
  }
  return found
}

describe('an experiment', () => {
  test('splits visitors by its shares, each visitor always alike', () => {
    const found = counts(halves)
    expect(found).toEqual(counts(halves))
    expect(Math.abs((found['spring/own'] ?? 0) - 2400)).toBeLessThan(150)
    expect(Math.abs((found['spring/holdout'] ?? 0) - 1200)).toBeLessThan(150)
    expect(Math.abs((found['none'] ?? 0) - 400)).toBeLessThan(100)
  })

  test('splits visitors independently of another experiment', () => {
    const spring = read(halves)
    const summer = read({ ...halves, name: 'summer' })
    let both = 0
    for (let visitor = 0; visitor < 4000; visitor++) {
      const key = `v${visitor}`
      if (variantOf(spring, key)?.name === 'own' && variantOf(summer, key)?.name === 'own') both++
    }
    expect(Math.abs(both - 0.36 * 4000)).toBeLessThan(150)
  })

  test('takes rules for a variant, as the shop would', () => {
    const rules = [{ action: 'exclude', match: { brand: ['Acme'] } }]
    const { variants } = read({
      name: 'no-acme',
      variants: [
        { name: 'a', share: 0.5 },
        { name: 'b', share: 0.5, rules },
      ],
    })
    expect(variants[0]).toMatchObject({ personal: true, rules: null })
    expect(variants[1].rules).toMatchObject([{ action: 'exclude', match: { brand: ['acme'] } }])
  })

  test.each([
    [null, 'the experiment: expected an object'],
    [{ ...halves, name: 'Spring 1' }, 'field "name"'],
    [{ ...halves, variants: [] }, 'a list of 2 to 10'],
    [{ ...halves, until: 'x' }, 'fields name, variants, got "until"'],
    [
      {
        ...halves,
        variants: [
          { name: 'a', share: 0.7 },
          { name: 'b', share: 0.7 },
        ],
      },
      'shares that add up to 1',
    ],
    [
      {
        ...halves,
        variants: [
          { name: 'a', share: 0.5 },
          { name: 'a', share: 0.5 },
        ],
      },
      'each name once',
    ],
    [
      {
        ...halves,
        variants: [
          { name: 'a', share: 0 },
          { name: 'b', share: 0.5 },
        ],
      },
      'a number above 0',
    ],
    [
      {
        ...halves,
        variants: [
          { name: 'a', share: 0.1, personal: 1 },
          { name: 'b', share: 0.5 },
        ],
      },
      'true or false',
    ],
  ])('is refused where it is %j', (wire, words) => {
    expect(() => read(wire)).toThrow(words)
    expect(() => read(wire)).toThrow(/^HEM_EXPERIMENT_INVALID/)
  })
})
