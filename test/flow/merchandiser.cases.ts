/**
 * merchandiser.cases: what a merchandiser and a web developer do at one shop.
 *
 * In: a running Hemline.
 * Out: cases: rules, pages, ranking, explanations, what is new and what is sold out.
 * Invariant: they share a server with other cases, since starting one costs more than all of them.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { HemlineProcess } from './hemline-process.ts'
import { shopClient, twentyProducts, type ShopClient, type Slate } from './shop-client.ts'

const launcher = join(import.meta.dirname, '..', '..', 'bin', 'hemline.js')

const view = (visitor: string, product: string, more = {}) => ({
  event_type: 'product_view',
  visitor_id: visitor,
  product_id: product,
  timestamp: new Date().toISOString(),
  ...more,
})

interface Explained {
  readonly features: readonly { readonly value: number; readonly weight: number; readonly points: number }[]
}

const idsOf = (slate: Pick<Slate, 'items'>) => slate.items.map((item) => item.product_id)

/** The cases, at a server that holds `twentyProducts` and nobody has visited; leaves these products as they were. */
export function merchandiserCases(open: () => HemlineProcess): void {
  const shop = (): ShopClient => shopClient(open())

  const call = async (method: string, path: string, body?: unknown, key = open().keys['server']) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const response = await fetch(`${open().url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, never> }
  }

  test('the next page obeys a rule, and the one after its removal does not', async () => {
    const put = await call('PUT', '/v1/rules', { id: 'hide', action: 'exclude', match: { base_colour: 'Blue' } })
    expect(put).toMatchObject({ status: 200, body: { rules: [{ id: 'hide' }] } })
    const blue = new Set(
      twentyProducts().flatMap((product) => (product['base_colour'] === 'Blue' ? [product['id']] : [])),
    )
    expect(idsOf(await shop().slate('placement=trending&limit=50')).filter((id) => blue.has(id))).toEqual([])
    expect(await call('GET', '/v1/rules')).toMatchObject({ body: { rules: [{ id: 'hide', action: 'exclude' }] } })
    expect(await call('DELETE', '/v1/rules/hide')).toMatchObject({ status: 200 })
    expect(await call('DELETE', '/v1/rules/hide')).toMatchObject({ status: 404, body: { code: 'HEM_HTTP_NOT_FOUND' } })
    expect(idsOf(await shop().slate('placement=trending&limit=50')).some((id) => blue.has(id))).toBe(true)
  })

  test('a preview shows both sides and keeps nothing', async () => {
    const rule = { action: 'pin', match: { product_id: '7' } }
    const { body } = await call('POST', '/v1/rules/preview?placement=trending&limit=3', rule)
    const { before, after, changes } = body as unknown as { before: Slate[]; after: Slate[]; changes: boolean }
    expect(changes).toBe(true)
    expect(idsOf(after[0])).toEqual(['7', ...idsOf(before[0]).filter((id) => id !== '7')].slice(0, 3))
    expect(await call('GET', '/v1/rules')).toMatchObject({ body: { rules: [] } })
  })

  test('the command line asks the server that runs', async () => {
    const added = await hemlineCommand('rules', 'add', 'boost', '--match', 'article_type=Jeans', '--id', 'jeans')
    expect(added).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/jeans +boost × 3 +article_type=jeans +everywhere/),
    })
    const preview = await hemlineCommand('rules', 'preview', 'pin', '--match', 'product_id=19', '--on', 'trending')
    expect(preview.stdout).toMatch(/^ +1 .*19 Piece 19$/m)
    expect(await call('DELETE', '/v1/rules/jeans')).toMatchObject({ status: 200 })
    const wrong = await hemlineCommand('rules', 'add', 'bury', '--match', 'colour=Red')
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('HEM_RULE_INVALID match field "colour"') })
  })

  const hemlineCommand = (...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const env = { ...process.env, HEMLINE_DATA: open().dataFolder }
      execFile(process.execPath, [launcher, ...args], { env }, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
      })
    })

  test('one call fills a page without repeats', async () => {
    const { last } = await shop().post({ events: [view('shopper-ana', '3'), view('shopper-ana', '5')] })
    await shop().slateCovering('visitor_id=shopper-ana', last)
    const { body } = await call(
      'GET',
      '/v1/recommendations?visitor_id=shopper-ana&placements=recent,home,trending&limit=4',
    )
    const { slates } = body as unknown as { slates: Slate[] }
    expect(slates.map((slate) => slate.placement)).toEqual(['recent', 'home', 'trending'])
    expect(idsOf(slates[0])).toEqual(['5', '3'])
    const shown = slates.flatMap(idsOf)
    expect(shown).toHaveLength(10)
    expect(new Set(shown).size).toBe(10)
  })

  test('an open stream is told at once when a product it shows is sold out', async () => {
    const { keys, url } = open()
    const response = await fetch(`${url}/v1/recommendations/stream?placement=new_in&limit=1&key=${keys['read']}`)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const until = async (productId: string) => {
      while (!text.includes(`"product_id":"${productId}"`)) text += (await reader?.read())?.value ?? ''
    }
    const [first, second] = idsOf(await shop().slate('placement=new_in&limit=2'))
    await until(first ?? '')
    const sold = twentyProducts().find((product) => product['id'] === first)
    await shop().putProducts({ ...sold, available: false })
    await until(second ?? '')
    await shop().putProducts({ ...sold })
    await reader?.cancel()
    expect(text.split('event: slate')).toHaveLength(3)
  })

  test('orders a given list for a visitor, and says what is left out', async () => {
    const { last } = await shop().post({ events: [view('shopper-bea', '12'), view('shopper-bea', '14')] })
    await shop().slateCovering('visitor_id=shopper-bea', last)
    await shop().putProducts({ ...twentyProducts()[4], available: false })
    const given = ['2', '5', '404', '16', '4', '12']
    const rank = (body: unknown, key?: string | null) => call('POST', '/v1/rank', body, key)
    const { body } = await rank({ visitor_id: 'shopper-bea', product_ids: given }, open().keys['read'])
    const answer = body as unknown as Slate & { left_out: unknown[] }
    await shop().putProducts({ ...twentyProducts()[4] })
    expect(answer.placement).toBe('rank')
    expect(answer.items.map((item) => item.product_id).slice(0, 2)).toEqual(['12', '16'])
    expect(answer.items.map((item) => item.product_id).toSorted()).toEqual(['12', '16', '2', '4'])
    expect(answer.left_out).toEqual([
      { product_id: '5', why: 'unavailable' },
      { product_id: '404', why: 'unknown' },
    ])
    expect(answer.items[1]?.reason.text).toBe('Similar to Piece 14')
    expect(await rank({ user_id: '42', product_ids: given }, open().keys['read'])).toMatchObject({ status: 403 })
    expect(await rank({ user_id: '42', product_ids: given })).toMatchObject({ status: 200 })
  })

  test('explains a slate by features and weights', async () => {
    for (const visitor of ['shopper-cho', 'shopper-dan', 'shopper-eva'])
      await shop().post({ events: [view(visitor, '3'), view(visitor, '7')] })
    const { last } = await shop().post(view('shopper-fay', '3'))
    await shop().slateCovering('visitor_id=shopper-fay', last)
    const { body } = await call('GET', '/v1/recommendations?visitor_id=shopper-fay&explain=true')
    const { items } = body as unknown as { items: { product_id: string; explain: Explained | null }[] }
    const explain = items.find((item) => item.product_id === '7')?.explain
    expect(explain?.features.length).toBeGreaterThan(3)
    for (const { value, weight, points } of explain?.features ?? []) expect(points).toBeCloseTo(value * weight, 9)
    expect(items.some((item) => item.explain === null)).toBe(true)
    expect((await shop().get('/v1/recommendations?visitor_id=shopper-fay&explain=true')).status).toBe(403)
  })

  test('a product put is the first of new_in, with its sizes, and is gone from the next read once sold out', async () => {
    const dress = { id: 'dress', article_type: 'Dresses', product_display_name: 'A dress', launched_at: '2026-11-24' }
    const sized = (stock: number) => ({ ...dress, variants: [{ variant_id: 'd-m', size: 'M', stock }] })
    await shop().putProducts(sized(1))
    const { items } = await shop().slate('placement=new_in&limit=1')
    expect(items).toMatchObject([{ product_id: 'dress', sizes_in_stock: ['M'], reason: { text: 'New in' } }])
    await shop().putProducts(sized(0))
    expect(idsOf(await shop().slate('placement=new_in&limit=50'))).not.toContain('dress')
  })

  test.each([
    ['PUT', '/v1/rules', { action: 'exclude', match: { size: 'M' } }, 400, 'HEM_RULE_INVALID'],
    ['PUT', '/v1/rules', [{ action: 'bury', match: { season: 'Fall' } }, 7], 400, 'HEM_RULE_INVALID'],
    ['PUT', '/v1/rules?dry=true', {}, 400, 'HEM_HTTP_PARAMETER_UNKNOWN'],
    ['POST', '/v1/rules/preview?placement=attic', {}, 400, 'HEM_HTTP_PARAMETER_INVALID'],
    ['POST', '/v1/rank', { visitor_id: 'a', product_ids: [] }, 400, 'HEM_RANK_INVALID'],
    ['POST', '/v1/rank', { visitor_id: 'a', product_ids: ['1'], category: 'Shoes' }, 400, 'HEM_RANK_INVALID'],
    ['GET', '/v1/recommendations?placement=trending&explain=true', undefined, 400, 'HEM_HTTP_PARAMETER_INVALID'],
    ['GET', '/v1/recommendations?visitor_id=a&explain=please', undefined, 400, 'HEM_HTTP_PARAMETER_INVALID'],
    ['GET', '/v1/recommendations?placements=home,attic&visitor_id=a', undefined, 400, 'HEM_HTTP_PARAMETER_INVALID'],
    ['GET', '/v1/recommendations?visitor_id=a&article_type=Dresses', undefined, 400, 'HEM_HTTP_PARAMETER_UNKNOWN'],
  ])('%s %s with %j is a %d %s', async (method, path, body, status, code) => {
    expect(await call(method, path, body)).toMatchObject({ status, body: { code } })
  })

  test('a public key neither reads nor changes rules', async () => {
    const { read } = open().keys
    expect((await call('GET', '/v1/rules', undefined, read)).status).toBe(403)
    expect((await call('PUT', '/v1/rules', { action: 'bury', match: { season: 'Fall' } }, read)).status).toBe(403)
  })
}
