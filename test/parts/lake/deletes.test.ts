/**
 * test/parts/lake/deletes: rows that another engine deleted stay deleted.
 *
 * In: tables with delete files, merge on read.
 * Out: the rows left, after each thing Hemline does to such a table.
 * Invariant: a deleted row never returns; what cannot be applied is refused.
 */
import { afterAll, expect, test } from 'vitest'
import { currentSnapshot } from '../../../src/parts/lake/metadata.ts'
import type { TableCatalogue } from '../../../src/parts/lake/port.ts'
import { liveEntries, newManifestCache } from '../../../src/parts/lake/table-state.ts'
import { commitForeignDelete } from './foreign-deletes.ts'
import { idsIn, openSmallLake, sale, SALES } from './small-lake.ts'

const DAY = 20_513
const LIMITS = { keepSnapshots: 1, keepSnapshotsMs: 0, orphanAgeMs: 0, compactFiles: 9, smallFileBytes: 1e6 }
const disposals: (() => void)[] = []
afterAll(() => {
  for (const dispose of disposals) dispose()
})

/** Rows a, b, c of one day in one file, d of another; `b` is deleted by its place. */
async function lakeWithHole() {
  const small = await openSmallLake({ tables: [SALES] })
  const { lake, memory } = small
  disposals.push(() => {
    lake.close()
    memory.dispose()
  })
  const day = '2026-03-01'
  await lake.append('clean.sales', { rows: [sale('a', day), sale('b', day), sale('c', day)] })
  const data = await entries(small)
  await lake.append('clean.sales', { rows: [sale('d', '2026-03-02')] })
  const remove = (position: number) =>
    commitForeignDelete({
      ...memory,
      lake,
      table: 'clean.sales',
      partition: DAY,
      select: `SELECT '${data.data[0].file.location}' AS file_path, ${position}::BIGINT AS pos`,
      content: 1,
    })
  await remove(1)
  small.clock.advance(1000)
  return { ...small, remove }
}

async function entries({ lake, memory }: Pick<Awaited<ReturnType<typeof openSmallLake>>, 'lake' | 'memory'>) {
  const state = await lake.table('clean.sales')
  const reader = { files: memory.files, cache: newManifestCache() }
  return liveEntries(reader, state, currentSnapshot(state.metadata))
}

test('a row deleted by its place is not read, and files of other partitions are read as they are', async () => {
  const { lake } = await lakeWithHole()
  expect(await idsIn(lake, 'clean.sales')).toBe('a c d')
  expect((await lake.snapshotFiles('clean.sales', { days: { first: DAY + 1, last: DAY + 1 } })).sql).not.toContain(
    'JOIN',
  )
})

test('it stays deleted after appends, merges of manifests and deletes of our own', async () => {
  const { lake } = await lakeWithHole()
  for (let index = 0; index < 50; index++) await lake.append('clean.sales', { rows: [sale(`e${index}`, null)] })
  await lake.deleteWhere('clean.sales', `id LIKE 'e%' OR id = 'a'`)
  expect(await idsIn(lake, 'clean.sales')).toBe('c d')
})

test('compaction writes the partition without it and drops the delete file; the sweep leaves nothing behind', async () => {
  const small = await lakeWithHole()
  const { lake, memory, clock } = small
  const [report] = await lake.maintain(LIMITS)
  expect(report.compactedFiles).toBe(1)
  expect(await idsIn(lake, 'clean.sales')).toBe('a c d')
  await lake.replace('clean.sales', ['2026-03-02'], { rows: [sale('d', '2026-03-02')] })
  expect((await entries(small)).deletes).toEqual([])
  clock.advance(1000)
  await lake.maintain(LIMITS)
  const left = (await memory.files.list('clean/sales')).filter((file) => file.path.endsWith('.parquet'))
  expect(left).toHaveLength(2)
})

test('a rewrite is refused when rows were deleted while it ran, and is done again', async () => {
  const { memory, reopen, remove } = await lakeWithHole()
  let commits = 0
  const catalogue: TableCatalogue = {
    ...memory.catalogue,
    async commit(...change) {
      // Between reading the rows and committing the new file, another engine deletes row c.
      if (++commits === 1) await remove(2)
      return memory.catalogue.commit(...change)
    },
  }
  const lake = await reopen({ catalogue })
  expect(await lake.deleteWhere('clean.sales', `id = 'a'`)).toEqual({ deletedRows: 1, rewrittenFiles: 1 })
  expect(commits).toBe(2)
  expect(await idsIn(lake, 'clean.sales')).toBe('d')
  lake.close()
})

test('rows deleted by equality are refused, and the table can still be replaced', async () => {
  const { lake, memory } = await openSmallLake({ tables: [SALES] })
  disposals.push(() => memory.dispose())
  await lake.append('clean.sales', { rows: [sale('a', null)] })
  const select = `SELECT 'a' AS file_path, 0::BIGINT AS pos`
  await commitForeignDelete({ ...memory, lake, table: 'clean.sales', partition: null, select, content: 2 })
  const read = lake.snapshotFiles('clean.sales')
  await expect(read).rejects.toMatchObject({ code: 'HEM_LAKE_UNSUPPORTED', message: /by equality/ })
  await lake.replace('clean.sales', 'all', { rows: [sale('b', null)] })
  expect(await idsIn(lake, 'clean.sales')).toBe('b')
  lake.close()
})
