/**
 * test/steps/forget/remains: what is left of a record, and whose a text is.
 *
 * In: records and texts that a reader can see at once.
 * Out: the records in their places; yes or no.
 * Invariant: what is of others stays as it was.
 */
import { expect, test } from 'vitest'
import { embeddedPosition } from '../../../src/parts/stream/position.ts'
import type { StreamRecord } from '../../../src/parts/stream/record.ts'
import { namesAny } from '../../../src/steps/forget/named-in-text.ts'
import { remainsOf } from '../../../src/steps/forget/remains.ts'
import { anEvent } from '../../fixtures/records.ts'

const head = { received_at: '2026-11-22T12:00:59.123Z', visitor_key: 'v' }
const erased = {
  event: (event: { readonly user_id: string | null }) => event.user_id === '42',
  refused: (refused: { readonly body: string }) => refused.body.includes('42'),
  letter: (number: string) => number === embeddedPosition(9).sequence_number,
}
const left = (record: StreamRecord, number = 1) =>
  remainsOf({ position: embeddedPosition(number), record }, erased)?.record ?? null
const events = (...users: readonly (string | null)[]) => users.map((user_id) => anEvent({ user_id }))

test('events of others keep their places, also when more go later', () => {
  const first = left({ kind: 'events', ...head, events: events('7', '42', null, '42', '8') })
  expect(first).toMatchObject({
    events: [{ user_id: '7' }, { user_id: null }, { user_id: '8' }],
    places: [0, 2, 4],
    erased: 2,
  })
  const again = { ...erased, event: (event: { readonly user_id: string | null }) => event.user_id === null }
  const stored = { position: embeddedPosition(1), record: first as StreamRecord }
  expect(remainsOf(stored, again)?.record).toMatchObject({ places: [0, 4], erased: 3 })
})

test('of a record that goes as a whole there stay the number of its events and the day', () => {
  const nothing = { kind: 'erased', received_at: '2026-11-22T00:00:00.000Z' }
  expect(left({ kind: 'events', ...head, events: events('42', '42') })).toEqual({ ...nothing, events: 2 })
  // One that could not be delivered goes whoever its events name.
  expect(left({ kind: 'events', ...head, events: events('7') }, 9)).toEqual({ ...nothing, events: 1 })
  const refused = [{ index: 0, code: 'HEM_EVENT_INVALID' as const, message: '', body: '{"user_id":42}' }]
  expect(left({ kind: 'quarantine', received_at: head.received_at, refused })).toEqual({ ...nothing, events: 0 })
})

test('a record without anything of the person is left alone', () => {
  expect(left({ kind: 'events', ...head, events: events('7') })).toBeNull()
  expect(left({ kind: 'products', received_at: head.received_at, products: [] })).toBeNull()
})

test.each([
  ['{"user_id":"42","x":1}', '42', true],
  ['{"userId": 42}', '42', true],
  ['{"traits":{"customer_no":42}}', '42', true],
  ['{"quantity":42,"user_id":"7"}', '42', false],
  ['{"user_id":"420"}', '42', false],
  ['{"user_id":"4.2"}', '4', false],
  ['broken "visitor_id": "v-81f0c2', 'v-81f0c2', true],
  ['{"page_url":"https://x/?v=v-81f0c2-1"}', 'v-81f0c2', false],
  ['{"page_url":"https://x/?v=v-81f0c2&a=1"}', 'v-81f0c2', true],
  [String.raw`{"visitor_id":"a\"b (c) 12345"}`, 'a"b (c) 12345', true],
])('%s names %s: %s', (text, id, expected) => {
  expect(namesAny(text, [id])).toBe(expected)
})
