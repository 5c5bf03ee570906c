/**
 * test/parts/lake/evolve: tables change their columns, lose rows and are read as they were.
 *
 * In: a lake in memory.
 * Out: renamed columns, deleted rows, older snapshots.
 * Invariant: no row changes but those named.
 */
import { afterAll, describe, expect, test } from 'vitest'
import { snapshotsOf } from '../../../src/parts/lake/metadata.ts'
import { idsIn, openSmallLake, readRows, sale, SALES } from './small-lake.ts'

const opened: Awaited<ReturnType<typeof openSmallLake>>[] = []
async function fresh(...options: Parameters<typeof openSmallLake>) {
  const small = await openSmallLake(...options)
  opened.push(small)
  return small
}
afterAll(() => {
  for (const { lake, memory } of opened) {
    lake.close()
    memory.dispose()
  }
})

describe('a renamed column', () => {
  test('keeps its rows, in old files and new, and is renamed once', async () => {
    const { lake, reopen } = await fresh({ tables: [SALES] })
    await lake.append('clean.sales', { rows: [sale('a', '2026-03-01', '2.50')] })
    const columns = SALES.columns.map((column) =>
      column.name === 'net' ? { ...column, name: 'net_price', formerly: 'net' } : column,
    )
    const renamed = await reopen({ tables: [{ ...SALES, columns }] })
    await renamed.append('clean.sales', { rows: [{ id: 'b', shop_date: '2026-03-01', net_price: '1.00' }] })
    expect(await readRows(renamed, 'clean.sales', `id || ' ' || net_price`)).toEqual(['a 2.50', 'b 1.00'])
    await renamed.ensureTables()
    const { metadata } = await renamed.table('clean.sales')
    expect(metadata.schemas).toHaveLength(2)
    expect(metadata.schemas[1]?.fields.map((field) => [field.id, field.name])).toEqual([
      [1, 'id'],
      [2, 'shop_date'],
      [3, 'net_price'],
    ])
    renamed.close()
  })
})

describe('deleting rows', () => {
  test('writes only the files anew that held them, and counts', async () => {
    const { lake } = await fresh()
    await lake.append('clean.sales', { rows: [sale('a', '2026-03-01'), sale('b', '2026-03-01'), sale('a', null)] })
    await lake.append('clean.sales', { rows: [sale('c', '2026-03-02')] })
    const before = (await lake.snapshotFiles('clean.sales')).localPaths
    expect(await lake.deleteWhere('clean.sales', `id = 'a'`)).toEqual({ deletedRows: 2, rewrittenFiles: 2 })
    expect(await idsIn(lake, 'clean.sales')).toBe('b c')
    const after = (await lake.snapshotFiles('clean.sales')).localPaths
    expect(after.filter((path) => before.includes(path))).toHaveLength(1)
    const summaries = snapshotsOf((await lake.table('clean.sales')).metadata).map(({ summary }) => summary)
    expect(summaries.map((summary) => summary['operation']).sort()).toEqual(['append', 'append', 'overwrite'])
    expect(summaries.at(-1)?.['total-records']).toBe('2')
  })

  test('keeps rows for which the condition is null, and commits nothing where none is true', async () => {
    const { lake } = await fresh()
    await lake.append('clean.sales', { rows: [sale('a', null), sale('b', '2026-03-01')] })
    expect((await lake.deleteWhere('clean.sales', `shop_date > DATE '2026-01-01'`)).deletedRows).toBe(1)
    expect(await idsIn(lake, 'clean.sales')).toBe('a')
    const { version } = await lake.table('clean.sales')
    expect(await lake.deleteWhere('clean.sales', `id = 'z'`)).toEqual({ deletedRows: 0, rewrittenFiles: 0 })
    expect((await lake.table('clean.sales')).version).toBe(version)
  })

  test('beside a writer and a compactor loses no row of theirs', async () => {
    const { lake, reopen } = await fresh()
    const other = await reopen()
    await lake.append('clean.sales', { rows: [sale('a', '2026-03-01'), sale('x', '2026-03-01')] })
    const limits = { keepSnapshots: 9, keepSnapshotsMs: 1e9, orphanAgeMs: 1e9, compactFiles: 2, smallFileBytes: 1e6 }
    await Promise.all([
      lake.deleteWhere('clean.sales', `id = 'x'`),
      other.append('clean.sales', { rows: [sale('b', '2026-03-01')] }),
      other.append('clean.sales', { rows: [sale('c', '2026-03-01')] }).then(() => other.maintain(limits)),
    ])
    expect(await idsIn(lake, 'clean.sales')).toBe('a b c')
    other.close()
  })
})

describe('the past', () => {
  test('is read by time and by id, in the columns it had', async () => {
    const { lake, clock, reopen } = await fresh({ tables: [SALES] })
    await lake.append('clean.sales', { rows: [sale('a', '2026-03-01')] })
    const { snapshotId } = await lake.snapshotFiles('clean.sales')
    const firstMs = clock.nowMs()
    clock.advance(1000)
    const colour = { name: 'colour', type: 'string', description: 'New.' } as const
    const grown = await reopen({ tables: [{ ...SALES, columns: [...SALES.columns, colour] }] })
    await grown.append('clean.sales', { rows: [{ ...sale('b', '2026-03-01'), colour: 'red' }] })
    const byTime = await grown.snapshotFiles('clean.sales', { asOf: { timestampMs: firstMs + 999 } })
    expect(byTime).toMatchObject({ snapshotId, schemaId: 0, rows: 1 })
    expect(byTime.sql).not.toContain('colour')
    expect(await grown.snapshotFiles('clean.sales', { asOf: { snapshotId: snapshotId ?? 0n } })).toEqual(byTime)
    expect((await grown.snapshotFiles('clean.sales', { asOf: { timestampMs: firstMs + 1000 } })).rows).toBe(2)
    grown.close()
  })

  test.each([
    ['a time before the first', { timestampMs: 0 }],
    ['an id that never was', { snapshotId: 7n }],
  ])('does not reach to %s', async (_title, asOf) => {
    const { lake } = await fresh()
    await lake.append('clean.sales', { rows: [sale('a', '2026-03-01')] })
    const read = lake.snapshotFiles('clean.sales', { asOf })
    await expect(read).rejects.toMatchObject({ code: 'HEM_LAKE_SNAPSHOT_MISSING' })
  })

  test('is thinned to the snapshot of fewest files of each hour, and then forgotten', async () => {
    const { lake, clock } = await fresh({ tables: [SALES] })
    const limits = {
      keepSnapshots: 1,
      keepSnapshotsMs: 3_600_000,
      keepHourlyMs: 7_200_000,
      orphanAgeMs: 1e9,
      compactFiles: 100,
      smallFileBytes: 1e6,
    }
    for (let index = 0; index < 6; index++) {
      await lake.append('clean.sales', { rows: [sale(String(index), null)] })
      clock.advance(1_800_000)
    }
    await lake.maintain(limits)
    const minutes = snapshotsOf((await lake.table('clean.sales')).metadata).map(
      (snapshot) => (snapshot['timestamp-ms'] / 60_000) % 1440,
    )
    expect(minutes).toEqual([60, 120, 150])
  })
})
