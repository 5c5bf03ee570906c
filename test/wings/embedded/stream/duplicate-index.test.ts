/**
 * test/wings/embedded/stream/duplicate-index.test: the index against a plain map.
 *
 * In: random additions, removals and passing time.
 * Out: the same answers as a map gives.
 * Invariant: neither growth nor removal loses or invents an id.
 */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDuplicateIndex } from '../../../../src/wings/embedded/stream/duplicate-index.ts'
import { hashId } from '../../../../src/wings/embedded/stream/id-hash.ts'

const seed = { high: 7, low: 11 }
const hashOf = (id: string) => {
  const pair = { high: 0, low: 0 }
  hashId(id, seed, pair)
  return pair
}

test('answers as a map does, whatever is added, taken back or expires', () => {
  const step = fc.oneof(
    fc.record({ add: fc.integer({ min: 0, max: 40 }) }),
    fc.record({ takeBack: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ waitMs: fc.integer({ min: 0, max: 4000 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const index = createDuplicateIndex({ windowMs: 5000, maxIds: 20 })
      let model: { id: number; second: number }[] = []
      let nowMs = 0
      for (const action of steps) {
        if ('waitMs' in action) {
          nowMs += action.waitMs
          index.expire(nowMs)
          model = model.filter(({ second }) => second >= Math.floor(nowMs / 1000) - 5)
        } else if ('takeBack' in action) {
          index.removeNewest(action.takeBack)
          model = model.slice(0, Math.max(0, model.length - action.takeBack))
        } else {
          const isNew = !model.some(({ id }) => id === action.add)
          // Ids share their low half, so that they meet in one run of slots.
          expect(index.add({ high: action.add + 1, low: 65_535 }, nowMs)).toBe(isNew)
          if (isNew) model = [...model, { id: action.add, second: Math.floor(nowMs / 1000) }].slice(-20)
        }
        expect(index.size).toBe(model.length)
      }
    }),
    { numRuns: 500, seed: 7 },
  )
})

test('holds 200,000 ids through its growth, with no false hit', () => {
  const index = createDuplicateIndex()
  for (let nth = 0; nth < 200_000; nth++) expect(index.add(hashOf(`id-${nth}`), 0)).toBe(true)
  for (let nth = 0; nth < 200_000; nth += 97) expect(index.add(hashOf(`id-${nth}`), 0)).toBe(false)
  expect(index.size).toBe(200_000)
})

test('hashes an id differently under another seed', () => {
  const other = { high: 0, low: 0 }
  hashId('id', { high: 8, low: 11 }, other)
  expect(other).not.toEqual(hashOf('id'))
})

test('forgets none of its ids when it grows', () => {
  const index = createDuplicateIndex()
  const ids = Array.from({ length: 200_000 }, (_, n) => hashOf(`event-${n}`))
  expect(ids.filter((id) => !index.add(id, 0))).toEqual([])
  expect(ids.filter((id) => index.add(id, 0))).toEqual([])
})
