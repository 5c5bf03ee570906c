/**
 * test/app/sql-child: the query process answers, refuses, is stopped, and comes back.
 *
 * In: the real child process over two small files.
 * Out: rows and coded errors.
 * Invariant: after every bomb the next plain question is answered.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSqlRunner } from '../../src/app/sql-pool.ts'
import { rowsAsObjects } from '../../src/parts/sql/port.ts'
import type { SqlRunner, SqlSnapshot } from '../../src/parts/sql/port.ts'
import { HemlineError } from '../../src/std/errors.ts'
import { escapes } from '../parts/sql/escapes.ts'

const folder = mkdtempSync(join(tmpdir(), 'hemline-sql-'))
const orders = join(folder, "o'rders.parquet")
const tail = join(folder, 'tail.ndjson')
let version = 1
let runner: SqlRunner
const faults: string[] = []

const snapshot = (): Promise<SqlSnapshot> => {
  const parquet = orders.replaceAll("'", "''")
  return Promise.resolve({
    key: String(version),
    tables: [
      {
        name: 'clean.orders',
        select: `SELECT * FROM read_parquet(['${parquet}']) UNION ALL BY NAME
          SELECT * FROM read_json('${tail}', format = 'newline_delimited', columns = {id: 'VARCHAR', total: 'DECIMAL(12,2)'})`,
        files: [orders, tail],
      },
    ],
  })
}

beforeAll(async () => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(
    `COPY (SELECT i::VARCHAR AS id, (i + 0.9)::DECIMAL(12,2) AS total, TIMESTAMP '2026-11-24 00:00:00' AS placed FROM range(20000) t(i))
     TO '${orders.replaceAll("'", "''")}'`,
  )
  connection.closeSync()
  writeFileSync(tail, '')
  runner = startSqlRunner({
    snapshotsFor: () => snapshot,
    processes: 1,
    interruptAfterMs: 1500,
    killAfterMs: 4000,
    onFault: (message) => void faults.push(message),
  })
})

afterAll(async () => {
  await runner.close()
  rmSync(folder, { recursive: true, force: true })
})

async function failure(sql: string): Promise<HemlineError> {
  const outcome = await runner.run(sql).catch((error: unknown) => error)
  expect(outcome).toBeInstanceOf(HemlineError)
  return outcome as HemlineError
}

async function isAlive(): Promise<void> {
  const result = await runner.run('SELECT count(*) AS n FROM clean.orders')
  expect(result.rows).toEqual([[20_000]])
}

test('answers with columns, rows and objects', async () => {
  const result = await runner.run('SELECT id, total, placed, total AS total FROM clean.orders ORDER BY total LIMIT 1')
  expect(result.columns.map((column) => column.name)).toEqual(['id', 'total', 'placed', 'total_2'])
  expect(rowsAsObjects(result)).toEqual([{ id: '0', total: 0.9, placed: '2026-11-24T00:00:00.000Z', total_2: 0.9 }])
  expect(result.truncated).toBe(false)
})

test('keeps numbers exact, as text where JSON could not', async () => {
  const result = await runner.run(
    `SELECT 9007199254740993, 12.30::DECIMAL(12,2), 1234567890123456.78::DECIMAL(18,2), 'Infinity'::DOUBLE, DATE '2026-01-01', TIMESTAMP '1969-12-31 23:59:59.999999'`,
  )
  expect(result.rows[0]).toEqual([
    '9007199254740993',
    12.3,
    '1234567890123456.78',
    'Infinity',
    '2026-01-01',
    '1969-12-31T23:59:59.999999Z',
  ])
})

test('cuts an answer at 10,000 rows and says so', async () => {
  const result = await runner.run('SELECT id FROM clean.orders')
  expect([result.rows.length, result.truncated]).toEqual([10_000, true])
})

test('cuts an answer at 8 MiB and says so', async () => {
  const result = await runner.run(`SELECT lpad('', 100000, 'x') FROM clean.orders LIMIT 200`)
  expect(result.truncated).toBe(true)
  expect(JSON.stringify(result.rows).length).toBeLessThanOrEqual(8 * 1024 * 1024 + 200)
})

test('sees lines added to the tail file without a new snapshot', async () => {
  writeFileSync(tail, '{"id":"fresh","total":"1.50"}\n')
  const result = await runner.run(`SELECT id, total FROM clean.orders WHERE id = 'fresh'`)
  expect(result.rows).toEqual([['fresh', 1.5]])
  writeFileSync(tail, '')
})

test('shows the new snapshot when its key changes', async () => {
  version++
  await isAlive()
})

test('names no file in any error', async () => {
  for (const sql of [
    'SELECT nothing FROM clean.orders',
    `SELECT CAST('${folder}/x.parquet' AS INTEGER)`,
    'SELECT filename FROM clean.orders',
    'SELECT * FROM clean.order',
  ]) {
    const error = await failure(sql)
    expect(error.message.replace(sql, '')).not.toContain(folder)
    expect(error.message).not.toContain('.parquet')
  }
})

const BOMBS = [
  ['a cross join that never ends', 'SELECT count(*) FROM range(1000000) a, range(1000000) b', /TIMEOUT/],
  [
    'a recursion that never ends',
    'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r',
    /TIMEOUT|MEMORY/,
  ],
  ['a list of 100 million numbers', 'SELECT count(*) FROM (SELECT unnest(range(100000000)))', /MEMORY|TIMEOUT/],
  ['a text of a gigabyte', "SELECT length(lpad('x', 1000000000, 'y') || lpad('x', 1000000000, 'z'))", /MEMORY|TIMEOUT/],
  ['a list made of 200 million rows', 'SELECT len(list(i)) FROM range(200000000) t(i)', /MEMORY|TIMEOUT/],
  ['a sort of 200 million rows', 'SELECT * FROM range(200000000) t(i) ORDER BY i DESC', /MEMORY|TIMEOUT/],
  [
    'doubling text',
    "WITH RECURSIVE r AS (SELECT 'xxxxxxxx' AS s UNION ALL SELECT s || s FROM r) SELECT max(length(s)) FROM r",
    /MEMORY|TIMEOUT/,
  ],
  [
    '800 UNION ALLs',
    Array.from({ length: 800 }, () => 'SELECT 1').join(' UNION ALL '),
    /SYNTAX|FORBIDDEN|TIMEOUT|MEMORY|ok/,
  ],
  ['a deep expression', `SELECT ${'('.repeat(7000)}1${')'.repeat(7000)}`, /SYNTAX|FORBIDDEN|ok/],
] as const

describe('stays alive after', () => {
  test.each(BOMBS)('%s', async (_name, sql, codes) => {
    const outcome = await runner.run(sql).then(
      () => 'ok',
      (error: HemlineError) => error.code,
    )
    expect(outcome).toMatch(codes)
    await isAlive()
  })
})

test('answers although the process is killed under a query', async () => {
  await isAlive()
  const first = childPid()
  const counted = runner.run('SELECT count(*) AS n FROM range(20000) a, range(10000) b')
  setTimeout(() => process.kill(Number(first), 'SIGKILL'), 20)
  expect((await counted).rows).toEqual([[200_000_000]])
  expect(childPid()).not.toBe(first)
})

test('refuses when too many wait', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 40 }, () =>
      runner.run('SELECT 1').then(
        () => 'ok',
        (error: HemlineError) => error.code,
      ),
    ),
  )
  expect(outcomes.filter((outcome) => outcome === 'HEM_SQL_BUSY').length).toBe(23)
  expect(outcomes.filter((outcome) => outcome === 'ok').length).toBe(17)
})

test('has no environment of ours and bounded memory', () => {
  if (process.platform !== 'linux') return
  const child = childPid()
  expect(
    readFileSync(`/proc/${child}/environ`, 'utf8')
      .split('\0')
      .filter((entry) => /KEY|TOKEN|HEMLINE/.test(entry)),
  ).toEqual([])
  expect(readFileSync(`/proc/${child}/limits`, 'utf8')).toMatch(/Max data size\s+1879048192/)
  expect(readFileSync(`/proc/${child}/limits`, 'utf8')).toMatch(/Max file size\s+0/)
})

/** The query process: a child of this one that runs `children/sql.ts`. */
function childPid(): string {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(/\s+/)
  const found = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('children/sql.ts'))
  expect(found).toBeDefined()
  return found ?? ''
}

test('the real process refuses escapes of every kind, with a code', async () => {
  const all = escapes(orders)
  const sample = all.filter((_, index) => index % 8 === 0)
  const codes: string[] = []
  for (const sql of sample) codes.push((await failure(sql)).code)
  expect(codes.filter((code) => !/^HEM_SQL_(FORBIDDEN|UNKNOWN_TABLE|SYNTAX)$/.test(code))).toEqual([])
  expect(sample.length).toBeGreaterThan(20)
  await isAlive()
})
