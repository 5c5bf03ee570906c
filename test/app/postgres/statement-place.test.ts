/**
 * test/app/postgres/statement-place: who answers what.
 *
 * In: statements as drivers and tools send them.
 * Out: the lake, the catalogue or the session.
 * Invariant: words inside texts and comments decide nothing.
 */
import { expect, test } from 'vitest'
import { placeOf } from '../../../src/app/postgres/statement-place.ts'

test.each([
  ['SELECT 1', 'lake'],
  ['SELECT * FROM clean.orders', 'lake'],
  ['SELECT * FROM "mart"."sales_daily" LIMIT 5', 'lake'],
  [`SELECT * FROM clean.orders WHERE status = 'pg_class'`, 'lake'],
  ['SELECT * FROM orders', 'lake'],
  ['INSERT INTO clean.orders VALUES (1)', 'lake'],
  ['SELECT relname FROM pg_class', 'catalogue'],
  [`SELECT c.oid FROM pg_catalog.pg_class c WHERE c.relname OPERATOR(pg_catalog.~) '^(orders)$'`, 'catalogue'],
  [`SELECT table_name FROM information_schema.tables WHERE table_schema = 'clean'`, 'catalogue'],
  ['select version()', 'catalogue'],
  ['SELECT current_schema()', 'catalogue'],
  [`SELECT 'clean.orders'::regclass::oid`, 'catalogue'],
  ['show standard_conforming_strings', 'catalogue'],
  ['/* a tool */ BEGIN READ ONLY', 'session'],
  ['SET extra_float_digits = 3', 'session'],
  ['DISCARD ALL', 'session'],
  [' ; -- nothing', 'empty'],
])('%s goes to: %s', (sql, kind) => {
  expect(placeOf(sql).kind).toBe(kind)
})

test('a transaction ends with COMMIT and ROLLBACK, not with ROLLBACK TO', () => {
  const transactionOf = (sql: string) => {
    const place = placeOf(sql)
    return place.kind === 'session' ? place.transaction : undefined
  }
  expect(['START TRANSACTION', 'COMMIT', 'ROLLBACK', 'ROLLBACK TO a', 'SET x = 1'].map(transactionOf)).toEqual([
    'begin',
    'end',
    'end',
    null,
    null,
  ])
})
