/**
 * test/contract/table-catalogue: the suite, in memory and in a folder.
 *
 * In: nothing.
 * Out: the contract's cases for each wing.
 * Invariant: every wing keeps the same promises.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { manualClock } from '../../src/std/clock.ts'
import { openFolderCatalogue } from '../../src/wings/embedded/lake/table-catalogue.ts'
import { openMemoryLake, type MemoryLake } from './memory/memory-lake.ts'
import { tableCatalogueContract } from './table-catalogue.contract.ts'

const root = mkdtempSync(join(tmpdir(), 'hemline-catalogue-'))
const inMemory: MemoryLake[] = []
let folders = 0

afterAll(() => {
  for (const lake of inMemory) lake.dispose()
  rmSync(root, { recursive: true, force: true })
})

function newFolder(): string {
  return join(root, String(folders++))
}

tableCatalogueContract('memory', async () => {
  const lake = openMemoryLake(manualClock(1))
  inMemory.push(lake)
  return { catalogue: lake.catalogue, other: lake.catalogue }
})

tableCatalogueContract('embedded', async () => {
  const folder = newFolder()
  return { catalogue: openFolderCatalogue(folder), other: openFolderCatalogue(folder) }
})

const ORDERS = { namespace: 'clean', table: 'orders' }

test('finds the newest version when the hint is stale, torn or gone', async () => {
  const folder = newFolder()
  const catalogue = openFolderCatalogue(folder)
  await catalogue.commit(ORDERS, null, '{"v":1}')
  await catalogue.commit(ORDERS, '1', '{"v":2}')
  const hint = join(folder, 'clean/orders/metadata/version-hint.text')
  for (const content of ['1', '', '99']) {
    writeFileSync(hint, content)
    expect((await catalogue.load(ORDERS))?.version, `hint "${content}"`).toBe('2')
  }
  rmSync(hint)
  expect((await catalogue.load(ORDERS))?.version).toBe('2')
})

test('refuses to reuse a version number whose file was deleted long ago', async () => {
  const folder = newFolder()
  const catalogue = openFolderCatalogue(folder)
  await catalogue.commit(ORDERS, null, '{"v":1}')
  for (const expected of ['1', '2', '3']) await catalogue.commit(ORDERS, expected, '{}')
  rmSync(join(folder, 'clean/orders/metadata/v2.metadata.json'))
  expect(await catalogue.commit(ORDERS, '1', '{"late":true}')).toEqual({ outcome: 'conflict' })
})

test('takes a folder without metadata for no table, and leaves no temporary file behind', async () => {
  const folder = newFolder()
  const catalogue = openFolderCatalogue(folder)
  mkdirSync(join(folder, 'clean/empty'), { recursive: true })
  await catalogue.commit(ORDERS, null, '{}')
  await catalogue.commit(ORDERS, null, '{}')
  expect(await catalogue.tables('clean')).toEqual(['orders'])
  const left = readdirSync(join(folder, '.staging'), { recursive: true, withFileTypes: true })
  expect(left.filter((entry) => entry.isFile())).toEqual([])
})
