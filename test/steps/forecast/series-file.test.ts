/**
 * test/steps/forecast/series-file: files of weekly series, good and bad.
 *
 * In: small CSV texts.
 * Out: proof of what is read, how weeks are named, and what is refused with which line.
 * Invariant: a week that is not there is not known, never 0.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { readSeriesFile } from '../../../src/steps/forecast/series-file.ts'
import { weekFormOf } from '../../../src/steps/forecast/week-form.ts'

const folder = mkdtempSync(join(tmpdir(), 'hemline-series-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function fileOf(text: string | Buffer, name = 'series.csv'): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('reads rows in any order, and leaves a missing or empty week unknown', async () => {
  const file = await readSeriesFile(
    fileOf('value,Series,WEEK,note\n3,b,2026-01-12,\n,a,2026-01-05,x\n1.5,a,2026-01-12,\n1e2,a,2026-01-26,\n'),
  )
  expect(file.panel.map(({ name, values }) => [name, ...values])).toEqual([
    ['b', 3],
    ['a', Number.NaN, 1.5, Number.NaN, 100],
  ])
  expect(file.unknown).toEqual([])
})

test('reads gzip, semicolons and a byte order mark', async () => {
  const { panel } = await readSeriesFile(fileOf(gzipSync('\uFEFFseries;week;value\r\na;1;2\r\na;2;3\r\n'), 's.csv.gz'))
  expect([...panel[0].values]).toEqual([2, 3])
})

test('names the series of which nothing is known', async () => {
  const { panel, unknown } = await readSeriesFile(fileOf('series,week,value\na,1,NA\nb,1,4\n'))
  expect([panel.map(({ name }) => name), unknown]).toEqual([['b'], ['a']])
})

test.each([
  ['2026-11-23', '2026-11-30'],
  ['2026-11-28', '2026-12-05'],
  ['2026-11-23T00:00:00Z', '2026-11-30'],
  ['2026-W53', '2027-W01'],
  ['2020W53', '2021-W01'],
  ['202053', '202101'],
  ['17', '18'],
])('after the week %s comes %s', (week, next) => {
  const form = weekFormOf(week)
  expect(form?.textOf((form.weekOf(week) ?? 0) + 1)).toBe(next)
})

test.each(['2026-13-01', '2026-02-30', 'W12', '2026/11/23', '', '-3'])('knows that "%s" is no week', (week) => {
  expect(weekFormOf(week)).toBe(null)
})

test.each([
  ['series,week,value\na,1,-2\n', 'HEM_FORECAST_ROW', 'line 2: "-2" is no number of at least 0'],
  ['series,week,value\na,1,ten\nb,1,1\nc,1\n', 'HEM_FORECAST_ROW', 'line 4: the value is missing'],
  ['series,week,value\na,2026-01-05,1\na,7,1\n', 'HEM_FORECAST_ROW', 'line 3: "7" is not a date such as'],
  ['series,week,value\na,2026-01-05,1\na,2026-01-06,1\n', 'HEM_FORECAST_ROW', 'line 3: the week comes twice'],
  ['series,week,value\na,2021-W53,1\n', 'HEM_FORECAST_ROW', 'line 2: "2021-W53" is not an ISO week'],
  ['series,week,value\n,1,1\n', 'HEM_FORECAST_ROW', 'line 2: the series has no name'],
  ['series,week,value\r\n\r\na,2025-W03,1\r\na,2025-W03,2\r\n', 'HEM_FORECAST_ROW', 'line 4: the week comes twice'],
  ['series,week,value\na,1,1e999\n', 'HEM_FORECAST_ROW', 'line 2'],
  ['name,week,value\na,1,1\n', 'HEM_FORECAST_FILE', 'a header that names series, week and value'],
  ['series,week,value\n', 'HEM_FORECAST_FILE', 'at least one row'],
  ['', 'HEM_FORECAST_FILE', 'a header'],
  ['series,week,value\na,1,1\na,99999,1\n', 'HEM_FORECAST_FILE', 'at most 1040 weeks'],
  ['series,week,value\n"a,1,1\n', 'HEM_FORECAST_FILE', 'CSV'],
])('refuses %j with %s', async (text, code, message) => {
  await expect(readSeriesFile(fileOf(text))).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
})

test('lists the first five bad rows and counts the rest', async () => {
  const rows = Array.from({ length: 8 }, (_, index) => `a,${index},x`)
  await expect(readSeriesFile(fileOf(`series,week,value\n${rows.join('\n')}\n`))).rejects.toThrow(/line 6.*and 3 more/u)
})

test('says that a file cannot be read', async () => {
  await expect(readSeriesFile(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'HEM_FILE_UNREADABLE' })
})
