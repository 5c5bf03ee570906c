/**
 * test/parts/stream/grouping.test: which entries share a record, and the record's bytes.
 *
 * In: events of several visitors, large and small.
 * Out: records within the limits.
 * Invariant: no entry is lost, and every record can be encoded.
 */
import { expect, test } from 'vitest'
import { decodeRecord, encodeRecord } from '../../../src/parts/stream/codec.ts'
import { groupEvents, groupRefused } from '../../../src/parts/stream/grouping.ts'
import { anEvent, eventsRecord } from '../../contract/stream.contract.ts'

const AT = '2026-11-23T12:00:00.000Z'

test("puts one visitor's events together, at most 20 to a record, in order", () => {
  const events = Array.from({ length: 45 }, (_, nth) => anEvent(`e-${nth}`, nth % 9 === 0 ? 'rare' : 'often'))
  const records = groupEvents(events, AT)
  expect(records.map((record) => [record.visitor_key, record.events.length])).toEqual([
    ['rare', 5],
    ['often', 20],
    ['often', 20],
  ])
  expect(records[1].events.map((event) => event.event_id).slice(0, 3)).toEqual(['e-1', 'e-2', 'e-3'])
})

test('keeps every record within its bytes, whatever the events hold', () => {
  const wide = (id: string) => ({
    ...anEvent(id),
    page_url: '"'.repeat(2048),
    referrer: '語'.repeat(2048),
    query: '\u0007'.repeat(2048),
    campaign: '語'.repeat(2048),
    properties: { text: '語'.repeat(8000) },
  })
  const records = groupEvents(
    Array.from({ length: 20 }, (_, nth) => wide(`e-${nth}`)),
    AT,
  )
  expect(records.length).toBeGreaterThan(1)
  expect(records.flatMap((record) => record.events)).toHaveLength(20)
  for (const record of records) expect(() => encodeRecord(record)).not.toThrow()
})

test('cuts a refused body that no record can hold, and says so', () => {
  const [record] = groupRefused([{ index: 0, code: 'C', message: 'why', body: '"'.repeat(900_000) }], AT)
  expect(() => encodeRecord(record)).not.toThrow()
  expect(record.refused[0].message).toMatch(/^why \(first \d+ characters kept\)$/)
})

test('finds every flipped bit of a record', () => {
  const bytes = encodeRecord(eventsRecord('a'))
  expect(decodeRecord(bytes, 'here')).toEqual(eventsRecord('a'))
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes)
    changed[at] ^= 1 << (at % 8)
    expect(() => decodeRecord(changed, 'here')).toThrow('HEM_STREAM_RECORD_CORRUPT record at here')
  }
})
