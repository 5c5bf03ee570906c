/**
 * report/weekly/week: which week a report is about.
 *
 * In: a date, or none, and the newest night that was copied.
 * Out: Monday and Sunday, and the weeks it is compared with.
 * Invariant: a report is of a whole week; without a date it is the newest one that is over.
 */
import { addDays, weekStartOf } from '../../../parts/shopdb/shop-day.ts'
import { HemlineError } from '../../../std/errors.ts'

export interface ReportWeek {
  /** Monday, shop date. */
  readonly first: string
  /** Sunday. */
  readonly last: string
  readonly previousFirst: string
  readonly previousLast: string
  /** The same 7 weekdays 52 weeks before. */
  readonly lastYearFirst: string
  readonly lastYearLast: string
  /** ISO 8601 week number. */
  readonly number: number
}

/** @throws HEM_NIGHT_DATE_INVALID for a week that is not over, or no date of the calendar */
export function reportWeek(date: string | null, newestNight: string): ReportWeek {
  const first = date === null ? addDays(weekStartOf(addDays(newestNight, 1)), -7) : weekStartOf(date)
  const last = addDays(first, 6)
  if (last > newestNight) {
    throw new HemlineError('HEM_NIGHT_DATE_INVALID', {
      subject: `week of ${date ?? first}`,
      expected: `a week that was over on ${newestNight}, the newest night`,
      got: `a week that ends on ${last}`,
      remedy: 'leave the date out for the newest whole week, or run the nights first',
    })
  }
  return {
    first,
    last,
    previousFirst: addDays(first, -7),
    previousLast: addDays(first, -1),
    lastYearFirst: addDays(first, -364),
    lastYearLast: addDays(last, -364),
    number: isoWeekOf(first),
  }
}

function isoWeekOf(monday: string): number {
  // The Thursday of a week decides to which year it belongs.
  const thursday = addDays(monday, 3)
  const firstMonday = weekStartOf(`${thursday.slice(0, 4)}-01-04`)
  return Math.round((Date.parse(monday) - Date.parse(firstMonday)) / (7 * 86_400_000)) + 1
}
