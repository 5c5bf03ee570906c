/**
 * model/trend/state: what to call a value's movement.
 *
 * In: the counters of a dimension, and the interval of a value.
 * Out: one word, and since when.
 * Invariant: the stream and the nights use the same words for the same numbers.
 */
import type { TrendWindow } from '../../event/product.ts'
import { CONFIRMED_DAYS, FAD, FADING, FADING_BAR, NO_ALARM, RISING, RISING_BAR } from './alarm.ts'
import { DAY_MS, type DimensionCounters } from './counters.ts'
import { expectedShare, usualShare } from './expect.ts'
import type { Interval } from './interval.ts'

export type TrendState = 'rising' | 'fading' | 'steady' | 'seasonal' | 'unconfirmed' | 'fad'

/** An expected share this far from the usual one is the season's doing. */
const SEASONAL = 1.2

export interface Asked {
  readonly interval: Interval
  readonly window: TrendWindow
  readonly day: number
}

/** Attributes go by their alarms, which take days; the last hours and products go by what they show. */
export function stateOf(of: DimensionCounters, value: number, { interval, window, day }: Asked): TrendState {
  const { kind, since } = of.alarms
  if (of.isAttribute && window === 'now') {
    if (kind[value] === FAD) return 'fad'
    if (kind[value] === FADING) return 'fading'
    if (kind[value] === RISING) return day - since[value] <= CONFIRMED_DAYS ? 'unconfirmed' : 'rising'
  } else {
    if (interval.low > RISING_BAR) return of.isAttribute && kind[value] !== RISING ? 'unconfirmed' : 'rising'
    if (interval.high < FADING_BAR) return 'fading'
  }
  const season = expectedShare(of, value) / usualShare(of, value)
  return season > SEASONAL || season < 1 / SEASONAL ? 'seasonal' : 'steady'
}

/** First day of the alarm, such as "2026-11-12"; null where there is none. */
export function sinceOf(of: DimensionCounters, value: number): string | null {
  const { kind, since } = of.alarms
  return kind[value] === NO_ALARM ? null : new Date(since[value] * DAY_MS).toISOString().slice(0, 10)
}
