/**
 * test/parts/lake/bounds: a bound never lies inside the values it bounds.
 *
 * In: texts as DuckDB prints values.
 * Out: their bytes, checked against the specification's examples and by property.
 * Invariant: lower <= value <= upper in the order engines compare by.
 */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { boundBytes } from '../../../src/parts/lake/bounds.ts'
import type { ColumnType } from '../../../src/parts/lake/schema.ts'

const hex = (text: string, type: ColumnType) => Buffer.from(boundBytes(text, type, 'lower') ?? []).toString('hex')

test.each<[string, ColumnType, string]>([
  ['-1', 'int', 'ffffffff'],
  ['34', 'long', '2200000000000000'],
  ['9223372036854775807', 'long', 'ffffffffffffff7f'],
  ['1970-01-02', 'date', '01000000'],
  ['1969-12-31', 'date', 'ffffffff'],
  ['1970-01-01 00:00:00.000001', 'timestamp', '0100000000000000'],
  ['1969-12-31 23:59:59.5', 'timestamp', 'e05ef8ffffffffff'],
  ['14.20', 'decimal(9,2)', '058c'],
  ['1.28', 'decimal(12,2)', '0080'],
  ['-0.01', 'decimal(12,2)', 'ff'],
  ['-1.28', 'decimal(12,2)', '80'],
  ['0', 'decimal(12,2)', '00'],
  ['1', 'boolean', '01'],
  ['1.5', 'double', '000000000000f83f'],
  ['iceberg', 'string', '69636562657267'],
])('writes %s as %s in the bytes of the specification', (text, type, expected) => {
  expect(hex(text, type)).toBe(expected)
})

test('cuts long texts so that every value stays inside', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => value.isWellFormed())
  fc.assert(
    fc.property(text, (value) => {
      const lower = boundBytes(value, 'string', 'lower')
      const upper = boundBytes(value, 'string', 'upper')
      const bytes = Buffer.from(value)
      expect(Buffer.compare(lower ?? Buffer.of(), bytes)).toBeLessThanOrEqual(0)
      if (upper !== null) expect(Buffer.compare(upper, bytes)).toBeGreaterThanOrEqual(0)
      expect(lower?.length).toBeLessThanOrEqual(64)
    }),
    { numRuns: 100, seed: 7 },
  )
})

test('gives no upper bound where none of 16 code points can be raised', () => {
  expect(boundBytes('\u{10ffff}'.repeat(17), 'string', 'upper')).toBeNull()
})
