/**
 * score/simple-detectors: what a shop would do without a model of trends, for comparison.
 *
 * In: attention by day and series of one dimension.
 * Out: alarms of week over week, of EWMA z-scores of counts, and of shares.
 * Invariant: they see what ours sees, day by day, and end an alarm after the same 21 quiet days.
 */
import type { Alarm } from './grade-trends.ts'

export interface DailyCounts {
  readonly series: readonly string[]
  /** First day, days since 1970. */
  readonly firstDay: number
  /** counts[day][series] */
  readonly counts: readonly ArrayLike<number>[]
}

const WEEK_DAYS = 7
const WEEK_CHANGE = 1.3
const EWMA_HALF_LIFE_DAYS = 14
const Z_BAR = 3
const QUIET_DAYS = 21

export const SIMPLE_DETECTORS: readonly { readonly name: string; readonly detect: (of: DailyCounts) => Alarm[] }[] = [
  { name: 'week over week ±30 %', detect: (of) => weekOverWeek(of) },
  { name: 'EWMA z, counts', detect: (of) => ewma(of, (counts, series) => counts[series]) },
  { name: 'EWMA z, shares', detect: (of) => ewma(of, (counts, series, total) => counts[series] / (total || 1)) },
]

function weekOverWeek({ series, firstDay, counts }: DailyCounts): Alarm[] {
  return series.flatMap((name, place) => {
    const bell = alarmBell(name)
    for (let day = 2 * WEEK_DAYS - 1; day < counts.length; day++) {
      let now = 0
      let before = 0
      for (let ago = 0; ago < WEEK_DAYS; ago++) {
        now += counts[day - ago][place]
        before += counts[day - ago - WEEK_DAYS][place]
      }
      bell.ring(firstDay + day, before > 0 && now / before > WEEK_CHANGE ? 1 : now / before < 1 / WEEK_CHANGE ? -1 : 0)
    }
    return bell.alarms
  })
}

type Read = (counts: ArrayLike<number>, series: number, total: number) => number

function ewma({ series, firstDay, counts }: DailyCounts, read: Read): Alarm[] {
  const keep = 2 ** (-1 / EWMA_HALF_LIFE_DAYS)
  const totals = counts.map((day) => Array.from(day).reduce((sum, count) => sum + count, 0))
  return series.flatMap((name, place) => {
    const bell = alarmBell(name)
    let mean = 0
    let square = 0
    for (let day = 0; day < counts.length; day++) {
      const value = read(counts[day], place, totals[day])
      const deviation = Math.sqrt(Math.max(square - mean * mean, 1e-12))
      if (day > 2 * EWMA_HALF_LIFE_DAYS) {
        const z = (value - mean) / deviation
        bell.ring(firstDay + day, z > Z_BAR ? 1 : z < -Z_BAR ? -1 : 0)
      }
      const weight = day === 0 ? 1 : 1 - keep
      mean += weight * (value - mean)
      square += weight * (value * value - square)
    }
    return bell.alarms
  })
}

function alarmBell(series: string) {
  const alarms: Alarm[] = []
  let side = 0
  let quiet = 0
  return {
    alarms,
    ring(day: number, now: number) {
      if (now !== 0 && now === side) quiet = 0
      else if (now !== 0) {
        alarms.push({ series, day, kind: now > 0 ? 'rising' : 'fading' })
        side = now
        quiet = 0
      } else if (side !== 0 && ++quiet >= QUIET_DAYS) side = 0
    },
  }
}
