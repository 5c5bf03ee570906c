/**
 * test/steps/collect/routes.test: events and products over HTTP, the good and the bad.
 *
 * In: requests to a real server on a free port.
 * Out: answers, and what then lies in the stream.
 * Invariant: whatever comes in, nothing that was acknowledged is lost.
 */
import { request as httpRequest } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StreamRecord } from '../../../src/parts/stream/record.ts'
import { startCollectServer, type CollectServer } from './collect-server.ts'

let server: CollectServer
beforeAll(async () => {
  server = await startCollectServer()
})
afterAll(() => server.close())

let nextId = 0
const view = (fields: object = {}) => ({
  event_id: `e-${nextId++}`,
  event_type: 'product_view',
  visitor_id: 'v-1',
  product_id: '15970',
  timestamp: new Date().toISOString(),
  ...fields,
})

async function problem(response: Response): Promise<{ status: number; code: string; detail: string }> {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const body = (await response.json()) as { status: number; code: string; detail: string }
  expect(body.status).toBe(response.status)
  return body
}

const eventsIn = (records: readonly StreamRecord[]) =>
  records.flatMap((record) => (record.kind === 'events' ? record.events : []))
const quarantined = (records: readonly StreamRecord[]) =>
  records.flatMap((record) => (record.kind === 'quarantine' ? record.refused : []))

describe('POST /v1/events', () => {
  test("takes the workshop's short event as it stands", async () => {
    const short = {
      user_id: '42',
      timestamp: new Date().toISOString(),
      event_type: 'product_view',
      product_id: '15970',
    }
    const response = await server.post(short)
    expect(response.status).toBe(202)
    const answer = (await response.json()) as { last: { sequence_number: string } }
    expect(answer).toMatchObject({ accepted: 1, duplicates: 0, rejected: [], last: { shard: '0' } })
    const stored = (await server.reader.read(null, 10_000)).at(-1)
    expect(stored?.position).toEqual(answer.last)
    expect(stored?.record).toMatchObject({ kind: 'events', visitor_key: 'user:42' })
    const [event] = eventsIn([stored?.record as StreamRecord])
    expect(event).toMatchObject({ user_id: '42', product_id: '15970', origin: 'live', ip_network: '127.0.0.0/24' })
    expect(event.event_id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  })

  test('takes a batch, a bare list and one event', async () => {
    for (const body of [{ events: [view()], sent_at: new Date().toISOString() }, [view()], view()]) {
      expect(await (await server.post(body)).json()).toMatchObject({ accepted: 1 })
    }
  })

  test('refuses a bad event alone and keeps it with its reason', async () => {
    const good = view()
    const response = await server.post({ events: [view({ product_id: { no: 1 } }), good, view({ visitor_id: null })] })
    expect(response.status).toBe(202)
    const answer = (await response.json()) as { accepted: number; rejected: { index: number; code: string }[] }
    expect(answer.accepted).toBe(1)
    expect(answer.rejected.map(({ index, code }) => [index, code])).toEqual([
      [0, 'HEM_EVENT_INVALID'],
      [2, 'HEM_EVENT_INCOMPLETE'],
    ])
    const records = await server.records()
    expect(eventsIn(records).at(-1)?.event_id).toBe(good.event_id)
    expect(JSON.parse(quarantined(records).at(-2)?.body ?? '')).toMatchObject({ product_id: { no: 1 } })
  })

  test('drops duplicates within a request and across requests', async () => {
    const [first, second] = [view(), view()]
    expect(await (await server.post([first, first])).json()).toMatchObject({ accepted: 1, duplicates: 1 })
    expect(await (await server.post([first, second])).json()).toMatchObject({ accepted: 1, duplicates: 1 })
    const ids = eventsIn(await server.records()).map((event) => event.event_id)
    expect(ids.filter((id) => id === first.event_id)).toHaveLength(1)
  })

  test('takes text/plain with the key in the address, as sendBeacon sends it', async () => {
    const response = await fetch(`${server.url}/v1/events?key=${server.keys.write}`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain;charset=UTF-8', origin: 'https://shop.example' },
      body: JSON.stringify(view()),
    })
    expect(response.status).toBe(202)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-allow-credentials')).toBeNull()
  })

  test('answers the question a browser asks first', async () => {
    const response = await fetch(`${server.url}/v1/events`, { method: 'OPTIONS' })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-headers')).toContain('authorization')
  })

  test('takes gzip', async () => {
    const response = await server.post(gzipSync(JSON.stringify(view())), { headers: { 'content-encoding': 'gzip' } })
    expect(response.status).toBe(202)
  })

  test('flags an unknown product and takes the event', async () => {
    expect((await server.post(view({ product_id: 'never-seen' }))).status).toBe(202)
    expect(eventsIn(await server.records()).at(-1)?.unknown_product).toBe(true)
  })

  test('makes one event of each item of an order', async () => {
    const order = {
      event_id: 'order-7',
      event_type: 'purchase',
      visitor_id: 'v-1',
      order_id: '7',
      items: [
        { product_id: 1, quantity: 2, unit_price: 39.9 },
        { product_id: 2, unit_price: '5' },
      ],
    }
    expect(await (await server.post(order)).json()).toMatchObject({ accepted: 1 })
    const [first, second] = eventsIn(await server.records()).slice(-2)
    expect(first).toMatchObject({ event_id: 'order-7#0', product_id: '1', quantity: 2, unit_price: '39.90' })
    expect(second).toMatchObject({ event_id: 'order-7#1', order_id: '7', unit_price: '5.00' })
    expect(await (await server.post(order)).json()).toMatchObject({ accepted: 0, duplicates: 1 })
  })

  test('honours Sec-GPC by keeping no network and saying so in the consent', async () => {
    await server.post(view(), { headers: { 'sec-gpc': '1' } })
    const event = eventsIn(await server.records()).at(-1)
    expect(event?.ip_network).toBeNull()
    expect(event?.consent).toEqual({ sale_or_sharing: false })
  })

  test('always counts what it received as accepted, duplicate or rejected', async () => {
    const before = server.collector.ledger()
    const same = view()
    await server.post([same, same, { nonsense: true }, view()])
    const after = server.collector.ledger()
    expect(after.received - before.received).toBe(4)
    expect(after.received).toBe(after.accepted + after.duplicates + after.rejected)
  })
})

describe('POST /v1/events refuses', () => {
  test.each([
    ['malformed JSON', '{"event_type":', 400, 'HEM_BODY_MALFORMED'],
    ['an empty body', '', 400, 'HEM_BODY_MALFORMED'],
    ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 400, 'HEM_BODY_MALFORMED'],
    ['a number', '7', 400, 'HEM_BATCH_INVALID'],
    ['events that are no list', '{"events":{}}', 400, 'HEM_BATCH_INVALID'],
    ['more than 500 events', JSON.stringify(Array(501).fill(1)), 400, 'HEM_BATCH_INVALID'],
    ['10,000-deep nesting', '['.repeat(10_000) + ']'.repeat(10_000), 400, 'HEM_BODY_TOO_DEEP'],
    ['a body of 10 MB', 'x'.repeat(10_000_000), 413, 'HEM_BODY_TOO_LARGE'],
  ])('%s', async (_name, body, status, code) => {
    const found = await problem(await server.post(body))
    expect([found.status, found.code]).toEqual([status, code])
    expect((await server.post(view())).status).toBe(202)
  })

  test('a gzip bomb, having held no more than the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000, 0x20))
    const response = await server.post(bomb, { headers: { 'content-encoding': 'gzip' } })
    expect(await problem(response)).toMatchObject({ status: 413, code: 'HEM_BODY_TOO_LARGE' })
  })

  test('gzip that is none, and other encodings', async () => {
    for (const encoding of ['gzip', 'br']) {
      const response = await server.post(view(), { headers: { 'content-encoding': encoding } })
      expect(await problem(response)).toMatchObject({ status: 415, code: 'HEM_BODY_ENCODING' })
    }
  })

  test('a body without an announced length once it grows too large', async () => {
    const answer = Promise.withResolvers<number>()
    const request = httpRequest(`${server.url}/v1/events?key=${server.keys.write}`, { method: 'POST' }, (response) => {
      response.resume()
      answer.resolve(response.statusCode ?? 0)
    })
    request.on('error', () => answer.resolve(413))
    for (let chunk = 0; chunk < 40; chunk++) request.write(Buffer.alloc(64 * 1024, 0x20))
    request.end()
    expect(await answer.promise).toBe(413)
  })

  test('a missing key, a wrong key, a key of another role', async () => {
    const headers = (key: string) => ({ headers: { authorization: key } })
    const refused = [
      await server.post(view(), headers('')),
      await server.post(view(), headers('Bearer wrong')),
      await server.post(view(), headers(`Bearer ${server.keys.read}`)),
    ]
    expect(await Promise.all(refused.map(async (answer) => (await problem(answer)).code))).toEqual([
      'HEM_KEY_WRONG',
      'HEM_KEY_WRONG',
      'HEM_KEY_FORBIDDEN',
    ])
    const without = await fetch(`${server.url}/v1/events`, { method: 'POST', body: '{}' })
    expect(await problem(without)).toMatchObject({ status: 401, code: 'HEM_KEY_MISSING' })
    expect(without.headers.get('www-authenticate')).toBe('Bearer')
  })

  test('an unknown query parameter', async () => {
    const found = await problem(await server.post(view(), { query: '?debug=1' }))
    expect(found).toMatchObject({ status: 400, code: 'HEM_HTTP_PARAMETER_UNKNOWN' })
  })

  test('absurd times, wrong types and unsafe names, each alone', async () => {
    const response = await server.post(
      `{"events":[${[
        JSON.stringify(view({ timestamp: 'yesterday' })),
        JSON.stringify(view({ timestamp: 12 })),
        JSON.stringify(view({ timestamp: '2026-02-30T00:00:00Z' })),
        JSON.stringify(view({ timestamp: Date.now() - 8 * 86_400_000 })),
        JSON.stringify(view({ quantity: 'many' })),
        JSON.stringify(view({ unit_price: -1 })),
        '{"event_type":"page_view","visitor_id":"v","__proto__":{"admin":true}}',
        '{"event_type":"page_view","visitor_id":"\\ud800"}',
        '{"event_type":"page_view","visitor_id":"v","size":1e999}',
        'null',
        '"text"',
        JSON.stringify(view({ timestamp: '2099-01-01T00:00:00Z' })),
      ].join(',')}]}`,
    )
    const answer = (await response.json()) as { accepted: number; rejected: { code: string; message: string }[] }
    expect(answer.rejected.map(({ code }) => code)).toEqual([
      'HEM_EVENT_TIME_INVALID',
      'HEM_EVENT_TIME_INVALID',
      'HEM_EVENT_TIME_INVALID',
      'HEM_EVENT_TOO_LATE',
      'HEM_EVENT_INVALID',
      'HEM_EVENT_INVALID',
      'HEM_EVENT_UNSAFE',
      'HEM_EVENT_UNSAFE',
      'HEM_EVENT_UNSAFE',
      'HEM_EVENT_INVALID',
      'HEM_EVENT_INVALID',
    ])
    expect(answer.accepted).toBe(1)
    expect(eventsIn(await server.records()).at(-1)?.time_clamped).toBe(true)
  })
})

describe('keys', () => {
  test('the demo key sends events and products from this machine, but not through a proxy', async () => {
    const demo = { authorization: 'Bearer demo' }
    expect((await server.post(view(), { headers: demo })).status).toBe(202)
    const product = JSON.stringify({ id: 1 })
    expect((await fetch(`${server.url}/v1/products`, { method: 'PUT', headers: demo, body: product })).status).toBe(200)
    const proxied = await server.post(view(), { headers: { ...demo, 'x-forwarded-for': '203.0.113.9' } })
    expect(await problem(proxied)).toMatchObject({ status: 401, code: 'HEM_KEY_WRONG' })
  })
})

describe('PUT /v1/products', () => {
  const put = (body: unknown, key = server.keys.server) =>
    fetch(`${server.url}/v1/products`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify(body),
    })

  test("takes one, a list, or {products}, with Kaggle's names or ours", async () => {
    const kaggle = { id: 39386, masterCategory: 'Apparel', productDisplayName: 'Jeans', year: '2012', price: 19.999 }
    const ours = { id: 'x', master_category: 'Apparel', product_display_name: 'Shirt', fabric: 'linen' }
    expect(await (await put(kaggle)).json()).toMatchObject({ accepted: 1, rejected: [] })
    expect(await (await put([kaggle, ours])).json()).toMatchObject({ accepted: 2 })
    const answer = await (await put({ products: [ours, { name: 'no id' }] })).json()
    expect(answer).toMatchObject({ accepted: 1, rejected: [{ index: 1, code: 'HEM_PRODUCT_INVALID' }] })
    const products = (await server.records()).flatMap((record) => (record.kind === 'products' ? record.products : []))
    expect(products.find(({ id }) => id === '39386')).toMatchObject({ year: 2012, price: '20.00', style_id: '39386' })
    expect(products.at(-1)).toMatchObject({ product_display_name: 'Shirt', attributes: { fabric: 'linen' } })
  })

  test('makes a product known to the events that follow', async () => {
    await put({ id: 'new-1' })
    await server.post(view({ product_id: 'new-1' }))
    expect(eventsIn(await server.records()).at(-1)?.unknown_product).toBe(false)
  })

  test('needs a server key', async () => {
    expect(await problem(await put({ id: 1 }, server.keys.write))).toMatchObject({ code: 'HEM_KEY_FORBIDDEN' })
  })
})

describe('backpressure', () => {
  test('answers 429 with a time to wait when a key sends beyond its rate', async () => {
    const slow = await startCollectServer({ routes: { rateLimits: { eventsPerSecond: 0, burstEvents: 2 } } })
    expect((await slow.post([view(), view()])).status).toBe(202)
    const refused = await slow.post(view())
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(await problem(refused)).toMatchObject({ status: 429, code: 'HEM_RATE_LIMITED' })
    await slow.close()
  })

  test('answers 503 with a time to wait when the queue is full, and counts nothing', async () => {
    const full = await startCollectServer({ stream: { maxQueueBytes: 0 } })
    const refused = await full.post(view())
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(await problem(refused)).toMatchObject({ status: 503, code: 'HEM_STREAM_FULL' })
    expect(full.collector.ledger().received).toBe(0)
    await full.close()
  })

  test('answers 503 while the disk is full, with what to do about it', async () => {
    const full = await startCollectServer({ stream: { minFreeBytes: Number.MAX_SAFE_INTEGER } })
    const found = await problem(await full.post(view()))
    expect(found).toMatchObject({ status: 503, code: 'HEM_STREAM_DISK_FULL' })
    expect(found.detail).toContain('make room')
    expect(full.collector.ledger().received).toBe(0)
    await full.close()
  })
})
