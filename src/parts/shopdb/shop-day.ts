/**
 * shopdb/shop-day: which instants a shop-local date covers, and when its night begins.
 *
 * In: a date such as "2026-11-23" and an IANA zone, or an instant.
 * Out: instants in epoch milliseconds, dates as "YYYY-MM-DD".
 * Invariant: the days of a zone cut all of time into half-open pieces, without gap or overlap, also where clocks jump.
 */
import { HemlineError } from '../../std/errors.ts'

const DAY_MS = 86_400_000
/** Zones lie within 14 h of UTC on either side, and a jump within a day of it. */
const SEARCH_MS = 30 * 3_600_000
/** Offsets change on whole seconds. */
const OFFSET_STEP_MS = 1000
/** Ten years of nights: no run asks for more dates. */
export const DATES_MAXIMUM = 3660

export interface DayBounds {
  readonly startMs: number
  /** First instant that no longer belongs to the day. */
  readonly endMs: number
}

const formatters = new Map<string, Intl.DateTimeFormat>()
/** More zones than exist; one process rarely sees two. */
const FORMATTERS_MAXIMUM = 1000

/**
 * The instants of a shop-local date. A day begins with the first instant whose wall clock shows that date or a later
 * one, so an hour that is lived twice across midnight stays with the later day, and a date the zone skipped is empty.
 */
export function shopDayBounds(shopDate: string, timeZone: string): DayBounds {
  const localMs = parseDate(shopDate)
  return {
    startMs: firstInstantAtOrAfter(localMs, timeZone),
    endMs: firstInstantAtOrAfter(localMs + DAY_MS, timeZone),
  }
}

/** The shop-local date that holds an instant. */
export function shopDateOf(instantMs: number, timeZone: string): string {
  const shown = formatDate(instantMs + offsetMs(instantMs, timeZone))
  // Where clocks went back across midnight the wall shows the earlier date again; the day has already begun.
  const next = nextDate(shown)
  return firstInstantAtOrAfter(parseDate(next), timeZone) <= instantMs ? next : shown
}

/** When the night of a date is due: the first instant at or after 00:01 of the following shop-local date. */
export function nightDueMs(shopDate: string, timeZone: string): number {
  return firstInstantAtOrAfter(parseDate(shopDate) + DAY_MS + 60_000, timeZone)
}

/** Whether both ends are read as shop-local dates, in order: "2026-11-01" to "2026-11-03" gives three. */
export function datesBetween(first: string, last: string): readonly string[] {
  const dates: string[] = []
  const lastMs = parseDate(last)
  for (let ms = parseDate(first); ms <= lastMs; ms += DAY_MS) {
    if (dates.length === DATES_MAXIMUM) {
      throw new HemlineError('HEM_NIGHT_DATE_INVALID', {
        subject: `dates ${first} to ${last}`,
        expected: `at most ${DATES_MAXIMUM} dates`,
        got: 'more',
        remedy: 'run the nights in several calls',
      })
    }
    dates.push(formatDate(ms))
  }
  return dates
}

export function nextDate(shopDate: string): string {
  return addDays(shopDate, 1)
}

export function addDays(shopDate: string, days: number): string {
  return formatDate(parseDate(shopDate) + days * DAY_MS)
}

/** Monday of the ISO week that holds the date. */
export function weekStartOf(shopDate: string): string {
  const ms = parseDate(shopDate)
  const sinceMonday = (new Date(ms).getUTCDay() + 6) % 7
  return formatDate(ms - sinceMonday * DAY_MS)
}

/** Smallest instant whose wall clock shows `localMs` (wall time read as if it were UTC) or later. */
function firstInstantAtOrAfter(localMs: number, timeZone: string): number {
  const before = offsetMs(localMs - SEARCH_MS, timeZone)
  const after = offsetMs(localMs + SEARCH_MS, timeZone)
  if (before === after) return localMs - before
  const jumpMs = findJump(localMs - SEARCH_MS, localMs + SEARCH_MS, timeZone)
  const early = localMs - before
  return early < jumpMs ? early : Math.max(jumpMs, localMs - after)
}

/** First second of the new offset; halves at most 18 times between two instants with different offsets. */
function findJump(fromMs: number, toMs: number, timeZone: string): number {
  const before = offsetMs(fromMs, timeZone)
  let low = Math.floor(fromMs / OFFSET_STEP_MS)
  let high = Math.ceil(toMs / OFFSET_STEP_MS)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetMs(middle * OFFSET_STEP_MS, timeZone) === before) low = middle
    else high = middle
  }
  return high * OFFSET_STEP_MS
}

/** Wall clock minus UTC. */
function offsetMs(instantMs: number, timeZone: string): number {
  const wholeMs = Math.floor(instantMs / OFFSET_STEP_MS) * OFFSET_STEP_MS
  const numbers = formatterOf(timeZone).format(wholeMs).match(/\d+/gu)
  if (numbers === null || numbers.length !== 6) throw new Error(`no wall clock for ${wholeMs} in ${timeZone}`)
  const [month, day, year, hour, minute, second] = numbers.map(Number)
  return Date.UTC(year, month - 1, day, hour, minute, second) - wholeMs
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known !== undefined) return known
  if (formatters.size >= FORMATTERS_MAXIMUM) formatters.clear()
  let made: Intl.DateTimeFormat
  try {
    made = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
  } catch (cause) {
    throw new HemlineError('HEM_CONFIG_INVALID', {
      subject: 'time zone',
      expected: 'an IANA name such as "Europe/Paris"',
      got: JSON.stringify(timeZone),
      remedy: 'set HEMLINE_TIME_ZONE',
      cause,
    })
  }
  formatters.set(timeZone, made)
  return made
}

function parseDate(shopDate: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/u.test(shopDate) ? Date.parse(`${shopDate}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(ms) || formatDate(ms) !== shopDate) {
    throw new HemlineError('HEM_NIGHT_DATE_INVALID', {
      subject: 'shop date',
      expected: 'a day of the calendar such as 2026-11-23',
      got: JSON.stringify(shopDate),
      remedy: 'write year, month and day with dashes',
    })
  }
  return ms
}

function formatDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
