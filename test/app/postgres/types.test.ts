/**
 * test/app/postgres/types: values keep every digit in PostgreSQL's binary form.
 *
 * In: values as text.
 * Out: the same text, after a way there and back; the type each lake type becomes.
 * Invariant: what goes out in binary comes back the same.
 */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { numericFromBinary, numericToBinary } from '../../../src/app/postgres/numeric.ts'
import { fieldOf, fromBinary, toBinary } from '../../../src/app/postgres/types.ts'

test('a decimal of any length comes back with all of its places', () => {
  const digits = fc.string({ unit: fc.constantFrom('0', '1', '5', '9'), minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(fc.boolean(), digits, fc.option(digits), (isNegative, whole, fraction) => {
      const plain = `${whole.replace(/^0+(?=\d)/, '')}${fraction === null ? '' : `.${fraction}`}`
      const text = isNegative && /[1-9]/.test(plain) ? `-${plain}` : plain
      expect(numericFromBinary(numericToBinary(text))).toBe(text)
    }),
    { numRuns: 500 },
  )
})

test.each([
  ['0', '0000000000000000'],
  ['39.90', '000200000000000200272328'],
  ['-10000', '00010001400000000001'],
  ['0.0001', '0001ffff000000040001'],
  ['NaN', '00000000c0000000'],
])('%s is the bytes that PostgreSQL sends', (text, hex) => {
  expect(numericToBinary(text).toString('hex')).toBe(hex)
})

test.each([
  ['true', 't', 16],
  ['-32768', '-32768', 21],
  ['2147483647', '2147483647', 23],
  ['-9007199254740993', '-9007199254740993', 20],
  ['0.1', '0.1', 701],
  ['1969-12-31', '1969-12-31', 1082],
  ['2026-11-24 10:00:00.123456', '2026-11-24 10:00:00.123456', 1114],
  ['1999-12-31 23:59:59.999999', '1999-12-31 23:59:59.999999', 1114],
  ['2026-11-24 10:00:00.000000+00', '2026-11-24 10:00:00+00', 1184],
  ['23:59:59.500000', '23:59:59.5', 1083],
  ['547ded4f-90c3-48ef-8136-74ec51b7877b', '547ded4f-90c3-48ef-8136-74ec51b7877b', 2950],
  ['áo dài', 'áo dài', 25],
])('%s comes back from its binary form', (expected, text, oid) => {
  expect(fromBinary(toBinary(text, oid), oid)).toBe(expected)
})

test('a binary value of another type is refused by its number', () => {
  expect(() => fromBinary(Buffer.alloc(4), 600)).toThrow(/HEM_SQL_PARAMETERS .*600/)
})

test.each([
  ['DECIMAL(12,2)', 1700, 12 * 65_536 + 2 + 4],
  ['BIGINT', 20, -1],
  ['HUGEINT', 1700, -1],
  ['VARCHAR', 25, -1],
  ['TIMESTAMP WITH TIME ZONE', 1184, -1],
  ['INTEGER[]', 114, -1],
  ['STRUCT(a INTEGER)', 114, -1],
  ['INTERVAL', 25, -1],
])('%s is type %d', (type, oid, modifier) => {
  expect(fieldOf('x', type)).toMatchObject({ name: 'x', oid, modifier })
})
