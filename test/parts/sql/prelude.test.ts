/**
 * test/parts/sql/prelude: the engine with the prelude gives what Trino gives.
 *
 * In: the golden expressions and queries.
 * Out: one comparison each, as JSON values; where a Trino is at hand (HEMLINE_TRINO_URL), the same with it.
 * Invariant: every name of the prelude stands in at least one golden result.
 */
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PRELUDE_FUNCTIONS } from '../../../src/parts/sql/functions.ts'
import { toSqlValue } from '../../../src/parts/sql/json-rows.ts'
import { preludeNames, preludeStatements } from '../../../src/parts/sql/prelude.ts'
import { GOLDEN, GOLDEN_QUERIES, goldenQuery } from './golden-queries.ts'
import { askTrino } from './trino-client.ts'

const instance = await DuckDBInstance.create(':memory:')
const connection = await instance.connect()

beforeAll(async () => {
  for (const statement of preludeStatements()) await connection.run(statement)
})
afterAll(() => connection.closeSync())

describe('the prelude gives what Trino gives', () => {
  test.each(GOLDEN)('%s', async (expression, expected) => {
    const reader = await connection.runAndReadAll(`SELECT ${expression}`)
    expect(toSqlValue(reader.getRows()[0]?.[0] ?? null)).toEqual(expected)
  })

  test.each(GOLDEN_QUERIES)('%s', async (query, expected) => {
    const reader = await connection.runAndReadAll(goldenQuery(query))
    expect(reader.getRows().map((row) => row.map(toSqlValue))).toEqual(expected)
  })
})

const trinoUrl = process.env['HEMLINE_TRINO_URL']
const needs = trinoUrl === undefined ? ' (skipped: needs HEMLINE_TRINO_URL)' : ''
describe.skipIf(trinoUrl === undefined)(`Trino itself answers the same${needs}`, () => {
  test.each(GOLDEN)('%s', async (expression, expected) => {
    expect(await askTrino(trinoUrl ?? '', `SELECT ${expression}`)).toEqual([[expected]])
  })

  test.each(GOLDEN_QUERIES)('%s', async (query, expected) => {
    expect(await askTrino(trinoUrl ?? '', goldenQuery(query))).toEqual(expected)
  })
})

test('every name of the prelude has a golden result and may be called by a query', () => {
  const text = [...GOLDEN, ...GOLDEN_QUERIES].map(([sql]) => sql).join(' ')
  for (const name of preludeNames()) expect(text).toMatch(new RegExp(`\\b${name}\\(`))
  expect([...preludeNames()].sort()).toEqual([...PRELUDE_FUNCTIONS].sort())
})
