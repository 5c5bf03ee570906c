import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesHolding } from '../fixtures/decoded-files.ts'
import { startHemline, type HemlineProcess } from './hemline-process.ts'
import { shopClient, twentyProducts } from './shop-client.ts'

const launcher = join(import.meta.dirname, '..', '..', 'bin', 'hemline.js')
const environment = { HEMLINE_DELIVER_SECONDS: '1', HEMLINE_LOG_LEVEL: 'warn' }
const freshFolder = () => join(mkdtempSync(join(tmpdir(), 'hemline-restart-')), 'data')

test('refuses a second start on one folder, drains at Ctrl-C, and goes on where it stopped', async () => {
  const dataFolder = freshFolder()
  const first = await startHemline({ dataFolder, environment })
  await shopClient(first).putProducts({ products: twentyProducts() })
  const { last } = await shopClient(first).post({ event_type: 'product_view', visitor_id: 'ana', product_id: '3' })
  const slate = await shopClient(first).slateCovering('visitor_id=ana', last)

  const second = await run(['up'], { HEMLINE_DATA: dataFolder, HEMLINE_PORT: '0' })
  expect(second.code).toBe(1)
  expect(second.stderr).toMatch(/HEM_DATA_FOLDER_IN_USE .*HEMLINE_DATA/)
  expect(await first.end('SIGINT')).toBe(0)

  const again = await startHemline({ dataFolder, environment })
  const shop = shopClient(again)
  expect(await shop.slate('visitor_id=ana')).toEqual(slate)
  expect(await shop.sql('SELECT count(*) AS n FROM clean.clickstreams')).toEqual([{ n: 1 }])
  expect(await again.end('SIGTERM')).toBe(0)
})

test('keeps every acknowledged event once through kill -9, and completes an erasure that it cut off', async () => {
  const dataFolder = freshFolder()
  const acknowledged = new Set<string>()
  for (let round = 0; round < 3; round++) {
    const hemline = await startHemline({ dataFolder, environment })
    const shop = shopClient(hemline)
    if (round === 0) await shop.putProducts({ products: twentyProducts() })
    if (round === 2) await shop.post({ event_type: 'search', visitor_id: 'v-forgetme', query: 'planted-word' })
    const killing = new Promise((resolve) => setTimeout(resolve, 1200 + 500 * round))
      .then(() => (round === 2 ? beginToErase(hemline, 'v-forgetme') : undefined))
      .then(() => hemline.end('SIGKILL'))
    await Promise.all(
      Array.from({ length: 8 }, (_, client) => clickUntilItDies(shop, `${round}-${client}`, acknowledged)),
    )
    await killing
  }
  const hemline = await startHemline({ dataFolder, environment })
  const shop = shopClient(hemline)
  expect(acknowledged.size).toBeGreaterThan(100)
  for (const table of ['landing.clickstreams', 'clean.clickstreams']) {
    const rows = () =>
      shop.sql<{ event_id: string; n: number }>(`SELECT event_id, count(*) AS n FROM ${table} GROUP BY event_id`)
    // What was on disk but not yet acknowledged may be there too; what was acknowledged must be there, once.
    await expect
      .poll(
        async () => {
          const counted = new Map((await rows()).map((row) => [row.event_id, row.n]))
          return [...acknowledged].filter((id) => counted.get(id) !== 1)
        },
        { timeout: 30_000 },
      )
      .toEqual([])
  }
  await expect.poll(() => erasuresOf(dataFolder), { timeout: 30_000 }).toContain('"done"')
  expect(await filesHolding(dataFolder, ['v-forgetme', 'planted-word'])).toEqual([])
  const [last] = [...acknowledged].slice(-1)
  const visitor = last?.split('/')[0] ?? ''
  const slate = await shop.slate(`visitor_id=${visitor}`)
  const [{ newest } = { newest: '' }] = await shop.sql<{ newest: string }>(
    `SELECT max(sequence_number) AS newest FROM landing.clickstreams WHERE visitor_id = '${visitor}'`,
  )
  expect(slate.as_of.sequence_number >= newest).toBe(true)
  await hemline.end('SIGTERM')
}, 120_000)

/** Resolves when the erasure is on disk, long before it is done. */
async function beginToErase({ url, keys, dataFolder }: HemlineProcess, visitor: string): Promise<void> {
  expect(await filesHolding(dataFolder, [visitor, 'planted-word'])).not.toEqual([])
  const headers = { authorization: `Bearer ${keys['admin']}` }
  fetch(`${url}/v1/visitors/${visitor}`, { method: 'DELETE', headers }).catch(() => undefined)
  await expect.poll(() => erasuresOf(dataFolder), { interval: 2 }).toContain('"due"')
}

function erasuresOf(dataFolder: string): string {
  const path = join(dataFolder, 'erasures.json')
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

async function clickUntilItDies(shop: ReturnType<typeof shopClient>, visitor: string, acknowledged: Set<string>) {
  for (let n = 0; n < 100_000; n++) {
    const event_id = `${visitor}/${n}`
    try {
      const ack = await shop.post({
        event_id,
        event_type: 'product_view',
        visitor_id: visitor,
        product_id: String((n % 20) + 1),
      })
      if (ack.accepted === 1) acknowledged.add(event_id)
    } catch {
      return
    }
  }
}

function run(args: string[], variables: NodeJS.ProcessEnv): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [launcher, ...args],
      { env: { ...process.env, ...variables } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}
