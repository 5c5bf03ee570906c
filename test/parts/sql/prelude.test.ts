/**
 * test/parts/sql/prelude: each macro gives what Trino gives.
 *
 * In: an expression, and the value Trino's documentation and semantics give for it.
 * Out: one comparison each, as text of the JSON value.
 * Invariant: every name of the prelude stands in at least one golden result.
 */
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PRELUDE_FUNCTIONS } from '../../../src/parts/sql/functions.ts'
import { toSqlValue } from '../../../src/parts/sql/json-rows.ts'
import { preludeNames, preludeStatements } from '../../../src/parts/sql/prelude.ts'

const GOLDEN: readonly (readonly [string, unknown])[] = [
  ['7 / 2', 3],
  ['-7 / 2', -3],
  ['7.0e0 / 2', 3.5],
  ["date('2026-11-24')", '2026-11-24'],
  ["date_diff('day', TIMESTAMP '2026-01-01 23:00:00', TIMESTAMP '2026-01-02 01:00:00')", 0],
  ["date_diff('hour', TIMESTAMP '2026-01-01 23:59:00', TIMESTAMP '2026-01-02 01:00:00')", 1],
  ["date_diff('month', DATE '2026-01-15', DATE '2026-03-14')", 1],
  ["date_diff('day', DATE '2026-03-01', DATE '2026-02-27')", -2],
  ["date_add('day', 1, DATE '2026-01-31')", '2026-02-01'],
  ["date_add('month', 1, DATE '2026-01-31')", '2026-02-28'],
  ["date_add('hour', -2, TIMESTAMP '2026-01-01 01:00:00')", '2025-12-31T23:00:00.000Z'],
  ["date_add('millisecond', 5, TIMESTAMP '2026-01-01 00:00:00')", '2026-01-01T00:00:00.005Z'],
  ["date_add('quarter', 2, DATE '2026-01-31')", '2026-07-31'],
  ["date_trunc('week', DATE '2026-11-24')", '2026-11-23'],
  ["date_trunc('hour', TIMESTAMP '2026-11-24 10:20:30')", '2026-11-24T10:00:00.000Z'],
  ["day_of_week(DATE '2026-11-29')", 7],
  ["dow(DATE '2026-11-23')", 1],
  ["day_of_month(DATE '2026-11-29')", 29],
  ["day_of_year(DATE '2026-02-01')", 32],
  ["doy(DATE '2026-12-31')", 365],
  ["week_of_year(DATE '2027-01-01')", 53],
  ["year_of_week(DATE '2027-01-01')", 2026],
  ["yow(DATE '2026-01-01')", 2026],
  ["millisecond(TIMESTAMP '2026-01-01 00:00:07.123')", 123],
  ["last_day_of_month(DATE '2028-02-03')", '2028-02-29'],
  ['from_unixtime(1.5)', '1970-01-01T00:00:01.500Z'],
  ["to_unixtime(TIMESTAMP '1970-01-01 00:00:01.5')", 1.5],
  ["from_iso8601_timestamp('2026-11-24T10:00:00+07:00')", '2026-11-24T03:00:00.000Z'],
  ["from_iso8601_date('2026-11-24')", '2026-11-24'],
  ["to_iso8601(TIMESTAMP '2026-11-24 10:00:00.5')", '2026-11-24T10:00:00.500'],
  ["to_iso8601(DATE '2026-11-24')", '2026-11-24'],
  ["with_timezone(TIMESTAMP '2026-11-24 07:00:00', 'Asia/Ho_Chi_Minh')", '2026-11-24T00:00:00.000Z'],
  ["CAST(at_timezone(TIMESTAMP '2026-11-23 20:00:00', 'Asia/Ho_Chi_Minh') AS DATE)", '2026-11-24'],
  ["date_format(TIMESTAMP '2026-01-02 03:04:05', '%Y-%m-%d %H:%i:%s')", '2026-01-02 03:04:05'],
  ["date_format(TIMESTAMP '2026-01-02 13:04:05', '%W %e %M, %h:%i %p')", 'Friday 2 January, 01:04 PM'],
  ["concat('a', NULL)", null],
  ["concat('a', 'b', 'c')", 'abc'],
  ["concat('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')", 'abcdefgh'],
  ["codepoint('A')", 65],
  ["hamming_distance('abc', 'abd')", 1],
  ["levenshtein_distance('kitten', 'sitting')", 3],
  ["index('dress', 'e')", 3],
  ["from_utf8(to_utf8('áo dài'))", 'áo dài'],
  ["regexp_like('blue dress', 'd.ess')", true],
  ["regexp_extract('blue 42', '\\d+')", '42'],
  ["regexp_extract('blue', '\\d+')", null],
  ["regexp_extract('1a 2b', '(\\d)([a-z])', 2)", 'a'],
  ["regexp_replace('1a 2b', '\\d')", 'a b'],
  ["regexp_replace('1a 2b', '(\\d)([a-z])', '$2$1')", 'a1 b2'],
  ["regexp_split('a1b2c', '\\d')", ['a', 'b', 'c']],
  ["regexp_count('1a 2b', '\\d')", 2],
  ["url_extract_protocol('https://shop.example/p')", 'https'],
  ["url_extract_host('https://u:p@shop.example:8080/p?q=1#f')", 'shop.example'],
  ["url_extract_path('https://shop.example/p/15970?q=1')", '/p/15970'],
  ["url_extract_parameter('https://shop.example/?utm_source=a%20b&x=1', 'utm_source')", 'a b'],
  ["url_extract_parameter('https://shop.example/?x=1', 'utm_source')", null],
  ['json_format(json_parse(\'{"a": 1}\'))', '{"a":1}'],
  ['json_extract_scalar(\'{"a": [1], "b": true}\', \'$.b\')', 'true'],
  ["json_extract_scalar('{\"a\": [1]}', '$.a')", null],
  ["json_size('{\"a\": [1, 2]}', '$.a')", 2],
  ['json_size(\'{"a": {"b": 1}}\', \'$.a\')', 1],
  ["json_size('{\"a\": 7}', '$.a')", 0],
  ["is_json_scalar('[1]')", false],
  ['greatest(1, NULL, 3)', null],
  ['greatest(1, 3, 2)', 3],
  ['least(2, 1)', 1],
  ['least(2, NULL)', null],
  ['truncate(-2.7)', -2],
  ['e() = exp(1)', true],
  ['is_infinite(infinity())', true],
  ['is_nan(nan())', true],
  ['is_finite(1e0)', true],
  ['bitwise_and(12, 10)', 8],
  ['bitwise_or(12, 10)', 14],
  ['bitwise_xor(12, 10)', 6],
  ['bitwise_not(0)', -1],
  ['width_bucket(5.3, 0.2, 10.6, 5)', 3],
  ['width_bucket(11, 0, 10, 5)', 6],
  ['element_at(ARRAY[1, 2], 3)', null],
  ['element_at(ARRAY[1, 2], -1)', 2],
  ["element_at(map(ARRAY['a'], ARRAY[1]), 'b')", null],
  ["element_at(map(ARRAY['a'], ARRAY[1]), 'a')", 1],
  ['cardinality(ARRAY[1, 2])', 2],
  ["array_join(ARRAY['a', NULL, 'b'], ',')", 'a,b'],
  ["array_join(ARRAY['a', NULL, 'b'], ',', '?')", 'a,?,b'],
  ['array_max(ARRAY[1, 3, 2])', 3],
  ['array_max(ARRAY[1, NULL])', null],
  ['array_min(ARRAY[2, 1])', 1],
  ['array_sum(ARRAY[1, 2])', 3],
  ['array_position(ARRAY[5, 6], 6)', 2],
  ['array_position(ARRAY[5, 6], 7)', 0],
  ['array_remove(ARRAY[1, 2, 1], 1)', [2]],
  ['array_sort(array_except(ARRAY[1, 2, 3], ARRAY[2]))', [1, 3]],
  ['array_sort(array_union(ARRAY[1, 2], ARRAY[2, 3]))', [1, 2, 3]],
  ['arrays_overlap(ARRAY[1, 2], ARRAY[2, 3])', true],
  ['slice(ARRAY[1, 2, 3, 4], 2, 2)', [2, 3]],
  ['slice(ARRAY[1, 2, 3, 4], -2, 2)', [3, 4]],
  ['sequence(1, 3)', [1, 2, 3]],
  ['sequence(1, 5, 2)', [1, 3, 5]],
  ['(SELECT approx_distinct(x) FROM (VALUES (1), (1), (2)) t(x))', 2],
  ['(SELECT approx_percentile(x, 0.5) FROM (VALUES (1), (2), (3)) t(x))', 2],
  ['(SELECT every(x > 0) FROM (VALUES (1), (2)) t(x))', true],
  ['(SELECT geometric_mean(x) FROM (VALUES (1), (4)) t(x))', 2],
  ["(SELECT map_agg(k, v) FROM (VALUES ('a', 1), ('b', 2)) t(k, v))", { a: 1, b: 2 }],
]

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
})

test('every name of the prelude has a golden result and may be called by a query', () => {
  const text = GOLDEN.map(([expression]) => expression).join(' ')
  for (const name of preludeNames()) expect(text).toMatch(new RegExp(`\\b${name}\\(`))
  expect([...preludeNames()].sort()).toEqual([...PRELUDE_FUNCTIONS].sort())
})
