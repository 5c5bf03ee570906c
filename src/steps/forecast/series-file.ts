/**
 * forecast/series-file: weekly series from a CSV file of anyone's.
 *
 * In: CSV with the columns series, week and value, in any order of columns and rows; plain or gzip.
 * Out: the panel to forecast, and how the file names its weeks.
 * Malformed input: the first bad rows are named with their line, and nothing is forecast.
 * Invariant: a week without a row, or with an empty value, is not known; it is never 0.
 */
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { HemlineError, messageOf } from '../../std/errors.ts'
import { HISTORY_WEEKS_MAXIMUM, SERIES_MAXIMUM } from './panel.ts'
import type { WeeklySeries } from './prepare.ts'
import { weekFormOf, type WeekForm } from './week-form.ts'

const ROWS_MAXIMUM = 5_000_000
const FILE_BYTES_MAXIMUM = 256 * 1024 * 1024
const LISTED_MAXIMUM = 5
const COLUMNS = ['series', 'week', 'value'] as const
const UNKNOWN: ReadonlySet<string> = new Set(['', 'na', 'nan', 'null'])
const AMOUNT = /^\d+(\.\d*)?([eE][+-]?\d+)?$|^\.\d+$/u

export interface SeriesFile {
  /** In the order of their first rows. */
  readonly panel: readonly WeeklySeries[]
  /** Names of series of which no value is known. */
  readonly unknown: readonly string[]
  readonly weeks: WeekForm
}

/** @throws HEM_FILE_UNREADABLE, HEM_FORECAST_FILE, HEM_FORECAST_ROW */
export async function readSeriesFile(path: string): Promise<SeriesFile> {
  const [header, ...rows] = recordsOf(await textOf(path), path)
  const at = columnsOf(header?.record ?? [], path)
  if (rows.length === 0) throw wrongFile(path, 'at least one row', 'a header alone')
  const weeks = remembering(weekFormOf(rows[0].record[at.week] ?? ''))
  if (weeks === null) {
    throw wrongRows(path, [`line ${rows[0].line}: "${rows[0].record[at.week]}" is no week`], 1)
  }
  const bad: string[] = []
  const points = new Map<string, Map<number, number>>()
  let badRows = 0
  for (const { record, line } of rows) {
    const point = pointOf([record[at.series], record[at.week], record[at.value]], weeks)
    const series = typeof point === 'string' ? undefined : (points.get(point.series) ?? new Map<number, number>())
    const isTwice = typeof point !== 'string' && series?.has(point.week)
    if (series === undefined || typeof point === 'string' || isTwice) {
      badRows += 1
      if (bad.length < LISTED_MAXIMUM)
        bad.push(`line ${line}: ${typeof point === 'string' ? point : 'the week comes twice'}`)
      continue
    }
    series.set(point.week, point.value)
    points.set(point.series, series)
  }
  if (badRows > 0) throw wrongRows(path, bad, badRows)
  if (points.size > SERIES_MAXIMUM) throw wrongFile(path, `at most ${SERIES_MAXIMUM} series`, String(points.size))
  const all = [...points].map(([name, values]) => seriesOf(name, values, path))
  const isUnknown = ({ values }: WeeklySeries): boolean => values.every(Number.isNaN)
  return {
    panel: all.filter((series) => !isUnknown(series)),
    unknown: all.filter(isUnknown).map(({ name }) => name),
    weeks,
  }
}

interface Line {
  readonly record: readonly string[]
  readonly line: number
}

function recordsOf(text: string, path: string): readonly Line[] {
  try {
    // With `info` each row comes as its record and where it stands; the type does not know.
    const rows: unknown = parse(text, {
      bom: true,
      delimiter: [',', ';', '\t'],
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      to: ROWS_MAXIMUM + 2,
      trim: true,
    })
    const found = rows as readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[]
    if (found.length > ROWS_MAXIMUM + 1) throw wrongFile(path, `at most ${ROWS_MAXIMUM} rows`, 'more')
    return found.map(({ record, info }) => ({ record, line: info.lines }))
  } catch (thrown) {
    if (thrown instanceof HemlineError) throw thrown
    throw wrongFile(path, 'CSV', messageOf(thrown))
  }
}

function columnsOf(header: readonly string[], path: string): Readonly<Record<(typeof COLUMNS)[number], number>> {
  const names = header.map((name) => name.toLowerCase())
  if (COLUMNS.some((name) => !names.includes(name))) {
    throw wrongFile(path, 'a header that names series, week and value', header.join(',').slice(0, 80) || 'nothing')
  }
  return { series: names.indexOf('series'), week: names.indexOf('week'), value: names.indexOf('value') }
}

/** The same few hundred weeks stand in a million rows. */
function remembering(form: WeekForm | null): WeekForm | null {
  if (form === null) return null
  const known = new Map<string, number | null>()
  return {
    ...form,
    weekOf(text) {
      let week = known.get(text)
      if (week === undefined) known.set(text, (week = form.weekOf(text)))
      return week
    },
  }
}

interface Point {
  readonly series: string
  readonly week: number
  /** NaN where not known. */
  readonly value: number
}

/** What is wrong with the row, or its point. */
function pointOf([series, week, value]: readonly (string | undefined)[], weeks: WeekForm): Point | string {
  if (series === undefined || series === '') return 'the series has no name'
  const number = weeks.weekOf(week ?? '')
  if (number === null) return `"${week ?? ''}" is not ${weeks.name}`
  if (value === undefined) return 'the value is missing'
  if (UNKNOWN.has(value.toLowerCase())) return { series, week: number, value: Number.NaN }
  const amount = Number(value)
  if (!AMOUNT.test(value) || !Number.isFinite(amount)) return `"${value}" is no number of at least 0`
  return { series, week: number, value: amount }
}

function seriesOf(name: string, points: ReadonlyMap<number, number>, path: string): WeeklySeries {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const week of points.keys()) [first, last] = [Math.min(first, week), Math.max(last, week)]
  const weeks = last - first + 1
  if (weeks > HISTORY_WEEKS_MAXIMUM) {
    throw wrongFile(
      path,
      `series of at most ${HISTORY_WEEKS_MAXIMUM} weeks`,
      `${weeks} from first to last of "${name}"`,
    )
  }
  const values = Float64Array.from({ length: weeks }, (_, week) => points.get(first + week) ?? Number.NaN)
  return { name, firstWeek: first, values }
}

async function textOf(path: string): Promise<string> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (cause) {
    throw new HemlineError('HEM_FILE_UNREADABLE', {
      subject: path,
      expected: 'a file of weekly series',
      got: messageOf(cause),
      remedy: 'check the path and its permissions',
      cause,
    })
  }
  try {
    const plain = path.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: FILE_BYTES_MAXIMUM }) : bytes
    if (plain.length > FILE_BYTES_MAXIMUM) throw new Error(`more than ${FILE_BYTES_MAXIMUM} bytes`)
    return new TextDecoder('utf-8', { fatal: true }).decode(plain)
  } catch (cause) {
    throw wrongFile(path, `UTF-8 text, at most ${FILE_BYTES_MAXIMUM} bytes`, messageOf(cause))
  }
}

function wrongFile(path: string, expected: string, got: string): HemlineError {
  return new HemlineError('HEM_FORECAST_FILE', {
    subject: path,
    expected,
    got,
    remedy: 'see docs/forecast.md for the form of the file',
  })
}

function wrongRows(path: string, listed: readonly string[], count: number): HemlineError {
  const more = count > listed.length ? `; and ${count - listed.length} more` : ''
  return new HemlineError('HEM_FORECAST_ROW', {
    subject: path,
    expected: 'a name, a week and a value of at least 0 in each row',
    got: `${listed.join('; ')}${more}`,
    remedy: 'correct these rows; leave a value empty where it is not known',
  })
}
