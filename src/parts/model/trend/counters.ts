/**
 * model/trend/counters: how much attention each value of each dimension gets, lately, usually and a year ago.
 *
 * In: a value, a weight and the event's time.
 * Out: sums that halve every 5 days and every 6 hours, the open day, the 14 days before it, and a year of days.
 * Invariant: counting costs the same however many values there are; a late event enters with its age.
 */
import { grown } from '../state/arrays.ts'

export const DAY_MS = 86_400_000
export const NOW_HALF_LIFE_DAYS = 5
export const LIVE_HALF_LIFE_DAYS = 0.25
/** Newest days that the usual share does not know of, so that a trend cannot hide in its own baseline. */
export const LAG_DAYS = 14
/** Days of attention kept for the season: a year, and as much again as a season's kernel looks ahead. */
export const YEAR_SLOTS = 400

export interface TrendCounters {
  /** The open day, days since 1970 UTC; -1 before the first event. All sums are worth their face value at its start. */
  day: number
  /** Days closed since the first event. */
  age: number
  /** Newest event time, epoch ms; NaN before the first event. */
  newestMs: number
  readonly dimensions: readonly DimensionCounters[]
}

/** Sums per value, in views: a cart counts 3, an order 6. */
export interface DimensionCounters {
  /** Whether its values have seasons and alarms; products come and go too fast for either. */
  readonly isAttribute: boolean
  /** Values ever counted, as the highest one + 1. */
  size: number
  now: Float64Array
  live: Float64Array
  /** What `now` would be as expected, of the attention in `expectedTotal`. */
  expected: Float64Array
  /** Attention of more than 14 days ago, without its season, halving every 56 days. */
  usual: Float64Array
  /** Factor of the open day's season on the share; 0 stands for a value that is new today, whose factor is 1. */
  season: Float64Array
  /** Attention by value and day of the last 14, without its season. */
  lagged: Float32Array
  readonly laggedTotals: Float64Array
  /** Attention by value and day; empty where no season is kept. */
  year: Float32Array
  readonly yearTotals: Float64Array
  readonly alarms: Alarms
  nowTotal: number
  liveTotal: number
  expectedTotal: number
  usualTotal: number
  /** Makes the expected shares of the open day add up to 1. */
  scale: number
  /** Mean roughness of the values. */
  roughness: number
}

/** The alarm of each value, and what its ratio did without one. */
export interface Alarms {
  /** `NO_ALARM`, `RISING`, `FADING` or `FAD`. */
  kind: Uint8Array
  /** Daily evaluations running above (or, negative, below) the bar, at most 100. */
  streak: Int32Array
  /** Day of the alarm. */
  since: Int32Array
  /** Days since the alarm's evidence was last there. */
  quiet: Uint8Array
  /** Furthest ratio from 1 since the alarm. */
  peak: Float64Array
  /** Squared deviation of the ratio from 1 beyond chance, smoothed once and twice; 0 before it is known. */
  roughness: Float64Array
  lateRoughness: Float64Array
}

/** @param attributes for each dimension whether it is an attribute of products, not the products themselves */
export function createCounters(attributes: readonly boolean[]): TrendCounters {
  return { day: -1, age: 0, newestMs: Number.NaN, dimensions: attributes.map(createDimension) }
}

function createDimension(isAttribute: boolean): DimensionCounters {
  const none = new Float64Array(0)
  return {
    isAttribute,
    size: 0,
    now: none,
    live: none,
    expected: none,
    usual: none,
    season: none,
    lagged: new Float32Array(0),
    laggedTotals: new Float64Array(LAG_DAYS),
    year: new Float32Array(0),
    yearTotals: new Float64Array(isAttribute ? YEAR_SLOTS : 0),
    alarms: {
      kind: new Uint8Array(0),
      streak: new Int32Array(0),
      since: new Int32Array(0),
      quiet: new Uint8Array(0),
      peak: none,
      roughness: none,
      lateRoughness: none,
    },
    nowTotal: 0,
    liveTotal: 0,
    expectedTotal: 0,
    usualTotal: 0,
    scale: 1,
    roughness: 0,
  }
}

/** Makes room for values below `size`. */
export function reserveValues(of: DimensionCounters, size: number): void {
  if (size <= of.size) return
  of.size = size
  of.lagged = grown(of.lagged, size * LAG_DAYS)
  if (of.isAttribute) of.year = grown(of.year, size * YEAR_SLOTS)
  if (size <= of.now.length) return
  of.now = grown(of.now, size)
  const room = of.now.length
  of.live = grown(of.live, room)
  of.expected = grown(of.expected, room)
  of.usual = grown(of.usual, room)
  of.season = grown(of.season, room)
  const { alarms } = of
  alarms.kind = grown(alarms.kind, room)
  alarms.streak = grown(alarms.streak, room)
  alarms.since = grown(alarms.since, room)
  alarms.quiet = grown(alarms.quiet, room)
  alarms.peak = grown(alarms.peak, room)
  alarms.roughness = grown(alarms.roughness, room)
  alarms.lateRoughness = grown(alarms.lateRoughness, room)
}

/** An event's time, as places and factors. */
export interface Moment {
  /** What it is worth at the start of the open day. */
  readonly now: number
  readonly live: number
  /** Its day before the open one; 0 for the open day. */
  readonly daysAgo: number
  readonly laggedSlot: number
  readonly yearSlot: number
}

/** @param timeMs not after the open day */
export function momentOf(counters: TrendCounters, timeMs: number): Moment {
  const passedDays = timeMs / DAY_MS - counters.day
  const day = Math.floor(timeMs / DAY_MS)
  return {
    now: 2 ** (passedDays / NOW_HALF_LIFE_DAYS),
    live: 2 ** (passedDays / LIVE_HALF_LIFE_DAYS),
    daysAgo: counters.day - day,
    laggedSlot: day % LAG_DAYS,
    yearSlot: day % YEAR_SLOTS,
  }
}

/** Counts attention to one value of one dimension. */
export function count(of: DimensionCounters, value: number, weight: number, moment: Moment): void {
  reserveValues(of, value + 1)
  of.now[value] += weight * moment.now
  of.nowTotal += weight * moment.now
  of.live[value] += weight * moment.live
  of.liveTotal += weight * moment.live
  if (moment.daysAgo < LAG_DAYS) {
    const unseasoned = weight / (of.season[value] || 1)
    of.lagged[value * LAG_DAYS + moment.laggedSlot] += unseasoned
    of.laggedTotals[moment.laggedSlot] += unseasoned
  }
  if (of.isAttribute && moment.daysAgo < YEAR_SLOTS) {
    of.year[value * YEAR_SLOTS + moment.yearSlot] += weight
    of.yearTotals[moment.yearSlot] += weight
  }
}
