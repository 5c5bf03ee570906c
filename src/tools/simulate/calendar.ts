/**
 * simulate/calendar: how busy the demo shop is, by the clock on its own wall.
 *
 * In: a shop-local date and an IANA zone.
 * Out: the day's bounds, its demand against an average day, and instants drawn by the hour.
 * Invariant: instants lie within the day, also on days of 23 and 25 hours.
 */
import { addDays, shopDateOf, shopDayBounds } from '../../parts/shopdb/shop-day.ts'
import { weightedPick, type Random, type WeightedPick } from './random.ts'

const HOUR_MS = 3_600_000
const HOURS_A_DAY = 24

/** Visits by hour of the day: quiet nights, lunch, and the evening on the sofa. */
const HOUR_WEIGHTS = [
  12, 7, 4, 3, 3, 5, 12, 24, 38, 48, 54, 58, 64, 60, 55, 54, 56, 60, 68, 82, 96, 92, 66, 34,
] as const
/** Sunday first. */
const WEEKDAY_WEIGHTS = [1.18, 1.02, 0.95, 0.94, 0.96, 0.97, 0.98] as const
/** January first: sales, spring, the quiet of August, and the run to Christmas. */
const MONTH_WEIGHTS = [1.02, 0.88, 0.95, 1, 1.04, 1.02, 0.96, 0.86, 0.98, 1.03, 1.2, 1.24] as const
/** Days around the end of the month, when wages come. */
const PAYDAY_LIFT = 1.12
/** Demand at the end of the history against its beginning. */
const GROWTH = 1.7

export interface ShopDay {
  readonly date: string
  readonly startMs: number
  readonly endMs: number
  /** Days before the last day of the history; 0 for today. */
  readonly age: number
  /** Demand against an average day of the whole history, about 0.5 to 2. */
  readonly demand: number
}

/** The last `count` shop-local dates up to the one that holds `nowMs`, oldest first. */
export function shopDays(options: { readonly nowMs: number; readonly timeZone: string; readonly count: number }) {
  const today = shopDateOf(options.nowMs, options.timeZone)
  const raw = Array.from({ length: options.count }, (_, i): ShopDay => {
    const age = options.count - 1 - i
    const date = addDays(today, -age)
    const bounds = shopDayBounds(date, options.timeZone)
    return { date, age, ...bounds, demand: rawDemand(date) * (GROWTH - ((GROWTH - 1) * age) / options.count) }
  })
  const mean = raw.reduce((sum, day) => sum + day.demand, 0) / raw.length
  return raw.map((day): ShopDay => ({ ...day, demand: day.demand / mean }))
}

function rawDemand(date: string): number {
  const at = new Date(`${date}T12:00:00Z`)
  const dayOfMonth = at.getUTCDate()
  const payday = dayOfMonth >= 27 || dayOfMonth <= 3 ? PAYDAY_LIFT : 1
  return WEEKDAY_WEIGHTS[at.getUTCDay()] * MONTH_WEIGHTS[at.getUTCMonth()] * payday
}

/** Draws instants of the day by the hour. */
export function instantPicker(day: ShopDay, timeZone: string): (random: Random) => number {
  const hours = Math.round((day.endMs - day.startMs) / HOUR_MS)
  const pick = hours === HOURS_A_DAY ? ORDINARY_DAY : weightedPick(hoursOf(day, timeZone, hours))
  return (random) => Math.min(day.endMs - 1, Math.floor(day.startMs + (pick(random) + random.next()) * HOUR_MS))
}

const ORDINARY_DAY: WeightedPick = weightedPick(HOUR_WEIGHTS)

function hoursOf(day: ShopDay, timeZone: string, hours: number): number[] {
  const clock = new Intl.DateTimeFormat('en-US', { timeZone, hour: '2-digit', hourCycle: 'h23' })
  return Array.from({ length: hours }, (_, i) => HOUR_WEIGHTS[Number(clock.format(day.startMs + i * HOUR_MS))])
}

/** Day of the year on which each season's clothes sell best. */
const SEASON_PEAK: Readonly<Record<string, number>> = { Winter: 5, Spring: 100, Summer: 180, Fall: 285 }
const SEASON_STRENGTH = 0.45

/** Log weight of a season's clothes on a date; 0 for an unknown season. */
export function seasonFit(season: string, atMs: number): number {
  const peak = SEASON_PEAK[season]
  if (peak === undefined) return 0
  const start = Date.UTC(new Date(atMs).getUTCFullYear(), 0, 1)
  const dayOfYear = (atMs - start) / (HOURS_A_DAY * HOUR_MS)
  return SEASON_STRENGTH * Math.cos((2 * Math.PI * (dayOfYear - peak)) / 365.25)
}
