/**
 * test/tools/backup/backup-to-s3: a backup in a bucket, and what comes of it.
 *
 * In: a few files, and a server that speaks S3.
 * Out: the same files from the bucket; what a damaged object does.
 * Invariant: the same code as for a folder; only the store differs.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { restoreBackup, verifyBackup } from '../../../src/tools/backup/restore-backup.ts'
import { storeBackup } from '../../../src/tools/backup/store-backup.ts'
import { startLakeFakes, type LakeFakes } from '../../contract/aws/lake-on-fakes.ts'

const root = mkdtempSync(join(tmpdir(), 'hemline-s3-backup-'))
const folder = join(root, 'data')
const quiet = () => undefined
let fakes: LakeFakes

beforeAll(async () => {
  fakes = await startLakeFakes()
  mkdirSync(join(folder, 'stream'), { recursive: true })
  writeFileSync(join(folder, 'stream', 'data.mdb'), 'the stream')
  writeFileSync(join(folder, 'keys.json'), '{}')
})
afterAll(async () => {
  await fakes.close()
  rmSync(root, { recursive: true, force: true })
})

const backUp = async (second: number) => {
  const store = await fakes.files()
  const madeAt = `2026-11-24T00:00:0${second}.000Z`
  return storeBackup({ store, folder, madeAt, owner: 'shop', onProgress: quiet })
}

test('a bucket gives back what was backed up, copies only what is new, and forgets what is no more', async () => {
  expect(await backUp(1)).toMatchObject({ files: 2, copied_files: 2 })
  writeFileSync(join(folder, 'stream', 'data.mdb'), 'the stream, longer')
  expect(await backUp(2)).toMatchObject({ files: 2, copied_files: 1 })
  const store = await fakes.files()
  expect(await store.list('files')).toHaveLength(2)
  const into = join(root, 'restored')
  const manifest = await restoreBackup({ store, into, finish: quiet, onProgress: quiet })
  expect(manifest.made_at).toBe('2026-11-24T00:00:02.000Z')
  expect(readFileSync(join(into, 'stream', 'data.mdb'), 'utf8')).toBe('the stream, longer')
})

test('an object that is gone is named', async () => {
  const store = await fakes.files()
  const [{ path }] = await store.list('files')
  await store.delete(path)
  await expect(verifyBackup(store, quiet)).rejects.toMatchObject({ code: 'HEM_BACKUP_BROKEN' })
})
