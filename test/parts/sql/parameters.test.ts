/**
 * test/parts/sql/parameters: values become literals, and nothing but literals.
 *
 * In: statements with places, and values.
 * Out: the statement as it is run.
 * Invariant: a value never ends its literal; a place inside a text, a name or a comment is no place.
 */
import { array, assert, constantFrom, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { fillParameters, jsonParameters } from '../../../src/parts/sql/parameters.ts'
import { leadingWords, statementsOf, tokensOf } from '../../../src/parts/sql/tokens.ts'

test.each([
  ['SELECT $1', [{ type: null, value: "O'Brien" }], "SELECT 'O''Brien'"],
  [
    'SELECT $2, $1',
    [
      { type: null, value: 'a' },
      { type: null, value: null },
    ],
    "SELECT NULL, 'a'",
  ],
  ['SELECT $1 + 1', [{ type: 'NUMERIC', value: '-2' }], 'SELECT (-2) + 1'],
  ['SELECT $1', [{ type: 'NUMERIC', value: '1; DROP TABLE x' }], "SELECT CAST('1; DROP TABLE x' AS NUMERIC)"],
  ['SELECT $1', [{ type: 'DATE', value: '2026-11-24' }], "SELECT CAST('2026-11-24' AS DATE)"],
  ['SELECT $1', [{ type: 'DATE); DROP', value: 'x' }], "SELECT 'x'"],
  ['SELECT x = ANY($1)', [{ type: null, value: '{a,"b ""c",NULL}' }], `SELECT x = ANY(['a', 'b ', 'c', NULL])`],
  ['SELECT x = ANY ( $1 )', [{ type: null, value: '{"a,b","c\\"d"}' }], `SELECT x = ANY ( ['a,b', 'c"d'] )`],
  [
    `SELECT '$1', "$1", $a$ $1 $a$, $1 /* $1 /* */ $1 */ -- $1`,
    [{ type: null, value: 'v' }],
    `SELECT '$1', "$1", $a$ $1 $a$, 'v' /* $1 /* */ $1 */ -- $1`,
  ],
  [`SELECT E'\\'$1', $1`, [{ type: null, value: 'v' }], `SELECT E'\\'$1', 'v'`],
])('%s', (sql, values, expected) => {
  expect(fillParameters(sql, values)).toBe(expected)
})

test('a place without a value is refused', () => {
  expect(() => fillParameters('SELECT $2', [{ type: null, value: 'a' }])).toThrow('HEM_SQL_PARAMETERS')
  expect(() => fillParameters('SELECT $0', [{ type: null, value: 'a' }])).toThrow('HEM_SQL_PARAMETERS')
})

test('JSON values keep their kind, and what has none is refused', () => {
  expect(fillParameters('$1 $2 $3 $4', jsonParameters(['a', 1.5, true, null]))).toBe(
    "'a' 1.5 CAST('true' AS BOOLEAN) NULL",
  )
  expect(() => jsonParameters([{}])).toThrow('HEM_SQL_PARAMETERS')
  expect(() => jsonParameters('a')).toThrow('HEM_SQL_PARAMETERS')
})

test('tokens put together are the statement again, whatever it holds', () => {
  const pieces = constantFrom(
    "'",
    '"',
    '$',
    '$$',
    '$a$',
    '--',
    '/*',
    '*/',
    '\n',
    ';',
    'E',
    'x',
    '1',
    '\\',
    ' ',
    'é',
    '😀',
  )
  assert(
    property(array(pieces, { maxLength: 30 }), (parts) => {
      const sql = parts.join('')
      expect(
        tokensOf(sql)
          .map((token) => token.text)
          .join(''),
      ).toBe(sql)
    }),
    { numRuns: 300 },
  )
})

test('a value is one token of the filled statement, whatever it holds', () => {
  assert(
    property(string({ unit: 'binary', maxLength: 40 }), (value) => {
      const tokens = tokensOf(fillParameters('SELECT $1 AS x', [{ type: null, value }]))
      expect(tokens.map((token) => token.kind)).toEqual(['word', 'space', 'text', 'space', 'word', 'space', 'word'])
    }),
    { numRuns: 300 },
  )
})

test('statements end at semicolons outside texts, and empty ones are left out', () => {
  expect(statementsOf(`SELECT ';' ; -- a;b\n; /* ; */ SELECT 2;`)).toEqual([`SELECT ';'`, '/* ; */ SELECT 2'])
})

test('leading words pass over comments and brackets', () => {
  expect(leadingWords('/* a */ -- b\n ((start transaction read only', 2)).toEqual(['START', 'TRANSACTION'])
  expect(leadingWords('SELECT 1', 2)).toEqual(['SELECT'])
})
