import { expect, test } from 'vitest'
import { dropOldest } from '../../src/std/oldest.ts'

test('what was set longest ago leaves first, also after it was set anew', () => {
  const map = new Map([['a', 1]])
  for (const key of ['b', 'c']) map.set(key, 1)
  map.delete('a')
  map.set('a', 2)
  dropOldest(map)
  map.set('d', 1)
  map.delete('c')
  map.set('c', 2)
  dropOldest(map)
  expect([...map.keys()]).toEqual(['d', 'c'])
})

test('an empty set stays empty, and one that was emptied goes on', () => {
  const set = new Set<string>()
  dropOldest(set)
  for (const value of ['x', 'y']) {
    set.add(value)
    dropOldest(set)
    expect(set.size).toBe(0)
  }
})

test('is the same as looking for the oldest from the start, over many turns', () => {
  const kept = new Map<number, number>()
  const plain = new Map<number, number>()
  for (let turn = 0; turn < 5000; turn++) {
    const key = (turn * 7919) % 1201
    for (const map of [kept, plain]) map.delete(key)
    if (kept.size >= 500) {
      dropOldest(kept)
      plain.delete(plain.keys().next().value!)
    }
    for (const map of [kept, plain]) map.set(key, turn)
  }
  expect([...kept]).toEqual([...plain])
})
