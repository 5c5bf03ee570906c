/**
 * test/parts/sql/time-travel: tables of the past get names of their own.
 *
 * In: statements in Athena's words.
 * Out: the statement the engine sees, and the moments it asks for.
 * Invariant: what stands in quotes and comments stays.
 */
import { expect, test } from 'vitest'
import { travelsOf } from '../../../src/parts/sql/time-travel.ts'

const AT = Date.parse('2026-11-24T08:00:00Z')

test.each([
  [`clean.orders FOR TIMESTAMP AS OF TIMESTAMP '2026-11-24 08:00:00 UTC'`],
  [`Clean . "orders" for timestamp as of '2026-11-24T09:00:00+01:00'`],
  [`clean.orders FOR TIMESTAMP AS OF '2026-11-24 08:00'`],
])('reads %s', (table) => {
  expect(travelsOf(`SELECT * FROM ${table} AS o`)).toEqual({
    sql: `SELECT * FROM "clean"."orders@${AT}" AS o`,
    travels: [{ name: 'clean.orders', alias: `clean.orders@${AT}`, asOf: { timestampMs: AT } }],
  })
})

test('reads a snapshot id of 63 bits', () => {
  const { sql, travels } = travelsOf('SELECT * FROM clean.orders FOR VERSION AS OF 9223372036854775807')
  expect(sql).toBe('SELECT * FROM "clean"."orders@snapshot 9223372036854775807" AS "orders"')
  expect(travels[0]?.asOf).toEqual({ snapshotId: 2n ** 63n - 1n })
})

test.each([
  `SELECT 'clean.orders FOR VERSION AS OF 1' FROM clean.orders`,
  `SELECT 1 -- clean.orders FOR VERSION AS OF 1`,
  `SELECT 1 /* clean.orders FOR VERSION AS OF 1 */`,
  `SELECT "clean.orders FOR VERSION AS OF 1" FROM clean.orders`,
])('leaves %s as it is', (sql) => {
  expect(travelsOf(sql)).toEqual({ sql, travels: [] })
})

test('refuses a time that cannot be read, and too many tables of the past', () => {
  expect(() => travelsOf(`SELECT * FROM a.b FOR TIMESTAMP AS OF 'yesterday'`)).toThrow(/HEM_SQL_INVALID/)
  const many = Array.from({ length: 9 }, (_, index) => `a.b FOR VERSION AS OF ${index}`).join(', ')
  expect(() => travelsOf(`SELECT * FROM ${many}`)).toThrow(/at most 8/)
})
