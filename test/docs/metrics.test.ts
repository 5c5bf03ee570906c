/**
 * test/docs/metrics: each metric has one definition, and the SQL keeps to it.
 *
 * In: docs/metrics.md, the marts' tables and their SQL.
 * Out: metrics whose SQL is not there, numbers without a definition or with two.
 * Invariant: nothing is shown to a marketer that nobody has defined.
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { MART_TABLES } from '../../src/parts/lake/mart-tables.ts'

const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')

/** Computed in TypeScript, and described by the page in words. */
const WITHOUT_SQL = new Set(['clv_model', 'clv_pattern', 'trend_leaderboard', 'trend_forecast', 'nightly_runs'])
const NUMBER = /^(int|long|double|decimal)/

interface Metric {
  readonly name: string
  readonly columns: readonly string[]
  readonly sql: string
}

const METRICS = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| metric'))
  .map((line): Metric => {
    const [, name = '', , , columns = '', sql = ''] = line.split(/ ?\| ?/u)
    return {
      name,
      columns: [...columns.matchAll(/`([^`]+)`/gu)].map(([, column]) => column),
      sql: sql.replaceAll('`', ''),
    }
  })

function sqlOf(table: string): string {
  const path = new URL(`../../src/steps/report/marts/${table}.sql`, import.meta.url)
  return plain(readFileSync(path, 'utf8').replaceAll(/--[^\n]*/gu, ''))
}

function plain(sql: string): string {
  return sql.replaceAll(/\s+/gu, ' ')
}

test('the SQL of each metric stands in the file of every mart that shows it', () => {
  expect(METRICS.length).toBeGreaterThan(40)
  const missing = METRICS.flatMap(({ name, columns, sql }) => {
    const marts = new Set(columns.map((column) => column.split('.')[0]))
    return [...marts].filter((mart) => !sqlOf(mart).includes(plain(sql))).map((mart) => `${name}: ${mart}`)
  })
  expect(missing).toEqual([])
})

test('every number of every mart is defined once', () => {
  const numbers = MART_TABLES.filter(({ table }) => !WITHOUT_SQL.has(table)).flatMap(({ table, columns }) =>
    columns.filter(({ type }) => NUMBER.test(type)).map(({ name }) => `${table}.${name}`),
  )
  expect(METRICS.flatMap(({ columns }) => columns).toSorted()).toEqual(numbers.toSorted())
})

test('marts computed in TypeScript are named in words', () => {
  for (const table of WITHOUT_SQL) if (table !== 'nightly_runs') expect(page).toContain(`\`${table}\``)
})
