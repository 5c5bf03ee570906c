import { expect, test } from 'vitest'
import { embeddedPosition } from '../../../src/parts/stream/position.ts'
import { createPendingSlates } from '../../../src/steps/recommend/pending-slates.ts'

const at = (sequence: number) => embeddedPosition(sequence)

test('computes the newest visitor first and each visitor once', () => {
  const pending = createPendingSlates()
  pending.add('ana', at(1))
  pending.add('ben', at(2))
  pending.add('ana', at(3))
  expect(pending.size).toBe(2)
  expect(pending.take(1)).toEqual(['ana'])
  expect(pending.take(9)).toEqual(['ben'])
  expect(pending.take(9)).toEqual([])
})

test('holds the checkpoint before the oldest record whose slate waits', () => {
  const pending = createPendingSlates()
  expect(pending.checkpoint(at(9))).toEqual(at(9))
  pending.add('ana', null)
  pending.add('ben', at(1))
  expect(pending.checkpoint(at(9))).toBeNull()
  pending.add('ana', at(2))
  expect(pending.checkpoint(at(9))).toEqual(at(1))
  expect(pending.take(1)).toEqual(['ana'])
  expect(pending.checkpoint(at(9))).toEqual(at(1))
  expect(pending.take(1)).toEqual(['ben'])
  expect(pending.checkpoint(at(9))).toEqual(at(9))
})
