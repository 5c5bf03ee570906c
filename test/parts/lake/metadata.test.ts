/**
 * test/parts/lake/metadata: the table document keeps what it is given.
 *
 * In: documents with 63-bit ids and with what other engines add.
 * Out: the same after reading and writing.
 * Invariant: no integer is rounded, no unknown field lost.
 */
import { describe, expect, test } from 'vitest'
import { parseLossless, stringifyLossless } from '../../../src/parts/lake/lossless-json.ts'
import {
  newTableMetadata,
  nextVersion,
  parseTableMetadata,
  tableMetadataJson,
} from '../../../src/parts/lake/metadata.ts'
import { CLICKS, SALES } from './small-lake.ts'

describe('lossless JSON', () => {
  test.each([
    '{"snapshot-id":9223372036854775807}',
    '{"a":[9007199254740993,-9007199254740993],"b":1.5,"c":"9007199254740993"}',
    '{"refs":{"main":{"snapshot-id":1}}}',
    '{"big-float":1e+300}',
  ])('keeps %s', (text) => {
    expect(stringifyLossless(parseLossless(text))).toBe(text)
  })

  test('reads ids as BigInt whatever their size', () => {
    expect(parseLossless('{"snapshot-id":7,"parent-snapshot-id":8,"version":9}')).toEqual({
      'snapshot-id': 7n,
      'parent-snapshot-id': 8n,
      version: 9,
    })
  })
})

describe('table metadata', () => {
  const facts = { uuid: '00000000-0000-4000-8000-000000000000', location: 'memory://x', nowMs: 1000 }
  const document = newTableMetadata(SALES, facts)

  test('starts as Iceberg version 2 with optional columns numbered from 1', () => {
    expect(document).toMatchObject({ 'format-version': 2, 'last-column-id': 3, 'last-partition-id': 1000 })
    expect(document.schemas[0].fields[2]).toMatchObject({ id: 3, name: 'net', required: false, type: 'decimal(12, 2)' })
    expect(document['partition-specs'][0].fields).toEqual([
      { 'source-id': 2, 'field-id': 1000, name: 'shop_date', transform: 'identity' },
    ])
    expect(newTableMetadata(CLICKS, facts)['partition-specs'][0].fields[0]).toMatchObject({
      name: 'received_at_day',
      transform: 'day',
    })
  })

  test('keeps what another engine wrote, and its time never moves backwards', () => {
    const foreign = { ...document, statistics: [{ 'snapshot-id': 2n ** 62n + 1n }], 'last-updated-ms': 5000 }
    const read = parseTableMetadata('clean.sales', tableMetadataJson(foreign))
    const next = nextVersion(read, 'memory://x/v1', 2000, {})
    expect(next).toMatchObject({ statistics: foreign.statistics, 'last-updated-ms': 5000 })
    expect(next['metadata-log']).toEqual([{ 'timestamp-ms': 5000, 'metadata-file': 'memory://x/v1' }])
  })

  test.each([
    ['another format version', { ...document, 'format-version': 3 }],
    [
      'a nested column',
      { ...document, schemas: [{ ...document.schemas[0], fields: [{ id: 1, name: 'x', type: {} }] }] },
    ],
    [
      'a partition by bucket',
      { ...document, 'partition-specs': [{ 'spec-id': 0, fields: [{ transform: 'bucket[16]' }] }] },
    ],
  ])('refuses %s loudly', (_title, foreign) => {
    const read = () => parseTableMetadata('clean.sales', stringifyLossless(foreign))
    expect(read).toThrow(/HEM_LAKE_UNSUPPORTED clean\.sales/)
  })
})
