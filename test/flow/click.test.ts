import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { forgetCases } from './forget.cases.ts'
import { startHemline, type HemlineProcess } from './hemline-process.ts'
import { merchandiserCases } from './merchandiser.cases.ts'
import { shopClient, twentyProducts, type ShopClient } from './shop-client.ts'

const now = () => new Date().toISOString()
const view = (visitor: string, product: string, more = {}) => ({
  event_type: 'product_view',
  visitor_id: visitor,
  product_id: product,
  timestamp: now(),
  ...more,
})

describe('one click through the whole pipeline', () => {
  let hemline: HemlineProcess
  let shop: ShopClient

  beforeAll(async () => {
    const dataFolder = join(mkdtempSync(join(tmpdir(), 'hemline-flow-')), 'data')
    hemline = await startHemline({
      dataFolder,
      environment: { HEMLINE_DELIVER_SECONDS: '1', HEMLINE_LOG_LEVEL: 'warn' },
    })
    shop = shopClient(hemline)
    await shop.putProducts({ products: twentyProducts() })
  })
  afterAll(() => hemline.end('SIGTERM'))

  describe('for a merchandiser and a web developer', () => merchandiserCases(() => hemline))

  test('changes what the same visitor is shown next', async () => {
    const before = await shop.slate('visitor_id=ana&limit=20')
    const { accepted, last } = await shop.post(view('ana', '3'))
    const after = await shop.slateCovering('visitor_id=ana&limit=20', last)
    expect(accepted).toBe(1)
    expect(before.items.length).toBeGreaterThan(0)
    expect(after.items.map((item) => item.product_id)).not.toEqual(before.items.map((item) => item.product_id))
    expect(after.items.some((item) => item.reason.text !== '')).toBe(true)
  })

  test('takes the short event as it stands and answers for the user', async () => {
    const ack = await shop.post({ user_id: '42', timestamp: now(), event_type: 'product_view', product_id: '15' })
    expect(ack).toMatchObject({ accepted: 1, duplicates: 0, rejected: [] })
    const slate = await shop.slateCovering('user_id=42', ack.last)
    expect(slate.items.length).toBeGreaterThan(0)
  })

  test('never shows what lies in the cart or was just bought', async () => {
    const { last } = await shop.post({
      events: [
        view('ben', '2'),
        view('ben', '4', { event_type: 'add_to_cart' }),
        view('ben', '6', { event_type: 'purchase', quantity: 1, unit_price: '39.90', currency: 'EUR', order_id: 'o1' }),
      ],
    })
    const slate = await shop.slateCovering('visitor_id=ben&limit=50', last)
    const shown = slate.items.map((item) => item.product_id)
    expect(shown).not.toContain('4')
    expect(shown).not.toContain('6')
  })

  test('hides a product as soon as it is sold out', async () => {
    await shop.putProducts({ ...twentyProducts()[8], available: false })
    await expect
      .poll(async () => (await shop.slate('visitor_id=cleo&limit=50')).items.map((item) => item.product_id))
      .not.toContain('9')
  })

  test('shows a product as soon as its PUT is answered', async () => {
    for (let n = 0; n < 10; n++) {
      await shop.putProducts({ id: `fresh-${n}`, product_display_name: `Fresh ${n}`, article_type: 'Shirts' })
      expect((await shop.get(`/v1/products/fresh-${n}`)).status).toBe(200)
    }
  })

  test('counts a retried event once and keeps a bad one apart from its batch', async () => {
    const event = view('dan', '5', { event_id: 'retry-1' })
    const first = await shop.post({ events: [event, { event_type: 'product_view', visitor_id: 'dan' }] })
    const second = await shop.post(event)
    expect(first).toMatchObject({ accepted: 1, duplicates: 0, rejected: [{ index: 1 }] })
    expect(first.rejected[0]?.code).toMatch(/^HEM_/)
    expect(second).toMatchObject({ accepted: 0, duplicates: 1, rejected: [] })
    await expect
      .poll(() => shop.sql(`SELECT count(*) AS n FROM clean.clickstreams WHERE event_id = 'retry-1'`), {
        timeout: 20_000,
      })
      .toEqual([{ n: 1 }])
    await expect
      .poll(async () => (await shop.sql('SELECT count(*) AS n FROM landing.quarantine'))[0]?.['n'], { timeout: 20_000 })
      .toBe(1)
  })

  test('lets a reader wait for a duplicate and for a refused event as for any other', async () => {
    const again = await shop.post(view('dan', '5', { event_id: 'retry-1' }))
    expect((await shop.slateCovering('visitor_id=dan', again.last)).items.length).toBeGreaterThan(0)
    const refused = await shop.post({ event_type: 'product_view', visitor_id: 'dan' })
    expect(refused).toMatchObject({ accepted: 0, rejected: [{ index: 0 }] })
    expect((await shop.slateCovering('visitor_id=dan', refused.last)).items.length).toBeGreaterThan(0)
  })

  test('covers a view in the lists of its product, too', async () => {
    const { last } = await shop.post(view('gil', '13'))
    const slate = await shop.slateCovering('placement=product&product_id=13&visitor_id=gil', last)
    expect(slate.items.map((item) => item.product_id)).not.toContain('13')
  })

  test('takes no orders from a public key where it is not a demo', async () => {
    const body = JSON.stringify({ visitor_id: 'ana', lines: [{ product_id: '1', quantity: 1 }] })
    const response = await fetch(`${hemline.url}/shop/orders?key=${hemline.keys['server']}`, { method: 'POST', body })
    expect(response.status).toBe(404)
  })

  test('shows in SQL within seconds, enriched with its product', async () => {
    await shop.post(view('eva', '12', { event_id: 'sql-1' }))
    await expect
      .poll(
        () =>
          shop.sql(
            `SELECT article_type, base_colour, product_price, is_bot FROM clean.clickstreams WHERE event_id = 'sql-1'`,
          ),
        { timeout: 20_000 },
      )
      .toEqual([{ article_type: 'Jeans', base_colour: 'Black', product_price: 39.9, is_bot: false }])
  })

  test('shows its tables to other engines, and none to a key that may not ask SQL', async () => {
    const tables = await shop.get('/iceberg/v1/namespaces/clean/tables', hemline.keys['admin'])
    expect(await tables.json()).toMatchObject({
      identifiers: expect.arrayContaining([{ namespace: ['clean'], name: 'clickstreams' }]),
    })
    const table = await shop.get('/iceberg/v1/namespaces/clean/tables/clickstreams', hemline.keys['admin'])
    expect(await table.json()).toMatchObject({ metadata: { 'format-version': 2 } })
    expect((await shop.get('/iceberg/v1/namespaces', hemline.keys['server'])).status).toBe(403)
  })

  test('pushes a changed slate to an open stream', async () => {
    const response = await fetch(`${hemline.url}/v1/recommendations/stream?visitor_id=fay&key=${hemline.keys['read']}`)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const until = async (count: number) => {
      while (text.split('event: slate').length - 1 < count) text += (await reader?.read())?.value ?? ''
    }
    await until(1)
    await shop.post(view('fay', '17'))
    await until(2)
    await reader?.cancel()
    expect(text).toContain('"placement":"home"')
  })

  test('pushes to a stream of a user who was unknown when it opened', async () => {
    const response = await fetch(`${hemline.url}/v1/recommendations/stream?user_id=777&key=${hemline.keys['server']}`)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const until = async (count: number) => {
      while (text.split('event: slate').length - 1 < count) text += (await reader?.read())?.value ?? ''
    }
    await until(1)
    await shop.post(view('hal', '18', { user_id: '777' }))
    await until(2)
    await reader?.cancel()
    expect(text).toContain('Similar to Piece 18')
  })

  test.each([
    ['/healthz?bogus=1', 400, 'HEM_HTTP_PARAMETER_UNKNOWN'],
    ['/metrics?bogus=1', 400, 'HEM_HTTP_PARAMETER_UNKNOWN'],
    ['/v1/recommendations?visitor_id=a&colour=red', 400, 'HEM_HTTP_PARAMETER_UNKNOWN'],
    ['/v1/recommendations', 400, 'HEM_HTTP_PARAMETER_INVALID'],
    ['/v1/products/404', 404, 'HEM_HTTP_NOT_FOUND'],
    ['/v1/products/404/similar', 404, 'HEM_HTTP_NOT_FOUND'],
    ['/v1/trending?by=smell', 400, 'HEM_HTTP_PARAMETER_INVALID'],
    ['/v1/nowhere', 404, 'HEM_HTTP_NOT_FOUND'],
  ])('answers %s with %d %s', async (path, status, code) => {
    const response = await shop.get(path)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ status, code })
  })

  test('keeps each key to its role', async () => {
    expect((await shop.get('/v1/recommendations?visitor_id=a', 'wrong')).status).toBe(401)
    expect((await shop.get('/v1/recommendations?user_id=42', hemline.keys['read'])).status).toBe(403)
    const sql = await fetch(`${hemline.url}/v1/sql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${hemline.keys['server']}` },
      body: '{"sql":"SELECT 1"}',
    })
    expect(sql.status).toBe(403)
  })

  test('shows the history of the nights to the server key alone', async () => {
    expect((await shop.get('/v1/nights', hemline.keys['read'])).status).toBe(403)
    // A first start catches up with the night before it.
    const [night] = await vi.waitFor(
      async () => {
        const answer = await shop.get('/v1/nights?limit=3', hemline.keys['server'])
        const { nights } = (await answer.json()) as { nights: { tables: unknown[] }[] }
        expect(nights).toMatchObject([{ is_done: true }])
        return nights
      },
      { timeout: 60_000, interval: 200 },
    )
    expect(night.tables).toContainEqual({
      table_name: 'clean.orders',
      row_count: 0,
      sums: { total_price: '0.00' },
      status: 'ok',
      message: null,
    })
    expect((await shop.get('/v1/nights?limit=0', hemline.keys['server'])).status).toBe(400)
    expect(await (await fetch(`${hemline.url}/nights`)).text()).toContain('What each night brought')
  })

  describe('for who wants to be forgotten', () => forgetCases(() => hemline))

  test('lists trends, health and metrics', async () => {
    const trending = (await (await shop.get('/v1/trending?by=article_type')).json()) as { items: unknown[] }
    expect(trending.items.length).toBeGreaterThan(0)
    const trends = (await (await shop.get('/v1/trends?dimension=article_type&window=live')).json()) as {
      items: { evidence: { sessions: number }; products: unknown[] }[]
    }
    expect(trends.items[0]?.evidence.sessions).toBeGreaterThan(0)
    expect(trends.items[0]?.products.length).toBeGreaterThan(0)
    expect((await shop.get('/healthz')).status).toBe(200)
    expect((await shop.get('/readyz')).status).toBe(200)
    expect(await (await shop.get('/metrics')).text()).toMatch(/^hemline_events_accepted_total \d+/m)
  })
})
