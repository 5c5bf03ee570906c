/** forget, through the whole process: nothing of a person is left in any file, and everything of the others is. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { filesHolding } from '../fixtures/decoded-files.ts'
import { startHemline, type HemlineProcess } from './hemline-process.ts'
import { shopClient, twentyProducts } from './shop-client.ts'

const launcher = join(import.meta.dirname, '..', '..', 'bin', 'hemline.js')
const environment = { HEMLINE_DELIVER_SECONDS: '1', HEMLINE_LOG_LEVEL: 'warn' }

/** Ids and words of the person; each must be found before, and none afterwards. */
const PLANTED = [
  'user-forgetme',
  'v-phone-forgetme',
  'v-laptop-forgetme',
  'zanzibar-query',
  'planted-property',
  'forget@me.example',
]

const view = (visitor_id: string, product: number, fields: object = {}) => ({
  event_type: 'product_view',
  visitor_id,
  product_id: String(product),
  ...fields,
})

async function plant(hemline: HemlineProcess): Promise<void> {
  const shop = shopClient(hemline)
  await shop.putProducts({ products: twentyProducts() })
  const user_id = 'user-forgetme'
  for (let n = 1; n <= 20; n++) await shop.post(view(`v-other-${n}`, n, { user_id: n % 2 === 0 ? `other-${n}` : null }))
  // Two browsers of the person; one of them came before it was known.
  await shop.post(view('v-phone-forgetme', 3))
  await shop.post({ event_type: 'search', visitor_id: 'v-phone-forgetme', query: 'zanzibar-query' })
  await shop.post(view('v-phone-forgetme', 4, { user_id, properties: { note: 'planted-property' } }))
  await shop.post(view('v-laptop-forgetme', 5, { user_id, mail: 'forget@me.example' }))
  // A tablet at home: theirs, then another account's, in one request too.
  await shop.post(view('v-tablet', 6, { user_id }))
  await shop.post({ events: [view('v-tablet', 7, { user_id }), view('v-tablet', 8, { user_id: 'other-2' })] })
  await shop.post(view('v-tablet', 9))
  // Refused, and so kept as it came.
  await shop.post({ event_type: 'product_view', visitor_id: 'v-phone-forgetme', product_id: null })
  const { last } = await shop.post(view('v-other-1', 2))
  await shop.slateCovering('visitor_id=v-other-1', last)
  await shop.sql('SELECT count(*) FROM clean.clickstreams')
}

const shelf = (shop: ReturnType<typeof shopClient>) =>
  shop.sql<{ visitor_key: string; n: number }>(
    'SELECT visitor_key, count(*) AS n FROM clean.clickstreams GROUP BY 1 ORDER BY 1',
  )

async function run(hemline: HemlineProcess, ...flags: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [launcher, ...flags], {
    env: { ...process.env, HEMLINE_DATA: hemline.dataFolder },
  })
  return stdout
}

test(
  'forgets a person in every file, completes it after a kill, and leaves the others',
  { timeout: 120_000 },
  async () => {
    const dataFolder = join(mkdtempSync(join(tmpdir(), 'hemline-forget-')), 'data')
    const first = await startHemline({ dataFolder, environment })
    await plant(first)
    await run(first, 'verify')
    const before = await filesHolding(dataFolder, PLANTED)
    expect(PLANTED.filter((text) => !before.some((found) => found.endsWith(text)))).toEqual([])
    expect(JSON.parse(await run(first, 'forget', '--user', 'user-forgetme', '--dry-run', '--json'))).toContainEqual({
      place: 'landing.clickstreams',
      counts: { rows: 6 },
    })

    // Killed as soon as the erasure is on disk.
    const cut = fetch(`${first.url}/v1/users/user-forgetme`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${first.keys['admin']}` },
    }).catch(() => null)
    await expect.poll(() => listOf(dataFolder), { interval: 5 }).toContain('"due"')
    await first.end('SIGKILL')
    await cut

    const again = await startHemline({ dataFolder, environment })
    await expect.poll(() => listOf(dataFolder), { timeout: 60_000 }).toContain('"done"')
    expect(await filesHolding(dataFolder, PLANTED)).toEqual([])
    const shop = shopClient(again)
    const left = await shelf(shop)
    expect(left).toContainEqual({ visitor_key: 'v-tablet', n: 2 })
    expect(left.filter((row) => row.visitor_key.startsWith('v-other'))).toHaveLength(20)
    expect(await run(again, 'verify')).toMatch(/accepted 29 = in landing 23 \+ dead-letter 0 \+ erased 6 \+ pending 0/u)
    // Who comes back is somebody new.
    const { last } = await shop.post(view('v-phone-forgetme', 3))
    await shop.slateCovering('visitor_id=v-phone-forgetme', last)
    expect(await shelf(shop)).toContainEqual({ visitor_key: 'v-phone-forgetme', n: 1 })
    const receipt = JSON.parse(await run(again, 'forget', '--visitor', 'v-phone-forgetme', '--json'))
    expect(receipt).toMatchObject({ kind: 'visitor' })
    expect(receipt.removed).toContainEqual({ place: 'stream', counts: { records: 1 } })
    expect(await filesHolding(dataFolder, PLANTED)).toEqual([])
    await again.end('SIGTERM')
    expect(await filesHolding(dataFolder, PLANTED)).toEqual([])
  },
)

function listOf(dataFolder: string): string {
  try {
    return readFileSync(join(dataFolder, 'erasures.json'), 'utf8').replaceAll(' ', '')
  } catch {
    return ''
  }
}
