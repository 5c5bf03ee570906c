/**
 * test/parts/lake/lake: what the steps may rely on.
 *
 * In: a lake in memory.
 * Out: one test for each promise of `Lake`.
 * Invariant: rows and checkpoint are seen together or not at all.
 */
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { LAKE_TABLES } from '../../../src/parts/lake/tables.ts'
import { promisedSha256, sha256Of } from '../../../src/parts/lake/parquet.ts'
import { openFolderFileStore } from '../../../src/wings/embedded/lake/file-store.ts'
import { openFolderCatalogue } from '../../../src/wings/embedded/lake/table-catalogue.ts'
import { idsIn, openSmallLake, sale, SALES, START_MS } from './small-lake.ts'

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

describe('append', () => {
  test('adds rows and moves the checkpoint in one commit', async () => {
    const { lake } = await fresh()
    const checkpoint = { sink: 'deliver', value: '7', expected: null }
    const result = await lake.append('clean.sales', { rows: [sale('a', '2026-03-01')] }, { checkpoint })
    expect(result).toMatchObject({ addedRows: 1, addedFiles: 1, attempts: 1 })
    expect(await idsIn(lake, 'clean.sales')).toBe('a')
    expect(await lake.checkpoint('clean.sales', 'deliver')).toBe('7')
    expect(await lake.checkpoint('clean.sales', 'other')).toBeNull()
  })

  test('refuses rows whose sink has moved on, and writes nothing', async () => {
    const { lake } = await fresh()
    const deliver = (id: string, expected: string | null, value: string) =>
      lake.append('clean.sales', { rows: [sale(id, null)] }, { checkpoint: { sink: 'deliver', value, expected } })
    await deliver('a', null, '7')
    await expect(deliver('a', null, '7')).rejects.toMatchObject({ code: 'HEM_LAKE_CHECKPOINT_MOVED' })
    expect(await idsIn(lake, 'clean.sales')).toBe('a')
  })

  test('moves a checkpoint alone when there are no rows, without a snapshot', async () => {
    const { lake } = await fresh()
    const result = await lake.append('clean.sales', { rows: [] }, { checkpoint: { sink: 'deliver', value: '9' } })
    expect(result.snapshotId).toBeNull()
    expect(await lake.checkpoint('clean.sales', 'deliver')).toBe('9')
  })

  test('keeps types exactly: money, microseconds, zones brought to UTC, JSON as text, nulls', async () => {
    const columns = [
      { name: 'id', type: 'string', description: 'x' },
      { name: 'at', type: 'timestamp', description: 'x' },
      { name: 'money', type: 'decimal(12,2)', description: 'x' },
      { name: 'big', type: 'long', description: 'x' },
      { name: 'json', type: 'string', description: 'x' },
      { name: 'flag', type: 'boolean', description: 'x' },
    ] as const
    const tables = [{ namespace: 'clean', table: 'typed', description: 'x', columns, partition: null }]
    const { lake } = await fresh({ tables })
    const rows = [
      { id: 'a', at: '2026-03-01T08:15:30.123456Z', money: '9999999999.99', big: 9007199254740991, flag: false },
      { id: 'b', at: '2026-03-01T08:15:30+07:00', money: '-0.01', json: { a: [1, 'ü'] }, flag: true },
      { id: 'c', unknown_field: 1 },
    ]
    await lake.append('clean.typed', { rows })
    const connection = await lake.connect()
    const reader = await connection.runAndReadAll('SELECT * FROM clean.typed ORDER BY id')
    expect(reader.getRowsJson()).toEqual([
      ['a', '2026-03-01 08:15:30.123456', '9999999999.99', '9007199254740991', null, false],
      ['b', '2026-03-01 01:15:30', '-0.01', null, '{"a":[1,"ü"]}', true],
      ['c', null, null, null, null, null],
    ])
    connection.closeSync()
  })

  test('takes rows from a SELECT, and refuses a column the table has not', async () => {
    const { lake } = await fresh()
    await lake.append('clean.sales', { rows: [sale('a', '2026-03-01', '2.50')] })
    const connection = await lake.connect()
    const sql = `SELECT net * 2 AS net, id || '!' AS id, shop_date FROM clean.sales`
    await lake.append('clean.sales', { sql, connection })
    expect(await idsIn(lake, 'clean.sales')).toBe('a a!')
    const stray = lake.append('clean.sales', { sql: 'SELECT 1 AS nett', connection })
    await expect(stray).rejects.toMatchObject({ code: 'HEM_LAKE_ROWS_INVALID', message: /nett/ })
    connection.closeSync()
  })

  test('refuses a value that does not fit, says which, and commits nothing of the batch', async () => {
    const { lake } = await fresh()
    const bad = lake.append('clean.sales', { rows: [sale('a', null), sale('b', null, 'abc')] })
    await expect(bad).rejects.toMatchObject({ code: 'HEM_LAKE_ROWS_INVALID', message: /abc/ })
    expect(await idsIn(lake, 'clean.sales')).toBe('')
  })

  test('names each data file by the SHA-256 of its bytes', async () => {
    const { lake } = await fresh()
    await lake.append('clean.sales', { rows: [sale('a', '2026-03-01'), sale('b', '2026-03-02')] })
    const { localPaths } = await lake.snapshotFiles('clean.sales')
    expect(localPaths).toHaveLength(2)
    for (const path of localPaths) expect(promisedSha256(path)).toBe(await sha256Of(path))
  })
})

test('finds a data file in which one bit has flipped', async () => {
  const root = mkdtempSync(join(tmpdir(), 'hemline-scrub-'))
  const stores = { files: await openFolderFileStore(root), catalogue: openFolderCatalogue(root) }
  const { lake } = await fresh(stores)
  await lake.append('clean.sales', { rows: [sale('a', '2026-03-01'), sale('b', '2026-03-02')] })
  expect(await lake.verify('clean.sales')).toMatchObject({ files: 2, snapshots: 1, unpromised: 0, damages: [] })
  const [path] = (await lake.snapshotFiles('clean.sales')).localPaths
  const bytes = readFileSync(path)
  bytes[20] ^= 1
  writeFileSync(path, bytes)
  const { damages } = await lake.verify('clean.sales')
  expect(damages).toMatchObject([
    { part: 'file', location: path, isCurrent: true, found: expect.stringContaining('SHA-256') },
  ])
  rmSync(root, { recursive: true })
})

test('goes on where its folder was moved to', async () => {
  const root = mkdtempSync(join(tmpdir(), 'hemline-moved-'))
  const at = async (folder: string) => ({
    files: await openFolderFileStore(join(root, folder)),
    catalogue: openFolderCatalogue(join(root, folder)),
  })
  const { lake, reopen } = await fresh({ tables: [SALES], ...(await at('before')) })
  await lake.append('clean.sales', { rows: [sale('a', null)] })
  renameSync(join(root, 'before'), join(root, 'after'))
  const moved = await reopen(await at('after'))
  for (let index = 0; index < 12; index++) {
    await moved.append('clean.sales', { rows: [] }, { checkpoint: { sink: 's', value: String(index) } })
  }
  await moved.append('clean.sales', { rows: [sale('b', null)] })
  await moved.maintain({
    keepSnapshots: 1,
    keepSnapshotsMs: 0,
    orphanAgeMs: -1e15,
    compactFiles: 2,
    smallFileBytes: 1e6,
  })
  expect(await idsIn(moved, 'clean.sales')).toBe('a b')
  expect((await moved.verify('clean.sales')).damages).toEqual([])
  moved.close()
  rmSync(root, { recursive: true })
})

describe('replace', () => {
  test('replaces the named partitions and leaves the others', async () => {
    const { lake } = await fresh()
    await lake.append('clean.sales', { rows: [sale('a', '2026-03-01'), sale('b', '2026-03-02'), sale('c', null)] })
    const result = await lake.replace('clean.sales', ['2026-03-01', null], { rows: [sale('d', '2026-03-01')] })
    expect(result).toMatchObject({ addedRows: 1, removedRows: 2, removedFiles: 2 })
    expect(await idsIn(lake, 'clean.sales')).toBe('b d')
  })

  test('changes nothing when it is run twice', async () => {
    const { lake } = await fresh()
    for (let run = 0; run < 2; run++) {
      await lake.replace('clean.sales', ['2026-03-01'], { rows: [sale('a', '2026-03-01')] })
    }
    expect(await idsIn(lake, 'clean.sales')).toBe('a')
  })

  test('empties a partition, and the whole table', async () => {
    const { lake } = await fresh()
    await lake.append('clean.sales', { rows: [sale('a', '2026-03-01'), sale('b', '2026-03-02')] })
    await lake.replace('clean.sales', ['2026-03-01'], { rows: [] })
    expect(await idsIn(lake, 'clean.sales')).toBe('b')
    await lake.replace('clean.sales', 'all', { rows: [] })
    expect(await idsIn(lake, 'clean.sales')).toBe('')
    await lake.append('clean.sales', { rows: [sale('c', '2026-03-02')] })
    expect(await idsIn(lake, 'clean.sales')).toBe('c')
  })

  test('replaces an unpartitioned table in full', async () => {
    const { lake } = await fresh()
    await lake.append('clean.names', { rows: [{ id: 'a' }, { id: 'b' }] })
    await lake.replace('clean.names', 'all', { rows: [{ id: 'c' }] })
    expect(await idsIn(lake, 'clean.names')).toBe('c')
  })

  test('refuses a row outside the named partitions', async () => {
    const { lake } = await fresh()
    const stray = lake.replace('clean.sales', ['2026-03-01'], { rows: [sale('a', '2026-03-02')] })
    await expect(stray).rejects.toMatchObject({ code: 'HEM_LAKE_ROWS_INVALID', message: /2026-03-02/ })
  })

  test('refuses rows computed from a snapshot whose partitions changed since, and only those', async () => {
    const { lake } = await fresh()
    await lake.append('clean.sales', { rows: [sale('a', '2026-03-01')] })
    const { snapshotId: basedOn } = await lake.snapshotFiles('clean.sales')
    await lake.append('clean.sales', { rows: [sale('b', '2026-03-02')] })
    await lake.replace('clean.sales', ['2026-03-01'], { rows: [sale('c', '2026-03-01')] }, { basedOn })
    const late = lake.replace('clean.sales', ['2026-03-02'], { rows: [] }, { basedOn })
    await expect(late).rejects.toMatchObject({ code: 'HEM_LAKE_CONFLICT' })
    expect(await idsIn(lake, 'clean.sales')).toBe('b c')
  })
})

describe('reading', () => {
  test('shows an empty table with its columns and types', async () => {
    const { lake } = await fresh()
    const connection = await lake.connect()
    const described = await connection.runAndReadAll('DESCRIBE clean.sales')
    expect(described.getRowsJson().map(([name, type]) => [name, type])).toEqual([
      ['id', 'VARCHAR'],
      ['shop_date', 'DATE'],
      ['net', 'DECIMAL(12,2)'],
    ])
    connection.closeSync()
  })

  test('reads only the files of the days asked for', async () => {
    const { lake } = await fresh()
    const at = (id: string, received_at: string) => ({ id, received_at })
    await lake.append('landing.clicks', {
      rows: [at('a', '2026-02-28T23:59:59.999Z'), at('b', '2026-03-01T00:00:00Z')],
    })
    const day = Math.floor(START_MS / 86_400_000)
    const scan = await lake.snapshotFiles('landing.clicks', { days: { first: day, last: day } })
    expect(scan).toMatchObject({ rows: 1, localPaths: { length: 1 } })
    expect(await idsIn(lake, 'landing.clicks')).toBe('a b')
  })

  test('reads old files under a schema that has grown', async () => {
    const { lake, reopen } = await fresh()
    await lake.append('clean.sales', { rows: [sale('a', '2026-03-01')] })
    const colour = { name: 'colour', type: 'string', description: 'New.' } as const
    const grown = await reopen({ tables: [{ ...SALES, columns: [...SALES.columns, colour] }] })
    await grown.append('clean.sales', { rows: [{ ...sale('b', '2026-03-01'), colour: 'red' }] })
    const connection = await grown.connect()
    const reader = await connection.runAndReadAll('SELECT id, colour FROM clean.sales ORDER BY id')
    expect(reader.getRowsJson()).toEqual([
      ['a', null],
      ['b', 'red'],
    ])
    connection.closeSync()
    grown.close()
  })

  test('refuses a column whose type differs from the stored one', async () => {
    const { reopen } = await fresh()
    const columns = SALES.columns.map((column) => ({ ...column, type: 'string' }) as const)
    const changed = reopen({ tables: [{ ...SALES, partition: null, columns }] })
    await expect(changed).rejects.toMatchObject({ code: 'HEM_LAKE_UNSUPPORTED' })
  })

  test('gives the same snapshot key until rows change', async () => {
    const { lake } = await fresh()
    const before = await lake.snapshot()
    await lake.append('clean.sales', { rows: [] }, { checkpoint: { sink: 'deliver', value: '1' } })
    expect((await lake.snapshot()).key).toBe(before.key)
    await lake.append('clean.sales', { rows: [sale('a', '2026-03-01')] })
    expect((await lake.snapshot()).key).not.toBe(before.key)
  })

  test('says which table is missing', async () => {
    const { lake } = await fresh()
    await expect(lake.table('clean.none')).rejects.toMatchObject({ code: 'HEM_LAKE_TABLE_MISSING' })
  })
})

test('creates every table of the lake', async () => {
  const { lake } = await fresh({ tables: LAKE_TABLES })
  const connection = await lake.connect()
  for (const name of lake.tableNames) {
    const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${name}`)
    expect(reader.getRowsJson(), name).toEqual([['0']])
  }
  connection.closeSync()
})
