/**
 * test/steps/report/leaderboard: what rises and fades by days of attention.
 *
 * In: a made dimension of steady values, one of which is looked at twice as much from a day on.
 * Out: states and intervals.
 * Invariant: the planted rise alone is called one.
 */
import { expect, test } from 'vitest'
import { addDays } from '../../../src/parts/shopdb/shop-day.ts'
import { leaderboardOf, type DayAttention } from '../../../src/steps/report/trends/leaderboard.ts'

const COLOURS = ['Black', 'Blue', 'Green', 'Red', 'White', 'Yellow']
const FIRST = '2026-07-01'
const DAYS = 120

function days(risesFrom: number): readonly DayAttention[] {
  return Array.from({ length: DAYS }, (_, nth) =>
    COLOURS.map((value, place) => {
      const wave = 1 + 0.05 * Math.sin(nth * (place + 1))
      const attention = Math.round(300 * wave * (value === 'Red' && nth >= risesFrom ? 2 : 1))
      return { day: addDays(FIRST, nth), dimension: 'base_colour' as const, value, attention }
    }),
  ).flat()
}

test('a colour that is looked at twice as much is rising, since the days after it began', () => {
  const board = leaderboardOf(days(100), addDays(FIRST, DAYS - 1))
  const red = board.find(({ value }) => value === 'Red')
  expect(red?.state).toBe('rising')
  expect(red?.low).toBeGreaterThan(1.14)
  expect(red?.share).toBeGreaterThan(red?.expectedShare ?? 1)
  expect(red?.since ?? '').toMatch(/^2026-10-1/)
  expect(board.filter(({ state }) => state === 'rising')).toHaveLength(1)
})

test('nothing rises where nothing changes, and nothing is said without attention', () => {
  const board = leaderboardOf(days(DAYS), addDays(FIRST, DAYS - 1))
  expect(new Set(board.map(({ state }) => state))).toEqual(new Set(['steady']))
  expect(leaderboardOf([], FIRST)).toEqual([])
})
