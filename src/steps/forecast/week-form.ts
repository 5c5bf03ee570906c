/**
 * forecast/week-form: the ways a file may name its weeks.
 *
 * In: text such as 2026-11-23, 2026-W48, 202648 or 17.
 * Out: a count of weeks that grows by one from week to week, and back.
 * Invariant: a file keeps to one form; two days of one week are the same week.
 */
import { addDays, weekStartOf } from '../../parts/shopdb/shop-day.ts'

const DAY_MS = 86_400_000
/** A Monday. */
const EPOCH = '1970-01-05'
const DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}.*)?$/u
const ISO_WEEK = /^(\d{4})-?W(\d{2})$/iu
const YEAR_WEEK = /^(19|20)\d{4}$/u
const NUMBER = /^\d{1,5}$/u

export interface WeekForm {
  readonly name: string
  /** Null for text of another form, or a week that does not exist. */
  weekOf(text: string): number | null
  textOf(week: number): string
}

/** The form of a file, from its first week; null where it is none. */
export function weekFormOf(first: string): WeekForm | null {
  const date = DATE.exec(first)?.[1]
  if (date !== undefined) return isDate(date) ? dates(weekdayOf(date)) : null
  if (ISO_WEEK.test(first)) return isoWeeks
  if (YEAR_WEEK.test(first)) return yearWeeks
  return NUMBER.test(first) ? numbers : null
}

/** Any day of the week; weeks are named by the same weekday as in the file. */
function dates(weekday: number): WeekForm {
  return {
    name: 'a date such as 2026-11-23',
    weekOf(text) {
      const date = DATE.exec(text)?.[1]
      return date !== undefined && isDate(date) ? countOf(weekStartOf(date)) : null
    },
    textOf: (week) => addDays(mondayOf(week), weekday),
  }
}

const isoWeeks: WeekForm = {
  name: 'an ISO week such as 2026-W48',
  weekOf(text) {
    const match = ISO_WEEK.exec(text)
    return match === null ? null : weekOfYear(Number(match[1]), Number(match[2]))
  },
  textOf: (week) => `${yearOf(week)}-W${twoDigits(week)}`,
}

const yearWeeks: WeekForm = {
  name: 'year and week such as 202648',
  weekOf: (text) => (YEAR_WEEK.test(text) ? weekOfYear(Number(text.slice(0, 4)), Number(text.slice(4))) : null),
  textOf: (week) => `${yearOf(week)}${twoDigits(week)}`,
}

const numbers: WeekForm = {
  name: 'a whole number, one more each week',
  weekOf: (text) => (NUMBER.test(text) ? Number(text) : null),
  textOf: String,
}

function weekOfYear(year: number, number: number): number | null {
  const week = firstWeekOf(year) + number - 1
  return number >= 1 && week < firstWeekOf(year + 1) ? week : null
}

/** ISO 8601: the week with the year's 4 January. */
function firstWeekOf(year: number): number {
  return countOf(weekStartOf(`${String(year).padStart(4, '0')}-01-04`))
}

/** The year of the week's Thursday. */
function yearOf(week: number): number {
  return Number(addDays(mondayOf(week), 3).slice(0, 4))
}

function twoDigits(week: number): string {
  return String(week - firstWeekOf(yearOf(week)) + 1).padStart(2, '0')
}

function countOf(monday: string): number {
  return Math.round((Date.parse(monday) - Date.parse(EPOCH)) / (7 * DAY_MS))
}

function mondayOf(week: number): string {
  return addDays(EPOCH, 7 * week)
}

function weekdayOf(date: string): number {
  return Math.round((Date.parse(date) - Date.parse(weekStartOf(date))) / DAY_MS)
}

function isDate(text: string): boolean {
  const ms = Date.parse(text)
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === text
}
