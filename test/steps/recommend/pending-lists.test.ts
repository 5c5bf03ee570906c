import { expect, test } from 'vitest'
import { embeddedPosition } from '../../../src/parts/stream/position.ts'
import { manualClock } from '../../../src/std/clock.ts'
import { createPendingLists } from '../../../src/steps/recommend/pending-lists.ts'

test('gives each product once, the longest waiting first, and a busy one again only after a pause', () => {
  const clock = manualClock(0)
  const pending = createPendingLists(clock)
  for (const id of ['a', 'b', 'a']) pending.add(id, null)
  expect([pending.take(), pending.take(), pending.take()]).toEqual(['a', 'b', null])
  pending.add('a', embeddedPosition(3))
  pending.add('c', embeddedPosition(4))
  expect([pending.take(), pending.take()]).toEqual(['c', null])
  expect(pending.checkpoint(embeddedPosition(9))).toEqual(embeddedPosition(3))
  clock.advance(5000)
  expect(pending.take()).toBe('a')
  expect(pending.size).toBe(0)
  expect(pending.checkpoint(embeddedPosition(9))).toEqual(embeddedPosition(9))
})
