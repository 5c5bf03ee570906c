/**
 * test/parts/shopdb/shop-day: dates and instants of zones whose clocks jump.
 *
 * In: zones in which 00:01 does not exist, occurs twice, or in which a whole date was skipped.
 * Out: proof that days have no gap or overlap and that a night begins at the first 00:01 there is.
 * Invariant: expected instants are written out, not computed.
 */
import { expect, test } from 'vitest'
import { HemlineError } from '../../../src/std/errors.ts'
import {
  addDays,
  datesBetween,
  nightDueMs,
  shopDateOf,
  shopDayBounds,
  weekStartOf,
} from '../../../src/parts/shopdb/shop-day.ts'

const iso = (ms: number): string => new Date(ms).toISOString()

test.each([
  // 00:00 to 00:59 do not exist: the night begins when the clock shows 01:00.
  ['Africa/Cairo', '2026-04-23', '2026-04-23T22:00:00.000Z'],
  ['America/Havana', '2026-03-07', '2026-03-08T05:00:00.000Z'],
  ['America/Santiago', '2026-09-05', '2026-09-06T04:00:00.000Z'],
  ['Asia/Beirut', '2026-03-28', '2026-03-28T22:00:00.000Z'],
  ['Atlantic/Azores', '2026-03-28', '2026-03-29T01:00:00.000Z'],
  // 00:01 occurs twice: the first one counts.
  ['America/Havana', '2026-10-31', '2026-11-01T04:01:00.000Z'],
  ['Atlantic/Azores', '2026-10-24', '2026-10-25T00:01:00.000Z'],
  // An ordinary night, west and east.
  ['America/New_York', '2026-11-23', '2026-11-24T05:01:00.000Z'],
  ['Asia/Kathmandu', '2026-11-23', '2026-11-23T18:16:00.000Z'],
  ['UTC', '2026-12-31', '2027-01-01T00:01:00.000Z'],
])('in %s the night of %s is due at %s', (zone, date, due) => {
  expect(iso(nightDueMs(date, zone))).toBe(due)
})

test.each([
  ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z', 23],
  ['America/Havana', '2026-11-01', '2026-11-01T04:00:00.000Z', 25],
  ['Europe/Paris', '2026-03-29', '2026-03-28T23:00:00.000Z', 23],
  ['Europe/Paris', '2026-10-25', '2026-10-24T22:00:00.000Z', 25],
  ['America/Santiago', '2026-04-04', '2026-04-04T03:00:00.000Z', 25],
  ['Australia/Lord_Howe', '2026-04-05', '2026-04-04T13:00:00.000Z', 24.5],
  ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z', 0],
])('in %s the day %s begins at %s and lasts %d hours', (zone, date, start, hours) => {
  const bounds = shopDayBounds(date, zone)
  expect(iso(bounds.startMs)).toBe(start)
  expect((bounds.endMs - bounds.startMs) / 3_600_000).toBe(hours)
})

test('gives an hour that is lived twice across midnight to the later day', () => {
  // Until 2011 Newfoundland's clocks went from 00:01 back to 23:01 of the day before.
  const startMs = Date.parse('2010-11-07T02:30:00.000Z')
  expect(iso(shopDayBounds('2010-11-07', 'America/St_Johns').startMs)).toBe(iso(startMs))
  expect(shopDateOf(startMs - 1, 'America/St_Johns')).toBe('2010-11-06')
  expect(shopDateOf(startMs + 10 * 60_000, 'America/St_Johns')).toBe('2010-11-07')
})

test('cuts two years of every hard zone into days without gap or overlap, with one night each', () => {
  const zones = [
    'Africa/Cairo',
    'America/Havana',
    'America/Santiago',
    'Asia/Beirut',
    'Atlantic/Azores',
    'America/Scoresbysund',
    'Africa/Casablanca',
    'Australia/Lord_Howe',
    'Pacific/Chatham',
    'Asia/Ho_Chi_Minh',
  ]
  const dates = datesBetween('2026-01-01', '2027-12-31')
  expect(dates).toHaveLength(730)
  for (const zone of zones) {
    let endMs: number | null = null
    for (const date of dates) {
      const bounds = shopDayBounds(date, zone)
      if (endMs !== null) expect(bounds.startMs, `${zone} ${date}`).toBe(endMs)
      endMs = bounds.endMs
      expect(shopDateOf(bounds.startMs, zone), `${zone} ${date}`).toBe(date)
      expect(shopDateOf(bounds.endMs - 1, zone), `${zone} ${date}`).toBe(date)
      const dueMs = nightDueMs(date, zone)
      expect(dueMs >= bounds.endMs && dueMs <= bounds.endMs + 60_000, `${zone} ${date}`).toBe(true)
    }
  }
})

test('counts days and weeks over leap days and years', () => {
  expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
  expect(datesBetween('2026-12-31', '2027-01-01')).toEqual(['2026-12-31', '2027-01-01'])
  expect(datesBetween('2026-01-02', '2026-01-01')).toEqual([])
  expect(weekStartOf('2027-01-03')).toBe('2026-12-28')
  expect(weekStartOf('2026-11-23')).toBe('2026-11-23')
})

test.each(['2026-02-30', '2026-2-3', 'yesterday', ''])('refuses %j as a date', (date) => {
  expect(() => nightDueMs(date, 'UTC')).toThrow(HemlineError)
})

test('refuses a zone that does not exist and says which variable to set', () => {
  expect(() => shopDayBounds('2026-01-01', 'Europe/Atlantis')).toThrow(/HEM_CONFIG_INVALID.*HEMLINE_TIME_ZONE/u)
})
