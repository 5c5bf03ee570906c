/**
 * test/parts/event/time.test: times from the wire.
 *
 * In: texts and numbers.
 * Out: epoch milliseconds, or null.
 * Invariant: agrees with `Date` wherever `Date` is right.
 */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatTime, parseTime } from '../../../src/parts/event/time.ts'

const at = (iso: string) => new Date(iso).getTime()

test.each([
  ['2026-11-23T08:15:30.123Z', at('2026-11-23T08:15:30.123Z')],
  ['2026-11-23T08:15:30', at('2026-11-23T08:15:30Z')],
  ['2026-11-23 08:15', at('2026-11-23T08:15:00Z')],
  ['2026-11-23', at('2026-11-23T00:00:00Z')],
  ['2026-11-23T08:15:30.123456+07:00', at('2026-11-23T01:15:30.123Z')],
  ['2026-11-23T08:15:30-0330', at('2026-11-23T11:45:30Z')],
  ['2024-02-29T00:00:00.000Z', at('2024-02-29T00:00:00Z')],
  ['2026-12-31T23:59:60Z', at('2026-12-31T23:59:59Z')],
  ['1763971200000', 1_763_971_200_000],
  [1_763_971_200_000.7, 1_763_971_200_000],
])('reads %s', (text, expected) => {
  expect(parseTime(text)).toBe(expected)
})

test.each([
  'yesterday',
  '',
  '2026-02-30T00:00:00Z',
  '2025-02-29T00:00:00.000Z',
  '2026-13-01T00:00:00.000Z',
  '2026-11-31T00:00:00.000Z',
  '2026-11-23T24:00:00.000Z',
  '2026-11-23T08:60:00.000Z',
  '2026-11-23T08:15:30.123+99:00',
  '23/11/2026',
  Number.NaN,
  Number.POSITIVE_INFINITY,
])('finds no time in %s', (text) => {
  expect(parseTime(text)).toBeNull()
})

test('writes and reads every millisecond as Date does', () => {
  const times = fc.integer({ min: at('1970-01-01T00:00:00Z'), max: at('2199-12-31T00:00:00Z') })
  fc.assert(
    fc.property(times, (epochMs) => {
      expect(formatTime(epochMs)).toBe(new Date(epochMs).toISOString())
      expect(parseTime(formatTime(epochMs))).toBe(epochMs)
    }),
    { numRuns: 2000, seed: 7 },
  )
})
