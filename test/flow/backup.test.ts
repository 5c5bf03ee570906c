/**
 * test/flow/backup: a shop is backed up while events come in, lost, and restored elsewhere.
 *
 * In: a running pipeline; its data folder's backup, whole, damaged, or of another shop.
 * Out: a second pipeline on the restored folder.
 * Invariant: what was acknowledged before the backup began is there once; who was erased does not come back.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand, type CommandName } from '../../src/app/commands.ts'
import { readConfig } from '../../src/app/config.ts'
import { openPipeline, type Pipeline } from '../../src/app/pipeline.ts'
import { restoreFolder } from '../../src/app/restore-folder.ts'
import type { FileStore } from '../../src/parts/lake/port.ts'
import { trimLog } from '../../src/parts/stream/retention.ts'
import { embeddedPosition } from '../../src/parts/stream/position.ts'
import { verifyBackup } from '../../src/tools/backup/restore-backup.ts'
import { storeBackup } from '../../src/tools/backup/store-backup.ts'
import { openFolderFileStore } from '../../src/wings/embedded/lake/file-store.ts'
import { openStreamTrimmer } from '../../src/wings/embedded/stream/lmdb-trimmer.ts'
import { filesHolding } from '../fixtures/decoded-files.ts'
import { aProduct } from '../fixtures/records.ts'

const root = mkdtempSync(join(tmpdir(), 'hemline-backup-'))
const folderOf = (name: string) => join(root, name)
const configOf = (name: string) => readConfig({ dataFolder: folderOf(name), logLevel: 'silent', timeZone: 'UTC' }, {})
const run = <Result>(pipeline: Pipeline, name: CommandName, argument: unknown = null) =>
  runCommand(pipeline, name, argument, () => undefined) as Promise<Result>
const quiet = () => undefined

let shop: Pipeline
let store: FileStore
let sent = 0
const acknowledged: string[] = []

beforeAll(async () => {
  shop = await openPipeline(configOf('shop'), { demoKey: false })
  await shop.ready
  store = await openFolderFileStore(folderOf('backup'))
  await shop.collector.putProducts(
    Array.from({ length: 12 }, (_, nth) => aProduct({ id: `p${nth}`, style_id: `p${nth}` })),
  )
}, 60_000)
afterAll(async () => {
  await shop.stop()
  rmSync(root, { recursive: true, force: true })
})

async function send(visitorId: string): Promise<void> {
  const event_id = `e-${sent++}`
  const event = { event_id, event_type: 'product_view', visitor_id: visitorId, product_id: `p${sent % 12}` }
  await shop.collector.collect({ events: [event], origin: 'live' })
  acknowledged.push(event_id)
}

/** @returns what is in the backup for certain */
async function backUp() {
  const before = [...acknowledged]
  const { folder, madeAt } = await run<{ folder: string; madeAt: string }>(shop, 'stage-backup')
  const stored = await storeBackup({ store, folder, madeAt, owner: 'shop', onProgress: quiet })
  return { before, stored }
}

async function restored(name: string, erasuresFile: string | null = null) {
  const report = await restoreFolder({ store, into: folderOf(name), erasuresFile, onProgress: quiet })
  const pipeline = await openPipeline(configOf(name), { demoKey: false })
  await pipeline.ready
  return { report, pipeline }
}

const idsIn = async (pipeline: Pipeline) => {
  await pipeline.lake.call('deliver', null)
  const { rows } = await pipeline.sql.run('SELECT event_id FROM clean.clickstreams ORDER BY event_id')
  return rows.map(([id]) => id as string)
}
const slateOf = (pipeline: Pipeline, visitor: string) => {
  const entry = pipeline.serving.visitor(visitor)
  return entry === null ? null : { asOf: entry.home.as_of, items: entry.home.items }
}

test('a restored shop holds what was acknowledged, once, and shows the same slates; who was erased stays away', async () => {
  for (let nth = 0; nth < 40; nth++) await send(`v${nth % 4}`)
  await send('v-forgetme')
  await shop.lake.call('deliver', null)
  const first = await backUp()
  expect(first.stored.copied_files).toBe(first.stored.files)

  // The log loses its beginning, which the base stands for now.
  const trimmer = openStreamTrimmer(join(folderOf('shop'), 'stream'))
  const limits = { maxAgeMs: -1, maxBytes: 1e12 }
  await trimLog(trimmer, { limits, nowMs: Date.now(), upTo: embeddedPosition(20), maxSlices: 1 })
  await trimmer.close()
  for (let nth = 0; nth < 10; nth++) await send(`v${nth % 4}`)
  await shop.untilServed(embeddedPosition(shop.stream.doorbell.tail()))
  const slates = [0, 1, 2, 3].map((nth) => slateOf(shop, `v${nth}`))

  const stopping = new AbortController()
  const sending = (async () => {
    while (!stopping.signal.aborted) await send('v-later')
  })()
  const { before, stored } = await backUp()
  stopping.abort()
  await sending
  expect(stored.copied_files).toBeLessThan(stored.files / 2)
  expect((await verifyBackup(store, quiet)).files).toHaveLength(stored.files)
  await run(shop, 'forget', { kind: 'visitor', id: 'v-forgetme' })

  const { report, pipeline } = await restored('second', join(folderOf('shop'), 'erasures.json'))
  expect(report).toMatchObject({ files: stored.files, erasures_due: 1 })
  const ids = await idsIn(pipeline)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toEqual(expect.arrayContaining(before.filter((id) => id !== 'e-40')))
  expect(ids).not.toContain('e-40')
  expect([0, 1, 2, 3].map((nth) => slateOf(pipeline, `v${nth}`))).toEqual(slates)
  expect(pipeline.serving.productCount()).toBe(12)
  expect(await run(pipeline, 'verify')).toMatchObject({ isSound: true })
  // The next number goes on, and a repeated event is still known.
  expect(pipeline.stream.doorbell.tail()).toBeGreaterThanOrEqual(before.length)
  await pipeline.stop()
  expect(await filesHolding(folderOf('second'), ['v-forgetme'])).toEqual([])
}, 120_000)

test('a folder that holds something is left alone', async () => {
  mkdirSync(folderOf('used'))
  writeFileSync(join(folderOf('used'), 'a file'), '')
  const restoring = restoreFolder({ store, into: folderOf('used'), erasuresFile: null, onProgress: quiet })
  await expect(restoring).rejects.toMatchObject({ code: 'HEM_RESTORE_FOLDER_NOT_EMPTY' })
  expect(readdirSync(folderOf('used'))).toEqual(['a file'])
})

test('altered and missing bytes are found, and nothing half-restored is left under the name', async () => {
  const { sha256 } = (await verifyBackup(store, quiet)).files[0]
  const path = join(folderOf('backup'), 'files', sha256.slice(0, 2), sha256)
  const bytes = readFileSync(path)
  const restoring = () => restoreFolder({ store, into: folderOf('third'), erasuresFile: null, onProgress: quiet })
  for (const damage of [() => writeFileSync(path, randomBytes(bytes.length)), () => rmSync(path)]) {
    damage()
    await expect(verifyBackup(store, quiet)).rejects.toMatchObject({ code: 'HEM_BACKUP_BROKEN' })
    await expect(restoring()).rejects.toMatchObject({ code: 'HEM_BACKUP_BROKEN' })
    expect(readdirSync(root)).not.toContain('third')
  }
})

test('another shop’s backup is not replaced, and a place without one says so', async () => {
  const folder = folderOf('other')
  mkdirSync(folder)
  writeFileSync(join(folder, 'keys.json'), '{}')
  const other = { store, folder, madeAt: '2026-11-24T00:00:00.000Z', owner: 'other shop', onProgress: quiet }
  await expect(storeBackup(other)).rejects.toMatchObject({ code: 'HEM_BACKUP_OTHER_SHOP' })
  const empty = await openFolderFileStore(folderOf('empty'))
  await expect(verifyBackup(empty, quiet)).rejects.toMatchObject({ code: 'HEM_BACKUP_MISSING' })
})

test('a run that died is gone on with, and what nothing names any more is removed', async () => {
  const place = await openFolderFileStore(folderOf('place'))
  const folder = folderOf('files')
  mkdirSync(folder)
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write('a', 'one')
  write('b', 'two')
  const dying: FileStore = { ...place, write: () => Promise.reject(new Error('killed')) }
  const at = (second: number) => `2026-11-24T00:00:0${second}.000Z`
  const backup = (target: FileStore, second: number) =>
    storeBackup({ store: target, folder, madeAt: at(second), owner: 'shop', onProgress: quiet })
  await expect(backup(dying, 1)).rejects.toThrow('killed')
  expect(await backup(place, 2)).toMatchObject({ files: 2, copied_files: 0 })
  write('b', 'three')
  expect(await backup(place, 3)).toMatchObject({ files: 2, copied_files: 1 })
  expect(await place.list('files')).toHaveLength(2)
  expect(await place.list('manifests')).toHaveLength(1)
})
