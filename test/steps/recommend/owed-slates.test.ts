import { expect, test } from 'vitest'
import { embeddedPosition } from '../../../src/parts/stream/position.ts'
import { createOwedSlates } from '../../../src/steps/recommend/owed-slates.ts'

const at = (sequence: number) => embeddedPosition(sequence)
const record = (sequence: number) => ({ at: at(sequence), before: sequence === 1 ? null : at(sequence - 1) })

test('gives the newest visitor first and each visitor once', () => {
  const owed = createOwedSlates()
  owed.owe('ana', record(1))
  owed.owe('ben', record(2))
  owed.owe('ana', record(3))
  expect(owed.waiting).toBe(2)
  expect(owed.take(1)).toEqual(['ana'])
  expect(owed.take(9)).toEqual(['ben'])
  expect(owed.take(9)).toEqual([])
  expect(owed.size).toBe(2)
})

test('holds the checkpoint before the oldest record as of which a slate is owed', () => {
  const owed = createOwedSlates()
  expect(owed.checkpoint(at(9))).toEqual(at(9))
  owed.owe('ana', record(1))
  owed.owe('ben', record(2))
  expect(owed.checkpoint(at(9))).toBeNull()
  owed.owe('ana', record(3))
  expect(owed.checkpoint(at(9))).toEqual(at(1))
  expect(owed.dueAt('ana')).toEqual(at(3))
  owed.settle('ben')
  expect(owed.checkpoint(at(9))).toEqual(at(2))
  expect(owed.take(9)).toEqual(['ana'])
  expect(owed.checkpoint(at(9))).toEqual(at(2))
  owed.settle('ana')
  expect(owed.checkpoint(at(9))).toEqual(at(9))
  expect(owed.oldest()).toBeNull()
})
