/**
 * model/trend/alarm: when a value is called rising or fading, and for how long.
 *
 * In: one judgement a day and value.
 * Out: alarms that start after two days of evidence and end after 21 quiet days.
 * Invariant: one day's evidence never makes an alarm, and a rise that is soon over is called a fad.
 */
import type { Alarms } from './counters.ts'
import type { Interval } from './interval.ts'

export const NO_ALARM = 0
export const RISING = 1
export const FADING = 2
export const FAD = 3

/** The interval has to lie beyond these. */
export const RISING_BAR = 1.125
export const FADING_BAR = 0.84
/** Judgements running that make an alarm. */
const RUNNING_DAYS = 2
const STREAK_MAXIMUM = 100
const QUIET_DAYS = 21
/** A rise is confirmed or called a fad when it is this old. */
export const CONFIRMED_DAYS = 10
/** A fad has kept less than this of its best rise. */
const KEPT_SHARE = 0.4

export interface Judgement {
  readonly value: number
  readonly day: number
  readonly interval: Interval
  /** 1 where most of the last days were above the usual, -1 where below, else 0. */
  readonly lately: number
}

export function sound(alarms: Alarms, { value, day, interval, lately }: Judgement): void {
  const side = interval.low > RISING_BAR && lately > 0 ? 1 : interval.high < FADING_BAR && lately < 0 ? -1 : 0
  const streak = nextStreak(alarms.streak[value], side)
  alarms.streak[value] = streak
  const wanted = side === 1 ? RISING : side === -1 ? FADING : NO_ALARM
  const kind = alarms.kind[value]
  const age = day - alarms.since[value]
  if (wanted !== NO_ALARM && wanted === kind) {
    alarms.quiet[value] = 0
    alarms.peak[value] = side * Math.max(side * alarms.peak[value], side * interval.ratio)
  } else if (Math.abs(streak) >= RUNNING_DAYS && !isSameRise(kind, streak, age)) {
    alarms.kind[value] = wanted
    alarms.since[value] = day
    alarms.quiet[value] = 0
    alarms.peak[value] = interval.ratio
    return
  } else if (kind !== NO_ALARM && ++alarms.quiet[value] >= QUIET_DAYS) {
    alarms.kind[value] = NO_ALARM
  }
  if (kind === RISING && age === CONFIRMED_DAYS && isSpent(alarms.peak[value], interval.ratio)) alarms.kind[value] = FAD
}

function nextStreak(streak: number, side: number): number {
  return Math.sign(streak) === side ? side * Math.min(STREAK_MAXIMUM, Math.abs(streak) + 1) : side
}

/** A fad rises anew only by evidence that began after it was called one. */
function isSameRise(kind: number, streak: number, age: number): boolean {
  return kind === FAD && streak > age - CONFIRMED_DAYS
}

function isSpent(peak: number, ratio: number): boolean {
  return ratio - 1 < KEPT_SHARE * (peak - 1)
}
