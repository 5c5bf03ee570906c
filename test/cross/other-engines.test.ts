/**
 * test/cross/other-engines: engines that are not ours read the same rows, now and in the past.
 *
 * In: icebird; and where given, HEMLINE_TEST_CHDB, a folder with node_modules/chdb (`npm install chdb --prefix FOLDER`),
 *   HEMLINE_TEST_PYICEBERG, a Python with pyiceberg and pyarrow, and HEMLINE_TEST_DUCKDB, a Python with duckdb,
 *   duckdb-ext-iceberg, duckdb-ext-avro and duckdb-ext-httpfs. What is not given is skipped.
 * Out: their answers over a table that was appended to, deleted from, compacted, replaced and renamed.
 * Invariant: every engine sees the snapshot it was asked for and no other.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { icebergMetadata, icebergRead } from 'icebird'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openJudgedLake, type JudgedLake, type Stage } from './judged-lake.ts'

const run = promisify(execFile)
const chdbFolder = process.env['HEMLINE_TEST_CHDB']
const pyiceberg = process.env['HEMLINE_TEST_PYICEBERG']
const duckdb = process.env['HEMLINE_TEST_DUCKDB']
const root = mkdtempSync(join(tmpdir(), 'hemline-cross-'))
const STAGES = [
  'appends',
  'a delete',
  'compaction',
  'a replacement',
  'a rename and a new column',
  'a second compaction',
]
let judged: JudgedLake

beforeAll(async () => {
  judged = await openJudgedLake(join(root, 'local'), false)
  expect(judged.stages.map((stage) => stage.title)).toEqual(STAGES)
})
afterAll(() => {
  judged.close()
  rmSync(root, { recursive: true, force: true })
})

const stageOf = (title: string) => judged.stages.find((stage) => stage.title === title) ?? judged.stages[0]
const lineOf = (row: readonly unknown[]) => row.slice(0, 3).join(' ')

describe('icebird', () => {
  test('reads the newest rows, and those after appends, deletes, compaction and replacement', async () => {
    const served = await openJudgedLake(join(root, 'served'), true)
    const tableUrl = `${served.url}/files/clean/sales`
    const newest = await icebergMetadata({ tableUrl })
    const read = async (stage: Stage, schemaId: number) => {
      // It rounds ids, those of the metadata and this one alike.
      const past = { 'current-snapshot-id': Number(stage.snapshotId), 'current-schema-id': schemaId }
      const rows = await icebergRead({ tableUrl, metadata: { ...newest, ...past } })
      const text = (value: string | Date | null) => (value instanceof Date ? value.toISOString().slice(0, 10) : value)
      return rows
        .map((row) => Object.values(row as Record<string, string | Date | null>).map(text))
        .map(([id, day, net]) => `${id} ${day} ${Number(net).toFixed(2)}`)
        .sort()
    }
    // It knows columns of old files by name alone, so the stage between the rename and the next compaction is left out.
    for (const stage of served.stages.slice(0, 4)) expect(await read(stage, 0), stage.title).toEqual(stage.rows)
    const last = served.stages[5]
    expect(await read(last, newest['current-schema-id'])).toEqual(last.rows)
    served.close()
  })
})

describe.skipIf(chdbFolder === undefined)('ClickHouse (skipped: needs HEMLINE_TEST_CHDB)', () => {
  const ask = async (sql: string) => {
    const reader = join(import.meta.dirname, 'read-lake.mjs')
    const { stdout } = await run(process.execPath, [reader, chdbFolder ?? '', sql], { cwd: judged.folder })
    const lines = stdout.split('\n').filter((line) => line !== '')
    return lines.map((line) => JSON.parse(line) as Record<string, string | null>)
  }
  const sales = () => `icebergLocal('${judged.folder}/clean/sales')`

  test.each(STAGES)('reads rows and columns as of %s', async (title) => {
    const { snapshotId, columns, rows } = stageOf(title)
    const money = columns[2]
    const sql = `SELECT * REPLACE (printf('%.2f', toFloat64(${money})) AS ${money}) FROM ${sales()} SETTINGS iceberg_snapshot_id = ${snapshotId}`
    const answer = await ask(sql)
    expect(Object.keys(answer[0] ?? {})).toEqual(columns)
    expect(answer.map((row) => lineOf(Object.values(row).map((value) => value ?? 'null'))).sort()).toEqual(rows)
  })

  test('finds rows by bounds and partitions', async () => {
    const count = (where: string) => ask(`SELECT count() AS n FROM ${sales()} WHERE ${where}`)
    expect(await count(`shop_date = '2026-03-02'`)).toEqual([{ n: 2 }])
    expect(await count(`id = 'é🙂 a text of more than sixteen code points'`)).toEqual([{ n: 1 }])
  })

  test('attaches the catalogue by URL, lists its tables and reads one', async () => {
    const attach = `SET allow_experimental_database_iceberg = 1;
      CREATE DATABASE lake ENGINE = DataLakeCatalog('${judged.url}/iceberg')
      SETTINGS catalog_type = 'rest', warehouse = 'lake', auth_header = 'Authorization: Bearer key', vended_credentials = false;`
    expect(await ask(`${attach} SHOW TABLES FROM lake`)).toEqual([{ name: 'clean.sales' }, { name: 'landing.clicks' }])
    expect(await ask(`${attach} SELECT count() AS n FROM lake.\`clean.sales\``)).toEqual([{ n: 5 }])
  })
})

interface PythonAnswer {
  readonly tables?: readonly string[]
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly files?: number
  readonly properties?: Readonly<Record<string, string>>
}

describe.each([
  ['PyIceberg', 'pyiceberg', pyiceberg, 'HEMLINE_TEST_PYICEBERG'],
  ["DuckDB's own reader", 'duckdb', duckdb, 'HEMLINE_TEST_DUCKDB'],
])('%s', (_title, engine, python, variable) => {
  const ask = async (table: string, snapshot = '', filter = ''): Promise<PythonAnswer> => {
    const script = join(import.meta.dirname, 'read_lake.py')
    const { stdout } = await run(python ?? '', [script, engine, `${judged.url}/iceberg`, table, snapshot, filter])
    return JSON.parse(stdout) as PythonAnswer
  }
  const title = (text: string) => (python === undefined ? `${text} (skipped: needs ${variable})` : text)

  test.skipIf(python === undefined).each(STAGES)(
    title('reads rows and columns as of %s, by the catalogue'),
    async (stage) => {
      const { snapshotId, columns, rows } = stageOf(stage)
      const answer = await ask('clean.sales', String(snapshotId))
      expect(answer.columns).toEqual(columns)
      expect(answer.rows.map(lineOf).sort()).toEqual(rows)
    },
  )

  test.skipIf(python === undefined)(title('opens only files whose partition or bounds can hold the row'), async () => {
    const day = await ask('clean.sales', '', `shop_date = '2026-03-02'`)
    const text = await ask('clean.sales', '', `id = 'é🙂 a text of more than sixteen code points'`)
    const moment = await ask('landing.clicks', '', `received_at >= '2026-03-01T00:00:00.000001'`)
    expect([day, text, moment].map((answer) => answer.rows.length)).toEqual([2, 1, 1])
    if (engine === 'duckdb') return
    expect([day, text, moment].map((answer) => answer.files)).toEqual([1, 1, 1])
    expect(moment.tables).toEqual(['clean.sales', 'landing.clicks'])
    expect(moment.properties).toMatchObject({ 'hemline.checkpoint.deliver': '7' })
  })
})
