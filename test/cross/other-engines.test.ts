/**
 * test/cross/other-engines: engines that are not ours read the same rows.
 *
 * In: HEMLINE_TEST_CHDB, a folder with node_modules/chdb (`npm install chdb --prefix FOLDER`), and
 *   HEMLINE_TEST_PYICEBERG, a Python with `pyiceberg` and `pyarrow`. What is not given is skipped.
 * Out: ClickHouse's and PyIceberg's answers over a table that was appended to, replaced, compacted and expired.
 * Invariant: every engine sees the newest snapshot and no other.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLake, type Lake } from '../../src/parts/lake/lake.ts'
import { manualClock } from '../../src/std/clock.ts'
import { openFolderFileStore } from '../../src/wings/embedded/lake/file-store.ts'
import { openFolderCatalogue } from '../../src/wings/embedded/lake/table-catalogue.ts'
import { CLICKS, sale, SALES, seededEntropy, START_MS } from '../parts/lake/small-lake.ts'

const chdbFolder = process.env['HEMLINE_TEST_CHDB']
const python = process.env['HEMLINE_TEST_PYICEBERG']
const root = mkdtempSync(join(tmpdir(), 'hemline-cross-'))
let lake: Lake

beforeAll(async () => {
  const clock = manualClock(START_MS)
  lake = await openLake({
    files: await openFolderFileStore(root),
    catalogue: openFolderCatalogue(root),
    clock,
    entropy: seededEntropy('cross'),
    tables: [SALES, CLICKS],
    memoryLimit: '256MB',
    threads: 1,
  })
  await lake.ensureTables()
  for (const id of ['a', 'b', 'c']) {
    await lake.append('clean.sales', { rows: [sale(id, '2026-03-01', '39.90')] })
    clock.advance(1000)
  }
  await lake.replace('clean.sales', ['2026-03-02', null], {
    rows: [sale('é🙂 a text of more than sixteen code points', '2026-03-02', '-0.01'), sale('d', null)],
  })
  const at = (id: string, received_at: string) => ({ id, received_at })
  await lake.append(
    'landing.clicks',
    { rows: [at('a', '2026-02-28T23:59:59.999Z'), at('b', '2026-03-01T00:00:00.000001Z')] },
    { checkpoint: { sink: 'deliver', value: '7' } },
  )
  await lake.maintain({ keepSnapshots: 1, keepSnapshotsMs: 0, orphanAgeMs: 1e9, compactFiles: 2, smallFileBytes: 1e6 })
})

afterAll(() => {
  lake.close()
  rmSync(root, { recursive: true, force: true })
})

describe.skipIf(chdbFolder === undefined)('ClickHouse (skipped: needs HEMLINE_TEST_CHDB)', () => {
  const ask = (sql: string) => {
    const reader = join(import.meta.dirname, 'read-lake.mjs')
    const answer = execFileSync(process.execPath, [reader, chdbFolder ?? '', sql], { cwd: root, encoding: 'utf8' })
    return answer
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
  }

  test('reads every row, with money, dates and nulls', () => {
    const sql = `SELECT id, shop_date, toString(net) AS net FROM icebergLocal('${root}/clean/sales') ORDER BY id`
    expect(ask(sql)).toEqual([
      { id: 'a', shop_date: '2026-03-01', net: '39.9' },
      { id: 'b', shop_date: '2026-03-01', net: '39.9' },
      { id: 'c', shop_date: '2026-03-01', net: '39.9' },
      { id: 'd', shop_date: null, net: '1' },
      { id: 'é🙂 a text of more than sixteen code points', shop_date: '2026-03-02', net: '-0.01' },
    ])
  })

  test('finds rows by bounds and partitions', () => {
    const count = (where: string) => ask(`SELECT count() AS n FROM icebergLocal('${root}/clean/sales') WHERE ${where}`)
    expect(count(`shop_date = '2026-03-02'`)).toEqual([{ n: 1 }])
    expect(count(`id = 'é🙂 a text of more than sixteen code points'`)).toEqual([{ n: 1 }])
    const clicks = `SELECT count() AS n FROM icebergLocal('${root}/landing/clicks') WHERE received_at >= '2026-03-01'`
    expect(ask(clicks)).toEqual([{ n: 1 }])
  })
})

describe.skipIf(python === undefined)('PyIceberg (skipped: needs HEMLINE_TEST_PYICEBERG)', () => {
  const ask = (table: string, filter = '') => {
    const metadata = join(root, table, 'metadata')
    const hint = readFileSync(join(metadata, 'version-hint.text'), 'utf8')
    const script = join(import.meta.dirname, 'read_lake.py')
    const answer = execFileSync(python ?? '', [script, join(metadata, `v${hint}.metadata.json`), filter])
    return JSON.parse(answer.toString()) as { rows: unknown[]; files: number; properties: Record<string, string> }
  }

  test('reads every row of the newest snapshot', () => {
    const { rows, files } = ask('clean/sales')
    expect(rows).toHaveLength(5)
    expect(rows).toContainEqual({ id: 'a', shop_date: '2026-03-01', net: '39.90' })
    expect(rows).toContainEqual({ id: 'd', shop_date: null, net: '1.00' })
    expect(files).toBe(3)
  })

  test('opens only the files whose partition or bounds can hold the row', () => {
    expect(ask('clean/sales', `shop_date = '2026-03-02'`)).toMatchObject({ files: 1, rows: { length: 1 } })
    expect(ask('clean/sales', `id = 'é🙂 a text of more than sixteen code points'`)).toMatchObject({ files: 1 })
    expect(ask('landing/clicks', `received_at >= '2026-03-01T00:00:00.000001'`)).toMatchObject({
      files: 1,
      rows: [{ id: 'b', received_at: '2026-03-01 00:00:00.000001' }],
    })
  })

  test('sees the checkpoint', () => {
    expect(ask('landing/clicks').properties).toMatchObject({ 'hemline.checkpoint.deliver': '7' })
  })
})
