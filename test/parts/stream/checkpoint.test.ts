import { describe, expect, test } from 'vitest'
import { formatCheckpoint, isAfter, parseCheckpoint } from '../../../src/parts/stream/checkpoint.ts'
import { embeddedPosition, SHARD_END, type Position } from '../../../src/parts/stream/position.ts'

describe('a checkpoint', () => {
  const several: Position = { shard: 'b', sequence_number: '05', others: { a: '07', z: SHARD_END } }

  test('is text that becomes the same position again', () => {
    expect(formatCheckpoint(embeddedPosition(7))).toBe('0:00000000000000000007')
    expect(formatCheckpoint(several)).toBe('b:05,a:07,z:~')
    for (const position of [embeddedPosition(7), several]) {
      expect(parseCheckpoint(formatCheckpoint(position))).toEqual(position)
    }
    expect(parseCheckpoint(null)).toBeNull()
  })

  test('covers what was read of each shard, and nothing of a shard that it does not name', () => {
    const isNew = (shard: string, sequence: string) => isAfter({ shard, sequence_number: sequence }, several)
    expect([isNew('b', '05'), isNew('b', '06'), isNew('a', '07'), isNew('a', '08')]).toEqual([false, true, false, true])
    expect([isNew('z', '99'), isNew('new', '01')]).toEqual([false, true])
    expect(isAfter(embeddedPosition(1), null)).toBe(true)
  })
})
