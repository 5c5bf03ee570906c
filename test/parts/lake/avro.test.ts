/**
 * test/parts/lake/avro: container files keep every bit.
 *
 * In: schemas and values, some of them hostile.
 * Out: what is read equals what was written; anything else is refused.
 * Invariant: longs keep all 64 bits.
 */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAvroFile, writeAvroFile, type AvroSchema } from '../../../src/parts/lake/avro.ts'

const SYNC = new Uint8Array(16).fill(7)

const pair: AvroSchema = {
  type: 'record',
  name: 'pair',
  fields: [
    { name: 'key', type: 'int', 'field-id': 1 },
    { name: 'value', type: 'bytes', 'field-id': 2 },
  ],
}
const schema: AvroSchema = {
  type: 'record',
  name: 'row',
  fields: [
    { name: 'id', type: 'long', 'field-id': 100 },
    { name: 'maybe', type: ['null', 'string'], 'field-id': 101 },
    { name: 'flag', type: 'boolean', 'field-id': 102 },
    { name: 'pairs', type: { type: 'array', items: pair }, 'field-id': 103 },
    { name: 'ratio', type: 'double', 'field-id': 104 },
  ],
}

function roundTrip(records: Parameters<typeof writeAvroFile>[2]) {
  return readAvroFile('x.avro', writeAvroFile(schema, new Map([['a', 'ü']]), records, SYNC))
}

const row = (id: bigint) => ({ 100: id, 101: null, 102: true, 103: [], 104: 0.1 })

describe('container files', () => {
  test.each([0n, -1n, 63n, -64n, 64n, 2n ** 53n + 1n, 2n ** 62n + 1n, 2n ** 63n - 1n, -(2n ** 63n)])(
    'keep the long %s',
    (id) => {
      expect(roundTrip([row(id)]).records).toEqual([row(id)])
    },
  )

  test('keep any record, and the header', () => {
    const record = fc.record({
      100: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      101: fc.option(fc.string({ unit: 'grapheme' })),
      102: fc.boolean(),
      103: fc.array(fc.record({ 1: fc.integer(), 2: fc.uint8Array().map((bytes) => Buffer.from(bytes)) })),
      104: fc.double({ noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(record), (records) => {
        const file = roundTrip(records)
        expect(file.records).toEqual(records)
        expect(file.header.get('a')).toBe('ü')
      }),
      { numRuns: 100, seed: 7 },
    )
  })

  test('keep records that fill more than one block', () => {
    const records = Array.from({ length: 2500 }, (_, index) => row(BigInt(index)))
    expect(roundTrip(records).records).toEqual(records)
  })

  test('write small longs as the specification spells them', () => {
    const bytes = writeAvroFile('long', new Map(), [], SYNC)
    expect([...bytes.subarray(0, 4)]).toEqual([0x4f, 0x62, 0x6a, 0x01])
    // Two header entries: zigzag of 2 is 4.
    expect(bytes[4]).toBe(4)
  })

  test('are refused when a byte of the frame is altered or the end is cut off', () => {
    const bytes = writeAvroFile(schema, new Map(), [row(1n), row(2n)], SYNC)
    const cut = (length: number) => () => readAvroFile('x.avro', bytes.subarray(0, length))
    for (const length of [0, 3, 10, bytes.length - 1]) expect(cut(length)).toThrow(/HEM_LAKE_FILE_CORRUPT x\.avro/)
    const altered = Uint8Array.from(bytes)
    altered[bytes.length - 1] ^= 1
    expect(() => readAvroFile('x.avro', altered)).toThrow(/sync marker/)
  })

  test('refuse null where the schema has none', () => {
    expect(() => writeAvroFile({ ...schema, fields: [schema.fields[0]] }, new Map(), [{ 100: null }], SYNC)).toThrow()
  })
})
