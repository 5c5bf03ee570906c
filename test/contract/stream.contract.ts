/**
 * test/contract/stream.contract: what every stream must do.
 *
 * In: a way to open a fresh stream with a clock that the test moves.
 * Out: one test for each promise of the port.
 * Invariant: nothing here knows which wing runs.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { HemlineEvent } from '../../src/parts/event/event.ts'
import type { ErasingStreamWriter, StreamReader, StreamWriter } from '../../src/parts/stream/port.ts'
import type { EventsRecord, StreamRecord } from '../../src/parts/stream/record.ts'
import { manualClock, type Clock } from '../../src/std/clock.ts'

export interface StreamUnderTest {
  readonly writer: StreamWriter
  readonly reader: StreamReader
  readonly close: () => Promise<void>
}

const HOUR_MS = 3_600_000
const NOON_MS = Date.UTC(2026, 10, 23, 12)

function canErase(writer: StreamWriter): writer is ErasingStreamWriter {
  return 'erase' in writer
}

export function anEvent(id: string, visitor = 'v-1'): HemlineEvent {
  return {
    event_id: id,
    event_type: 'product_view',
    timestamp: '2026-11-23T12:00:00.000Z',
    visitor_id: visitor,
    user_id: null,
    product_id: '15970',
    variant_id: null,
    quantity: null,
    unit_price: '39.90',
    currency: 'EUR',
    order_id: null,
    query: null,
    slate_id: null,
    placement: null,
    position: null,
    client_sequence: 1,
    page_url: null,
    referrer: null,
    locale: 'vi-VN',
    campaign: null,
    consent: null,
    properties: { note: 'Áo dài' },
    received_at: '2026-11-23T12:00:00.000Z',
    corrected_at: '2026-11-23T12:00:00.000Z',
    device_class: 'desktop',
    is_bot: false,
    origin: 'live',
    unknown_product: false,
    time_clamped: false,
    ip_network: '203.0.113.0/24',
  }
}

export function eventsRecord(...ids: readonly string[]): EventsRecord {
  return {
    kind: 'events',
    received_at: '2026-11-23T12:00:00.000Z',
    visitor_key: 'v-1',
    events: ids.map((id) => anEvent(id)),
  }
}

export function idsOf(records: readonly StreamRecord[]): string[] {
  return records.flatMap((record) => (record.kind === 'events' ? record.events.map((event) => event.event_id) : []))
}

export function streamContract(name: string, open: (clock: Clock) => Promise<StreamUnderTest>): void {
  describe(`the stream: ${name}`, () => {
    const clock = manualClock(NOON_MS)
    let stream: StreamUnderTest
    beforeEach(async () => {
      stream = await open(clock)
    })
    afterEach(() => stream.close())
    const readAll = async () => (await stream.reader.read(null, 1000)).map(({ record }) => record)

    test('is empty at first', async () => {
      expect(await stream.reader.tail()).toBeNull()
      expect(await stream.reader.read(null, 10)).toEqual([])
    })

    test('gives back what was appended, in order, with rising positions', async () => {
      const first = eventsRecord('a', 'b')
      const second: StreamRecord = {
        kind: 'quarantine',
        received_at: '2026-11-23T12:00:00.000Z',
        refused: [{ index: 0, code: 'HEM_EVENT_INVALID', message: 'no', body: '{"x":1}' }],
      }
      const { last } = await stream.writer.append([first, second])
      const stored = await stream.reader.read(null, 10)
      expect(stored.map(({ record }) => record)).toEqual([first, second])
      expect(stored[1].position).toEqual(last)
      expect(stored[0].position.sequence_number < stored[1].position.sequence_number).toBe(true)
      expect(await stream.reader.tail()).toEqual(last)
    })

    test('reads on from a position, no more than asked', async () => {
      await stream.writer.append(['a', 'b', 'c', 'd'].map((id) => eventsRecord(id)))
      const [head] = await stream.reader.read(null, 1)
      const rest = await stream.reader.read(head.position, 2)
      expect(idsOf(rest.map(({ record }) => record))).toEqual(['b', 'c'])
    })

    test('keeps the order of calls made together', async () => {
      await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => stream.writer.append([eventsRecord(id)])))
      expect(idsOf(await readAll())).toEqual(['a', 'b', 'c', 'd', 'e'])
    })

    test('has on disk at the acknowledgement what its position covers', async () => {
      const { last } = await stream.writer.append([eventsRecord('a')])
      const [stored] = await stream.reader.read(null, 10)
      expect(stored.position).toEqual(last)
    })

    test('drops an id that came before, and one that comes twice in a call, or says that it cannot', async () => {
      const remembers = stream.writer.capabilities.duplicateWindowMs > 0
      await stream.writer.append([eventsRecord('a')])
      const result = await stream.writer.append([eventsRecord('a', 'b', 'b'), eventsRecord('c')])
      expect(result.duplicateEventIds).toEqual(remembers ? ['a', 'b'] : [])
      expect(idsOf(await readAll())).toEqual(remembers ? ['a', 'b', 'c'] : ['a', 'a', 'b', 'b', 'c'])
    })

    test('covers the original when only duplicates come', async () => {
      const [original, copy] = await Promise.all([
        stream.writer.append([eventsRecord('a')]),
        stream.writer.append([eventsRecord('a')]),
      ])
      if (stream.writer.capabilities.duplicateWindowMs === 0) {
        expect([original.duplicateEventIds, copy.duplicateEventIds, (await readAll()).length]).toEqual([[], [], 2])
        return
      }
      expect(copy.duplicateEventIds).toEqual(['a'])
      expect(copy.last).toEqual(original.last)
      expect(await readAll()).toHaveLength(1)
    })

    test('takes an id again after the time it remembers', async () => {
      await stream.writer.append([eventsRecord('a')])
      clock.advance(stream.writer.capabilities.duplicateWindowMs + HOUR_MS)
      expect((await stream.writer.append([eventsRecord('a')])).duplicateEventIds).toEqual([])
    })

    test('refuses a record larger than allowed, and remembers none of its ids', async () => {
      const large = { ...eventsRecord('a'), events: [{ ...anEvent('a'), properties: { text: 'x'.repeat(70_000) } }] }
      await expect(stream.writer.append([large])).rejects.toMatchObject({ code: 'HEM_STREAM_RECORD_TOO_LARGE' })
      expect((await stream.writer.append([eventsRecord('a')])).duplicateEventIds).toEqual([])
    })

    test('puts what is left of a record in its place', async () => {
      if (!canErase(stream.writer)) return
      await stream.writer.append([eventsRecord('a'), eventsRecord('b'), eventsRecord('c')])
      const [, second, third] = await stream.reader.read(null, 10)
      const head = { received_at: '2026-11-23T00:00:00.000Z' }
      await stream.writer.erase([
        { position: second.position, record: { ...head, kind: 'erased', events: 1 } },
        {
          position: { ...third.position, sequence_number: '9'.repeat(15) },
          record: { ...head, kind: 'erased', events: 1 },
        },
      ])
      expect((await readAll()).map(({ kind }) => kind)).toEqual(['events', 'erased', 'events'])
      // What was erased stays known, so that a client's late retry does not bring it back.
      expect((await stream.writer.append([eventsRecord('b')])).duplicateEventIds).toEqual(['b'])
    })

    test('wakes a reader that waits for more', async () => {
      const { last } = await stream.writer.append([eventsRecord('a')])
      const woken = stream.reader.waitForMore(last, 30_000)
      await stream.writer.append([eventsRecord('b')])
      expect(await woken).toBe(true)
      expect(await stream.reader.waitForMore(null, 30_000)).toBe(true)
    })

    test('takes a call without records', async () => {
      const { last } = await stream.writer.append([eventsRecord('a')])
      expect((await stream.writer.append([])).last).toEqual(last)
    })

    test('lets a reader give up waiting', async () => {
      expect(await stream.reader.waitForMore(null, 20)).toBe(false)
    })
  })
}
