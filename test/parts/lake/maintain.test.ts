/**
 * test/parts/lake/maintain: tables stay small and rows stay the same.
 *
 * In: many small commits.
 * Out: fewer files and snapshots.
 * Invariant: no file that a kept snapshot names is deleted.
 */
import { describe, expect, test } from 'vitest'
import { currentSnapshot, snapshotsOf } from '../../../src/parts/lake/metadata.ts'
import { liveEntries, manifestsOf, newManifestCache } from '../../../src/parts/lake/table-state.ts'
import { idsIn, openSmallLake, sale, SALES } from './small-lake.ts'

const KEEP_ALL = { keepSnapshots: 1000, keepSnapshotsMs: 0, orphanAgeMs: 1e9, compactFiles: 1000, smallFileBytes: 1e6 }

async function lakeWith(commits: number) {
  const small = await openSmallLake({ tables: [SALES] })
  for (let index = 0; index < commits; index++) {
    await small.lake.append('clean.sales', { rows: [sale(`r${index}`, index % 2 === 0 ? '2026-03-01' : '2026-03-02')] })
    small.clock.advance(1000)
  }
  const reader = { files: small.memory.files, cache: newManifestCache() }
  return { ...small, reader }
}

describe('manifests', () => {
  test('are merged beyond 50, keep every entry with its own sequence number, and stay prunable', async () => {
    const { lake, reader } = await lakeWith(60)
    const state = await lake.table('clean.sales')
    const manifests = await manifestsOf(reader, state, currentSnapshot(state.metadata))
    expect(manifests.length).toBeLessThan(15)
    const { data: live } = await liveEntries(reader, state, currentSnapshot(state.metadata))
    const numbers = live.map((entry) => Number(entry.sequenceNumber)).sort((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: 60 }, (_, index) => index + 1))
    expect(manifests.reduce((total, manifest) => total + manifest.addedFiles + manifest.existingFiles, 0)).toBe(60)
    const merged = manifests.find((manifest) => manifest.existingFiles > 1)
    expect(merged).toMatchObject({
      minSequenceNumber: 1n,
      partition: { containsNull: false, lower: 20513, upper: 20514 },
    })
    expect((await lake.snapshotFiles('clean.sales')).rows).toBe(60)
  })

  test('that hold only removed files are dropped by the next commit', async () => {
    const { lake, reader } = await lakeWith(2)
    await lake.replace('clean.sales', 'all', { rows: [] })
    await lake.append('clean.sales', { rows: [sale('x', null)] })
    const state = await lake.table('clean.sales')
    expect(await manifestsOf(reader, state, currentSnapshot(state.metadata))).toHaveLength(1)
  })
})

describe('compaction', () => {
  test('makes one file of each crowded partition and changes no row', async () => {
    const { lake } = await lakeWith(9)
    const before = await idsIn(lake, 'clean.sales')
    const [report] = await lake.maintain({ ...KEEP_ALL, compactFiles: 5 })
    expect(report.compactedFiles).toBe(5)
    expect((await lake.snapshotFiles('clean.sales')).localPaths).toHaveLength(5)
    expect(await idsIn(lake, 'clean.sales')).toBe(before)
    expect(currentSnapshot((await lake.table('clean.sales')).metadata)?.summary['operation']).toBe('replace')
  })

  test('leaves files that are large enough', async () => {
    const { lake } = await lakeWith(4)
    const [report] = await lake.maintain({ ...KEEP_ALL, compactFiles: 2, smallFileBytes: 10 })
    expect(report.compactedFiles).toBe(0)
  })
})

describe('expiry', () => {
  test('keeps the newest snapshots and deletes the files that only older ones name', async () => {
    const { lake, memory } = await lakeWith(3)
    await lake.replace('clean.sales', 'all', { rows: [sale('x', '2026-03-01')] })
    const [report] = await lake.maintain({ ...KEEP_ALL, keepSnapshots: 1 })
    expect(report.expiredSnapshots).toBe(3)
    expect(snapshotsOf((await lake.table('clean.sales')).metadata)).toHaveLength(1)
    const left = await memory.files.list('clean/sales')
    expect(left.filter((file) => file.path.endsWith('.parquet'))).toHaveLength(1)
    expect(await idsIn(lake, 'clean.sales')).toBe('x')
  })

  test('keeps snapshots younger than the longest query', async () => {
    const { lake } = await lakeWith(5)
    await lake.maintain({ ...KEEP_ALL, keepSnapshots: 1, keepSnapshotsMs: 2500 })
    expect(snapshotsOf((await lake.table('clean.sales')).metadata)).toHaveLength(2)
  })

  test('keeps a snapshot that another engine has tagged', async () => {
    const { lake, memory } = await lakeWith(3)
    const name = { namespace: 'clean', table: 'sales' }
    const found = await memory.catalogue.load(name)
    const [first] = snapshotsOf((await lake.table('clean.sales')).metadata)
    const tag = `"refs":{"audit":{"snapshot-id":${first['snapshot-id']},"type":"tag"},`
    const tagged = found?.metadataJson.replace('"refs":{', tag) ?? ''
    await memory.catalogue.commit(name, found?.version ?? '', tagged)
    await lake.maintain({ ...KEEP_ALL, keepSnapshots: 1 })
    const left = snapshotsOf((await lake.table('clean.sales')).metadata).map((snapshot) => snapshot['snapshot-id'])
    expect(left).toContain(first['snapshot-id'])
    expect(left).toHaveLength(2)
  })

  test('keeps the checkpoint', async () => {
    const { lake, clock } = await lakeWith(1)
    await lake.append('clean.sales', { rows: [sale('x', null)] }, { checkpoint: { sink: 'deliver', value: '5' } })
    await lake.append('clean.sales', { rows: [sale('y', null)] })
    clock.advance(1000)
    await lake.maintain({ ...KEEP_ALL, keepSnapshots: 1 })
    expect(await lake.checkpoint('clean.sales', 'deliver')).toBe('5')
  })
})

describe('the orphan sweep', () => {
  test('removes old files that nothing names, and leaves young ones and files it does not know', async () => {
    const { lake, memory, clock } = await lakeWith(1)
    const orphan = new Uint8Array(1)
    await memory.files.write('clean/sales/data/old.parquet', orphan)
    await memory.files.write('clean/sales/metadata/version-hint.text', orphan)
    clock.advance(10_000)
    await memory.files.write('clean/sales/data/young.parquet', orphan)
    const [report] = await lake.maintain({ ...KEEP_ALL, orphanAgeMs: 5000 })
    expect(report.deletedOrphans).toBe(1)
    const names = (await memory.files.list('clean/sales')).map((file) => file.path)
    expect(names).toContain('clean/sales/data/young.parquet')
    expect(names).toContain('clean/sales/metadata/version-hint.text')
    expect(await idsIn(lake, 'clean.sales')).toBe('r0')
  })
})

test('metadata versions beyond the newest ten are deleted with the commit that forgets them', async () => {
  const deleted: string[] = []
  const { memory, reopen } = await openSmallLake({ tables: [SALES] })
  const lake = await reopen({ files: { ...memory.files, delete: async (path) => void deleted.push(path) } })
  for (let index = 0; index < 13; index++) {
    await lake.append('clean.sales', { rows: [] }, { checkpoint: { sink: 'deliver', value: String(index) } })
  }
  expect(deleted).toEqual([1, 2, 3].map((version) => `clean/sales/metadata/v${version}.metadata.json`))
})
