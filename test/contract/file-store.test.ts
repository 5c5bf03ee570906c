/**
 * test/contract/file-store: the suite, in memory and in a folder.
 *
 * In: nothing.
 * Out: the contract's cases for each wing.
 * Invariant: every wing keeps the same promises.
 */
import { existsSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { manualClock } from '../../src/std/clock.ts'
import { openFolderFileStore } from '../../src/wings/embedded/lake/file-store.ts'
import { fileStoreContract } from './file-store.contract.ts'
import { openMemoryLake, type MemoryLake } from './memory/memory-lake.ts'

const root = mkdtempSync(join(tmpdir(), 'hemline-file-store-'))
const inMemory: MemoryLake[] = []
let folders = 0

afterAll(() => {
  for (const lake of inMemory) lake.dispose()
  rmSync(root, { recursive: true, force: true })
})

fileStoreContract('memory', async () => {
  const lake = openMemoryLake(manualClock(1))
  inMemory.push(lake)
  return lake.files
})

test('removes what a crash left in staging a day ago, and nothing younger', async () => {
  const folder = join(root, 'left')
  const files = await openFolderFileStore(folder)
  const [old, young] = [await files.stagingFolder(), await files.stagingFolder()]
  writeFileSync(join(old, 'rows.ndjson'), 'rows')
  const twoDaysAgo = statSync(young).mtimeMs / 1000 - 2 * 86_400
  utimesSync(old, twoDaysAgo, twoDaysAgo)
  await openFolderFileStore(folder)
  expect([existsSync(old), existsSync(young)]).toEqual([false, true])
})

fileStoreContract('embedded', () => openFolderFileStore(join(root, String(folders++))))
