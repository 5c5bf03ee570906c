/**
 * test/parts/event/normalise.test: from the wire to an event, value by value.
 *
 * In: what clients send, good and hostile.
 * Out: events, or refusals with their codes.
 * Invariant: nothing that comes in makes it throw.
 */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decimalOf } from '../../../src/parts/event/decimal.ts'
import { networkOf } from '../../../src/parts/event/ip-network.ts'
import { jsonDepth } from '../../../src/parts/event/json-guard.ts'
import { normaliseEvent, type RequestFacts } from '../../../src/parts/event/normalise.ts'
import { normaliseProduct } from '../../../src/parts/event/product-schema.ts'
import { readUserAgent } from '../../../src/parts/event/user-agent.ts'

const RECEIVED_MS = Date.UTC(2026, 10, 23, 12)
const HOUR_MS = 3_600_000
const facts: RequestFacts = {
  receivedAtMs: RECEIVED_MS,
  receivedAt: '2026-11-23T12:00:00.000Z',
  sentAtMs: null,
  origin: 'live',
  device_class: 'mobile',
  is_bot: false,
  ip_network: null,
  newEventId: () => 'minted',
  isKnownProduct: (id) => id === '15970',
}
const base = { event_type: 'page_view', visitor_id: 'v-1' }

function event(wire: object, changed: Partial<RequestFacts> = {}) {
  const result = normaliseEvent({ ...base, ...wire }, { ...facts, ...changed })
  if ('refusal' in result) throw new Error(JSON.stringify(result.refusal))
  return result.events[0]
}

function refusalOf(wire: unknown, changed: Partial<RequestFacts> = {}) {
  const result = normaliseEvent(wire, { ...facts, ...changed })
  return 'refusal' in result ? result.refusal : null
}

describe('an event', () => {
  test('takes numbers for ids, prices and counts in either form', () => {
    const wire = { user_id: 42, product_id: 15970, unit_price: 39.9, quantity: '2', position: 3, currency: 'eur' }
    expect(event(wire)).toMatchObject({
      user_id: '42',
      product_id: '15970',
      unit_price: '39.90',
      quantity: 2,
      position: 3,
      currency: 'EUR',
      unknown_product: false,
    })
  })

  test('gets an id and a time where it has none, and keeps an unknown type', () => {
    const made = event({ event_type: 'wishlist_add' })
    expect(made).toMatchObject({ event_id: 'minted', event_type: 'wishlist_add', timestamp: facts.receivedAt })
  })

  test('moves unknown fields into properties and takes no fact of ours from the client', () => {
    const made = event({ fabric: 'linen', is_bot: true, received_at: '1999', properties: { fabric: 'silk' } })
    expect(made.properties).toEqual({ fabric: 'silk', is_bot: true, received_at: '1999' })
    expect(made).toMatchObject({ is_bot: false, received_at: facts.receivedAt })
  })

  test("is corrected by the client's own sending time", () => {
    const sentAtMs = RECEIVED_MS + 5 * HOUR_MS
    const made = event({ timestamp: sentAtMs - 60_000 }, { sentAtMs })
    expect(made.timestamp).toBe('2026-11-23T16:59:00.000Z')
    expect(made.corrected_at).toBe('2026-11-23T11:59:00.000Z')
  })

  test('over 24 hours ahead is set back to the received time and flagged', () => {
    expect(event({ timestamp: RECEIVED_MS + 23 * HOUR_MS }).time_clamped).toBe(false)
    expect(event({ timestamp: RECEIVED_MS + 25 * HOUR_MS })).toMatchObject({
      time_clamped: true,
      corrected_at: facts.receivedAt,
    })
  })

  test('over 7 days late is refused, unless it is imported', () => {
    const late = { ...base, timestamp: RECEIVED_MS - 8 * 24 * HOUR_MS }
    expect(refusalOf(late)?.code).toBe('HEM_EVENT_TOO_LATE')
    expect(refusalOf(late, { origin: 'import' })).toBeNull()
    expect(refusalOf({ ...base, timestamp: RECEIVED_MS - 6 * 24 * HOUR_MS })).toBeNull()
  })

  test('of one order becomes one event a product, sharing the order', () => {
    const result = normaliseEvent(
      {
        ...base,
        event_type: 'purchase',
        event_id: 'o-1',
        order_id: 9,
        currency: 'EUR',
        items: [
          { product_id: 'a', quantity: 2, unit_price: '1.5' },
          { product_id: 'b', gift: true },
        ],
      },
      facts,
    )
    expect('events' in result && result.events).toMatchObject([
      { event_id: 'o-1#0', order_id: '9', product_id: 'a', unit_price: '1.50', currency: 'EUR', properties: {} },
      { event_id: 'o-1#1', order_id: '9', product_id: 'b', quantity: null, properties: { gift: true } },
    ])
  })

  test('cuts an address that is too long and refuses an id that is', () => {
    expect(event({ page_url: `https://x/${'a'.repeat(5000)}` }).page_url).toHaveLength(2048)
    expect(refusalOf({ ...base, product_id: 'a'.repeat(257) })?.code).toBe('HEM_EVENT_INVALID')
  })

  test.each([
    [null, 'HEM_EVENT_INVALID'],
    [[], 'HEM_EVENT_INVALID'],
    [{}, 'HEM_EVENT_INCOMPLETE'],
    [{ event_type: 'page_view' }, 'HEM_EVENT_INCOMPLETE'],
    [{ event_type: 'page_view', visitor_id: '', user_id: '' }, 'HEM_EVENT_INCOMPLETE'],
    [{ ...base, event_type: 'product_view' }, 'HEM_EVENT_INCOMPLETE'],
    [{ ...base, event_type: 'identify' }, 'HEM_EVENT_INCOMPLETE'],
    [{ ...base, event_type: 'purchase', items: [{ quantity: 1 }] }, 'HEM_EVENT_INCOMPLETE'],
    [{ ...base, event_type: 7 }, 'HEM_EVENT_INVALID'],
    [{ ...base, user_id: 1.5 }, 'HEM_EVENT_INVALID'],
    [{ ...base, user_id: 2 ** 53 }, 'HEM_EVENT_INVALID'],
    [{ ...base, visitor_id: 'a\u0000b' }, 'HEM_EVENT_INVALID'],
    [{ ...base, quantity: -1 }, 'HEM_EVENT_INVALID'],
    [{ ...base, unit_price: '1,5' }, 'HEM_EVENT_INVALID'],
    [{ ...base, currency: 'EURO' }, 'HEM_EVENT_INVALID'],
    [{ ...base, items: Array.from({ length: 101 }, () => ({})) }, 'HEM_EVENT_INVALID'],
    [{ ...base, consent: 'yes' }, 'HEM_EVENT_INVALID'],
    [{ ...base, timestamp: '1999-12-31T23:59:59Z' }, 'HEM_EVENT_TIME_INVALID'],
    [{ ...base, timestamp: 1_763_971_200 }, 'HEM_EVENT_TIME_INVALID'],
    [{ ...base, timestamp: '9999-01-01T00:00:00Z' }, 'HEM_EVENT_TIME_INVALID'],
    [{ ...base, properties: { text: 'x'.repeat(9000) } }, 'HEM_EVENT_TOO_LARGE'],
    [{ ...base, note: '\ud800' }, 'HEM_EVENT_UNSAFE'],
    [JSON.parse('{"event_type":"page_view","visitor_id":"v","a":{"__proto__":1}}'), 'HEM_EVENT_UNSAFE'],
    [{ ...base, size: Number.POSITIVE_INFINITY }, 'HEM_EVENT_UNSAFE'],
    [{ ...base, deep: JSON.parse('['.repeat(17) + ']'.repeat(17)) }, 'HEM_EVENT_UNSAFE'],
  ])('%j is refused with %s', (wire, code) => {
    expect(refusalOf(wire)?.code).toBe(code)
  })

  test('never throws, whatever JSON comes', () => {
    const fields = fc.record(
      Object.fromEntries(
        ['event_type', 'visitor_id', 'timestamp', 'product_id', 'unit_price', 'items', 'consent', 'properties'].map(
          (name) => [name, fc.oneof(fc.constantFrom('product_view', 'purchase', '15970', 5, null), fc.jsonValue())],
        ),
      ),
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(fields, fc.jsonValue()), (wire) => {
        const result = normaliseEvent(wire, facts)
        return 'refusal' in result ? result.refusal.message.length > 0 : result.events.length > 0
      }),
      { numRuns: 3000, seed: 7 },
    )
  })
})

describe('a product', () => {
  test("takes Kaggle's names and ours, and keeps what it does not know as attributes", () => {
    const kaggle = normaliseProduct({
      id: 1,
      masterCategory: 'Apparel',
      baseColour: 'Red',
      year: '2011.0',
      fit: 'slim',
    })
    const ours = normaliseProduct({ id: '1', master_category: 'Apparel', base_color: 'Red', year: 2011, fit: 'slim' })
    expect(kaggle).toEqual(ours)
    expect(kaggle).toMatchObject({ product: { style_id: '1', product_display_name: '1', attributes: { fit: 'slim' } } })
  })

  test.each([
    [{}, 'id'],
    [{ id: 1, price: 'free' }, 'price'],
    [{ id: 1, year: 11 }, 'year'],
    [{ id: 1, variants: [{ size: 'M' }] }, 'variants'],
    [{ id: 1, gender: {} }, 'gender'],
    [{ id: 1, launchedAt: 'soon' }, 'launched_at'],
    [7, 'object'],
  ])('%j is refused, naming %s', (wire, word) => {
    const result = normaliseProduct(wire)
    expect('refusal' in result && result.refusal.message).toContain(word)
  })
})

test.each([
  [39.9, '39.90'],
  ['39.9', '39.90'],
  [0.1 + 0.2, '0.30'],
  ['1.005', '1.01'],
  ['9999999999.99', '9999999999.99'],
  ['9999999999.995', null],
  ['007', '7.00'],
  [1_490_000, '1490000.00'],
  [1e21, null],
  [-1, null],
  ['1e3', null],
  ['', null],
])('the amount %s is %s', (given, expected) => {
  expect(decimalOf(given)).toBe(expected)
})

test.each([
  ['203.0.113.77', '203.0.113.0/24'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['2001:db8:85a3::8a2e:370:7334', '2001:db8:85a3::/48'],
  ['::1', '0:0:0::/48'],
  ['not an address', null],
])('the address %s is kept as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

test.each([
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile/15E148', 'mobile', false],
  ['Mozilla/5.0 (iPad; CPU OS 19_0 like Mac OS X)', 'tablet', false],
  ['Mozilla/5.0 (Linux; Android 16; CUBOT X90) Mobile Safari/537.36', 'mobile', false],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64)', 'desktop', false],
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'unknown', true],
  ['curl/8.5.0', 'unknown', false],
])('the user agent %s is %s, bot %s', (header, deviceClass, isBot) => {
  expect(readUserAgent(header)).toEqual({ device_class: deviceClass, is_bot: isBot })
})

test.each([
  ['{"a":[1]}', 2],
  ['"[[[["', 0],
  ['{"a":"\\"[[["}', 1],
  ['[]'.repeat(50), 1],
])('the depth of %s is %i', (text, depth) => {
  expect(jsonDepth(Buffer.from(text))).toBe(depth)
})
