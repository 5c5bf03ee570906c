/**
 * test/parts/lake/tables: the published tables are what the code says.
 *
 * In: the definitions.
 * Out: docs/tables.md held to them, and rules every table keeps.
 * Invariant: no column names a person in clear.
 */
import { expect, test } from 'vitest'
import { LAKE_TABLES, tablesPage } from '../../../src/parts/lake/tables.ts'

test('docs/tables.md says what the code says', async () => {
  await expect(tablesPage()).toMatchFileSnapshot('../../../docs/tables.md')
})

test('every table and column has a description that is a sentence', () => {
  const texts = LAKE_TABLES.flatMap((table) => [table, ...table.columns]).map(({ description }) => description)
  expect(texts.filter((text) => !/^[A-Za-z1-9].*\.$/.test(text))).toEqual([])
})

test('no table names a column twice, and no column names a person', () => {
  const personal = new Set(['username', 'first_name', 'last_name', 'email', 'phone', 'address', 'birthdate', 'ip'])
  for (const { namespace, table, columns } of LAKE_TABLES) {
    const names = columns.map((column) => column.name)
    expect(new Set(names).size, `${namespace}.${table}`).toBe(names.length)
    expect(
      names.filter((name) => personal.has(name)),
      `${namespace}.${table}`,
    ).toEqual([])
  }
})

test('money is decimal with two places', () => {
  const money = /price|discount$|^net$|^revenue(_extra|_per_head)?$|^refund$|^order_value$|^clv$/
  const columns = LAKE_TABLES.flatMap((table) => table.columns).filter((column) => money.test(column.name))
  expect(columns.length).toBeGreaterThan(10)
  expect(columns.filter((column) => !/^decimal\((12|18),2\)$/.test(column.type))).toEqual([])
})
