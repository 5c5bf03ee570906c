/**
 * model/trend/close-day: what happens at the end of a day.
 *
 * In: the counters, and the time of an event.
 * Out: expectations, alarms, usual shares and seasons brought to the event's day.
 * Invariant: the cost is one pass over the values a day, whatever the number of events.
 */
import { sound } from './alarm.ts'
import {
  DAY_MS,
  LAG_DAYS,
  LIVE_HALF_LIFE_DAYS,
  NOW_HALF_LIFE_DAYS,
  YEAR_SLOTS,
  type DimensionCounters,
  type TrendCounters,
} from './counters.ts'
import { evidenceOf, expectedNow, expectedShare, usualShare } from './expect.ts'
import { intervalOf } from './interval.ts'
import { learnRoughness } from './roughness.ts'
import { knowsSeason, turnSeason } from './season.ts'

const USUAL_HALF_LIFE_DAYS = 56
/** After a longer gap nothing of before is left to compare with. */
const GAP_MAXIMUM_DAYS = 800
/** Of the last 12 days, this many have to be a tenth beyond the usual. */
const LATELY_DAYS = 12
const LATELY_LEAST = 9
const LATELY_BAR = 1.1
/** Attention from which on the usual can tell what is far above it. */
const LEARNED_LEAST = 1000
const SURGE = 1.5
const SURGE_BY_CHANCE = 4

const NOW_A_DAY = 2 ** (-1 / NOW_HALF_LIFE_DAYS)
const LIVE_A_DAY = 2 ** (-1 / LIVE_HALF_LIFE_DAYS)
const USUAL_A_DAY = 2 ** (-1 / USUAL_HALF_LIFE_DAYS)

/** Moves time forward; call once an event, before it is counted. Time never goes back. */
export function passTime(counters: TrendCounters, timeMs: number): void {
  if (counters.day < 0) {
    counters.day = Math.floor(timeMs / DAY_MS)
    counters.newestMs = timeMs
    return
  }
  if (timeMs > counters.newestMs) counters.newestMs = timeMs
  const day = Math.floor(timeMs / DAY_MS)
  if (day <= counters.day) return
  const first = Math.max(counters.day, day - GAP_MAXIMUM_DAYS)
  counters.day = first
  while (counters.day < day) closeDay(counters)
}

function closeDay(counters: TrendCounters): void {
  const { day } = counters
  const isSeasonKnown = knowsSeason(counters.age)
  counters.day++
  counters.age++
  for (const of of counters.dimensions) {
    expectRest(of)
    decay(of)
    if (of.isAttribute) {
      learnRoughness(of, isSeasonKnown)
      judge(of, day)
    }
    learnUsual(of, counters.day)
    if (of.isAttribute) openYearDay(of, counters)
    of.scale = 1
    of.scale = 1 / (sumOfShares(of) || 1)
  }
}

/** Attention since the last closing, most of it of the closing day, as it was to be expected. */
function expectRest(of: DimensionCounters): void {
  for (let value = 0; value < of.size; value++) of.expected[value] = expectedNow(of, value)
  of.expectedTotal = of.nowTotal
}

function judge(of: DimensionCounters, day: number): void {
  for (let value = 0; value < of.size; value++) {
    const interval = intervalOf(evidenceOf(of, value, 'now'))
    sound(of.alarms, { value, day, interval, lately: lately(of, value, day) })
  }
}

/** On which side of the usual most of the last days were: a few days of promotion are no trend. */
function lately(of: DimensionCounters, value: number, day: number): number {
  const share = usualShare(of, value)
  let above = 0
  let below = 0
  for (let ago = 0; ago < LATELY_DAYS; ago++) {
    const slot = (day - ago) % LAG_DAYS
    const usual = of.laggedTotals[slot] * share
    const seen = of.lagged[value * LAG_DAYS + slot]
    if (seen > usual * LATELY_BAR) above++
    else if (seen * LATELY_BAR < usual) below++
  }
  return above >= LATELY_LEAST ? 1 : below >= LATELY_LEAST ? -1 : 0
}

function decay(of: DimensionCounters): void {
  for (let value = 0; value < of.size; value++) {
    of.now[value] *= NOW_A_DAY
    of.expected[value] *= NOW_A_DAY
    of.live[value] *= LIVE_A_DAY
  }
  of.nowTotal *= NOW_A_DAY
  of.expectedTotal *= NOW_A_DAY
  of.liveTotal *= LIVE_A_DAY
}

/** The day that is now 14 days old becomes part of the usual; its slot is the new day's. */
function learnUsual(of: DimensionCounters, day: number): void {
  const slot = day % LAG_DAYS
  const turnover = of.laggedTotals[slot] / (of.usualTotal || 1)
  const hasUsual = of.usualTotal >= LEARNED_LEAST
  let total = 0
  for (let value = 0; value < of.size; value++) {
    const at = value * LAG_DAYS + slot
    const learned = hasUsual ? Math.min(of.lagged[at], most(of.usual[value] * turnover)) : of.lagged[at]
    of.usual[value] = of.usual[value] * USUAL_A_DAY + learned
    total += of.usual[value]
    of.lagged[at] = 0
  }
  of.usualTotal = total
  of.laggedTotals[slot] = 0
}

/** A day far above the usual teaches only so much, or the end of a spike would look like a fade. */
function most(usual: number): number {
  return usual * SURGE + SURGE_BY_CHANCE * Math.sqrt(usual) + SURGE_BY_CHANCE
}

function openYearDay(of: DimensionCounters, { day, age }: TrendCounters): void {
  const slot = day % YEAR_SLOTS
  of.yearTotals[slot] = 0
  for (let value = 0; value < of.size; value++) of.year[value * YEAR_SLOTS + slot] = 0
  if (knowsSeason(age)) turnSeason(of, day)
}

function sumOfShares(of: DimensionCounters): number {
  let sum = 0
  for (let value = 0; value < of.size; value++) sum += expectedShare(of, value)
  return sum
}
