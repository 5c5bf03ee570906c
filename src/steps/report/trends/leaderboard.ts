/**
 * report/trends/leaderboard: what rises and fades, by the same counters as the stream's.
 *
 * In: attention by day and value, oldest first.
 * Out: for each value its share, what was expected, the interval of their ratio, and its state.
 * Invariant: the counters are those of parts/model/trend; only the time of day is lost, since a day counts as one moment.
 */
import { TREND_DIMENSIONS, type TrendDimension } from '../../../parts/event/product.ts'
import { passTime } from '../../../parts/model/trend/close-day.ts'
import { count, DAY_MS, momentOf } from '../../../parts/model/trend/counters.ts'
import { liftsOf } from '../../../parts/model/trend/lift.ts'
import { sinceOf, stateOf, type TrendState } from '../../../parts/model/trend/state.ts'
import { countersOf, createTrend } from '../../../parts/model/trend/trend.ts'

export interface DayAttention {
  /** Shop date. */
  readonly day: string
  readonly dimension: TrendDimension
  readonly value: string
  readonly attention: number
}

export interface Placed {
  readonly dimension: TrendDimension
  readonly value: string
  readonly attention: number
  readonly share: number
  readonly expectedShare: number
  readonly ratio: number
  readonly low: number
  readonly high: number
  readonly state: TrendState
  /** Shop date of the alarm, or null. */
  readonly since: string | null
}

/** @param last shop date after whose end the values are judged */
export function leaderboardOf(days: readonly DayAttention[], last: string): readonly Placed[] {
  const trend = createTrend()
  const numbers = new Map<string, number>()
  const names = new Map<TrendDimension, string[]>()
  for (const { day, dimension, value, attention } of days) {
    const timeMs = Date.parse(day) + DAY_MS / 2
    passTime(trend.counters, timeMs)
    const known = names.get(dimension) ?? []
    names.set(dimension, known)
    const key = `${dimension}\0${value}`
    const number = numbers.get(key) ?? known.push(value) - 1
    numbers.set(key, number)
    count(countersOf(trend, dimension), number, attention, momentOf(trend.counters, timeMs))
  }
  if (names.size === 0) return []
  passTime(trend.counters, Date.parse(last) + DAY_MS)
  return TREND_DIMENSIONS.flatMap((dimension) => {
    const of = countersOf(trend, dimension)
    const lifts = liftsOf(trend, dimension)
    return (names.get(dimension) ?? []).map((value, number): Placed => {
      const { sessions, expected, ratio, low, high } = lifts.of(number)
      return {
        dimension,
        value,
        attention: sessions,
        share: lifts.total > 0 ? sessions / lifts.total : 0,
        expectedShare: lifts.total > 0 ? expected / lifts.total : 0,
        ratio,
        low,
        high,
        state: stateOf(of, number, { interval: { ratio, low, high }, window: 'now', day: trend.counters.day }),
        since: sinceOf(of, number),
      }
    })
  })
}
