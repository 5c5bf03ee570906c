/**
 * test/app/lambda/pages: what a website reads through the deployed handlers, and what a demo writes.
 *
 * In: a small cloud, and the same behind one address.
 * Out: slates that follow a click, lists of the shop, rules, refusals; orders of a demo that runs elsewhere.
 * Invariant: every read goes through `respond`, every write through `collect` or `shop`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createShop } from '../../../src/app/lambda/shop.ts'
import { visitByHttp } from '../../../src/app/visit-by-http.ts'
import type { FilledRow, ShopWriter } from '../../../src/parts/shopdb/postgres-writer.ts'
import { NO_FAULTS, openSmallCloud, SERVER_KEY, type SmallCloud } from './small-cloud.ts'
import { putProducts } from './small-shop.ts'

let folder: string
let cloud: SmallCloud

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hemline-pages-'))
  cloud = await openSmallCloud({ seed: 3, folder, faults: NO_FAULTS })
  await putProducts(cloud, 40)
  await cloud.learn()
})
afterAll(() => {
  cloud.close()
  rmSync(folder, { recursive: true, force: true })
})

const read = (path: string) => cloud.ask('read', path)
const click = (visitor: string, product: string, user?: string) =>
  cloud.ask('write', '/v1/events', {
    method: 'POST',
    body: { event_type: 'product_view', visitor_id: visitor, product_id: product, user_id: user },
  })

test('the page after a click shows a slate that knows of it', async () => {
  const { body } = await click('v1', 'p4', 'ada')
  await cloud.loop.drain()
  const page = await read('/v1/recommendations?visitor_id=v1&limit=5')
  expect(page).toMatchObject({ status: 200, body: { placement: 'home', as_of: body['last'] } })
  expect(page.body['items']).toHaveLength(5)
  expect(await cloud.ask('server', '/v1/recommendations?user_id=ada&limit=5')).toEqual(page)
})

test('shows the lists of the shop and of a product, several on one page', async () => {
  const { status, body } = await read('/v1/recommendations?placements=product,trending&product_id=p4&limit=4')
  expect(status).toBe(200)
  const slates = body['slates'] as readonly { readonly items: readonly unknown[] }[]
  expect(slates.map(({ items }) => items.length)).toEqual([4, 4])
  expect(await read('/v1/products/p4')).toMatchObject({ status: 200, body: { article_type: 'type4' } })
  expect(await read('/v1/trends?dimension=season')).toMatchObject({ status: 200 })
})

test('a rule is obeyed once the learner has laid it out, and can be taken away', async () => {
  const rule = { id: 'no-type4', action: 'exclude', match: { article_type: 'type4' } }
  expect(await cloud.ask('server', '/v1/rules', { method: 'PUT', body: rule })).toMatchObject({ status: 200 })
  await cloud.learn()
  cloud.clock.advance(20_000)
  expect(await cloud.ask('server', '/v1/rules')).toMatchObject({ body: { rules: [{ id: 'no-type4' }] } })
  const { body } = await read('/v1/recommendations?placement=trending&limit=50')
  const items = body['items'] as readonly { readonly article_type: string }[]
  expect(items.map((item) => item.article_type)).not.toContain('type4')
  expect(await cloud.ask('server', '/v1/rules/no-type4', { method: 'DELETE', body: null })).toMatchObject({
    status: 200,
  })
})

test('refuses with a code what it cannot do and who may not', async () => {
  const refusals = await Promise.all([
    read('/v1/recommendations/stream?visitor_id=v1'),
    read('/v1/nothing'),
    cloud.ask('write', '/v1/recommendations?visitor_id=v1'),
    read('/v1/products/none'),
    read('/v1/recommendations?visitor_id=v1&color=red'),
  ])
  expect(refusals.map(({ status, body }) => [status, body['code']])).toEqual([
    [501, 'HEM_HTTP_NOT_HERE'],
    [404, 'HEM_HTTP_NOT_FOUND'],
    [403, 'HEM_KEY_FORBIDDEN'],
    [404, 'HEM_HTTP_NOT_FOUND'],
    [400, 'HEM_HTTP_PARAMETER_UNKNOWN'],
  ])
  expect(cloud.faults).toEqual([])
})

test('a demo that runs elsewhere fills the tables and orders by HTTP alone', async () => {
  const tables: Record<string, readonly FilledRow[]> = {}
  const lines: number[] = []
  const ending = new AbortController()
  const writer: Pick<ShopWriter, 'fill' | 'placeOrder'> = {
    async fill(table, rows) {
      tables[table] = rows
      return true
    },
    async placeOrder(order) {
      lines.push(order.lines.length)
      ending.abort()
      return { orderId: '1', totalPrice: '1.00' }
    },
  }
  const { keys, clock } = cloud
  const shop = createShop({
    keys,
    clock,
    writer: async () => writer as ShopWriter,
    onFault: () => expect.unreachable(),
  })
  const fetch = (request: Request) => {
    const path = new URL(request.url).pathname
    if (path.startsWith('/shop/')) return shop.fetch(request)
    return (request.method === 'GET' ? cloud.respond : cloud.collect).fetch(request)
  }
  const before = cloud.kinesis.shards.reduce((sum, { entries }) => sum + entries.length, 0)
  await visitByHttp({
    url: 'https://shop.example',
    key: SERVER_KEY,
    seed: 7,
    timeZone: 'UTC',
    ratePerSecond: 1000,
    speed: 100_000,
    pastHours: 100,
    putsProducts: true,
    hasStorefront: true,
    nowMs: () => Date.UTC(2026, 10, 24),
    signal: ending.signal,
    onProgress: () => undefined,
    fetch,
  })
  expect(tables['users'].length).toBeGreaterThan(1000)
  expect(tables['products'].length).toBeGreaterThan(500)
  expect(lines).toHaveLength(1)
  expect(cloud.kinesis.shards.reduce((sum, { entries }) => sum + entries.length, 0)).toBeGreaterThan(before + 50)
})
