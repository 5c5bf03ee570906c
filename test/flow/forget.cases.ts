/**
 * forget.cases: a person asks to be forgotten.
 *
 * In: a running Hemline.
 * Out: cases: what would go, that nothing of the person is left in any file, that the others are all there.
 * Invariant: they share a server with other cases, since starting one costs more than all of them.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ShownReceipt } from '../../src/app/erasures.ts'
import { filesHolding } from '../fixtures/decoded-files.ts'
import type { HemlineProcess } from './hemline-process.ts'
import { shopClient } from './shop-client.ts'

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
  const user_id = 'user-forgetme'
  for (let n = 1; n <= 4; n++) await shop.post(view(`v-other-${n}`, n, { user_id: n % 2 === 0 ? `other-${n}` : null }))
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

/** A command of the command line, without the second that a process of its own takes to start. */
async function ask(hemline: HemlineProcess, name: string, argument: unknown): Promise<Record<string, unknown>> {
  const { token } = JSON.parse(readFileSync(join(hemline.dataFolder, 'server.json'), 'utf8'))
  const response = await fetch(`${hemline.url}/v1/commands/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(argument),
  })
  const lines = (await response.text()).trim().split('\n')
  return JSON.parse(lines.at(-1) ?? '').result
}

async function erase({ url, keys }: HemlineProcess, path: string): Promise<ShownReceipt> {
  const headers = { authorization: `Bearer ${keys['admin']}` }
  const response = await fetch(`${url}/v1/${path}`, { method: 'DELETE', headers })
  return (await response.json()) as ShownReceipt
}

/** The cases, at a server that holds products and whatever others did. */
export function forgetCases(open: () => HemlineProcess): void {
  test('forgets a person in every file, with a receipt, and leaves the others', async () => {
    const hemline = open()
    const shop = shopClient(hemline)
    await plant(hemline)
    const preview = await ask(hemline, 'forget-preview', { kind: 'user', id: 'user-forgetme' })
    expect(preview).toContainEqual({ place: 'landing.clickstreams', counts: { rows: 6 } })
    const before = await filesHolding(hemline.dataFolder, PLANTED)
    expect(PLANTED.filter((text) => !before.some((found) => found.endsWith(text)))).toEqual([])
    const rows = 'SELECT count(*) AS n FROM clean.clickstreams'
    const [{ n: rowsBefore } = {}] = await shop.sql(rows)

    const receipt = await erase(hemline, 'users/user-forgetme')
    expect(receipt).toMatchObject({ kind: 'user' })
    expect(receipt.removed).toContainEqual({ place: 'stream', counts: { records: 7 } })
    expect(JSON.stringify(receipt)).not.toMatch(/forgetme/u)
    expect(await filesHolding(hemline.dataFolder, PLANTED)).toEqual([])
    expect(await shop.sql(rows)).toEqual([{ n: Number(rowsBefore) - 6 }])
    const tablet = `SELECT product_id FROM clean.clickstreams WHERE visitor_id = 'v-tablet' ORDER BY 1`
    expect(await shop.sql(tablet)).toEqual([{ product_id: '8' }, { product_id: '9' }])
    expect(await ask(hemline, 'verify', null)).toMatchObject({ isSound: true, balance: { erased: 6 } })
  })

  test('takes who comes back for somebody new, who may go again', async () => {
    const hemline = open()
    const shop = shopClient(hemline)
    const { last } = await shop.post(view('v-phone-forgetme', 3))
    await shop.slateCovering('visitor_id=v-phone-forgetme', last)
    const receipt = await erase(hemline, 'visitors/v-phone-forgetme')
    expect(receipt.removed).toContainEqual({ place: 'stream', counts: { records: 1 } })
    expect(await filesHolding(hemline.dataFolder, PLANTED)).toEqual([])
  })

  test('asks for the admin key', async () => {
    const { url, keys } = open()
    const headers = { authorization: `Bearer ${keys['server']}` }
    expect((await fetch(`${url}/v1/users/42`, { method: 'DELETE', headers })).status).toBe(403)
  })
}
