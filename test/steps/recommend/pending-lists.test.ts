import { expect, test } from 'vitest'
import { embeddedPosition } from '../../../src/parts/stream/position.ts'
import { manualClock } from '../../../src/std/clock.ts'
import { createPendingLists } from '../../../src/steps/recommend/pending-lists.ts'

test('gives each product once, the longest waiting first, and a busy one again only after a pause', () => {
  const clock = manualClock(1_000_000)
  const pending = createPendingLists(clock)
  for (const id of ['a', 'b', 'a']) pending.add(id, null)
  clock.advance(20)
  expect([pending.take(), pending.take(), pending.take()]).toEqual(['a', 'b', null])
  pending.add('a', embeddedPosition(3))
  pending.add('c', embeddedPosition(4))
  clock.advance(20)
  expect([pending.take(), pending.take()]).toEqual(['c', null])
  expect(pending.checkpoint(embeddedPosition(9))).toEqual(embeddedPosition(3))
  clock.advance(5000)
  expect(pending.take()).toBe('a')
  expect(pending.size).toBe(0)
  expect(pending.checkpoint(embeddedPosition(9))).toEqual(embeddedPosition(9))
})

test('makes one list every 40 ms while events keep coming', () => {
  const clock = manualClock(1_000_000)
  const pending = createPendingLists(clock)
  for (const id of ['a', 'b', 'c']) pending.add(id, null)
  expect([pending.take(), pending.take()]).toEqual(['a', null])
  clock.advance(39)
  pending.add('d', null)
  expect(pending.take()).toBeNull()
  clock.advance(1)
  expect([pending.take(), pending.take()]).toEqual(['b', null])
})
