/**
 * test/parts/sql/sandbox: the locked instance alone, as if the guard had a hole.
 *
 * In: escapes, run straight on the instance.
 * Out: each fails, nothing outside the snapshot is read, no new file appears.
 * Invariant: two walls stand; this test looks only at the second.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DuckDBConnection } from '@duckdb/node-api'
import { openLocked } from '../../../src/parts/sql/sandbox.ts'

const folder = mkdtempSync(join(tmpdir(), 'hemline-sandbox-'))
const allowed = join(folder, 'lake.ndjson')
const secret = join(folder, 'secret.ndjson')
let connection: DuckDBConnection
let close = (): void => undefined

beforeAll(async () => {
  writeFileSync(allowed, '{"id":"a"}\n')
  writeFileSync(secret, '{"id":"s3cret"}\n')
  symlinkSync(secret, join(folder, 'link.ndjson'))
  const select = `SELECT * FROM read_json('${allowed}', format = 'newline_delimited', columns = {id: 'VARCHAR'})`
  const snapshot = { key: '1', tables: [{ name: 'clean.orders', select, files: [allowed] }] }
  const opened = await openLocked(snapshot, { memoryMb: 256, threads: 1 })
  connection = opened.connection
  close = () => opened.close()
})
afterAll(() => {
  close()
  rmSync(folder, { recursive: true })
})

const ESCAPES = [
  `SELECT * FROM read_json('${secret}')`,
  `SELECT * FROM read_text('${secret}')`,
  `SELECT * FROM '${secret}'`,
  `SELECT * FROM read_text('${folder}/link.ndjson')`,
  `SELECT * FROM read_text('${folder}/../${folder.split('/').at(-1)}/secret.ndjson')`,
  `SELECT * FROM read_text('${folder}/*')`,
  `SELECT * FROM read_text('/etc/passwd')`,
  `SELECT * FROM read_csv('file:///etc/passwd')`,
  `SELECT * FROM read_csv('https://example.com/x.csv')`,
  `SELECT * FROM sniff_csv('${secret}')`,
  `COPY (SELECT 1) TO '${folder}/out.csv'`,
  `EXPORT DATABASE '${folder}/out'`,
  `ATTACH '${folder}/out.db'`,
  `INSTALL httpfs`,
  `LOAD httpfs`,
  `LOAD '${folder}/x.duckdb_extension'`,
  `SET enable_external_access = true`,
  `SET allowed_paths = ['${secret}']`,
  `SET lock_configuration = false`,
  `RESET lock_configuration`,
  `SET memory_limit = '100GB'`,
  `SET temp_directory = '${folder}'`,
  `SET profiling_output = '${folder}/out.json'`,
  `CREATE SECRET (TYPE s3, KEY_ID 'a', SECRET 'b')`,
  `CREATE PERSISTENT SECRET (TYPE http)`,
]

describe('fails without the guard too', () => {
  test.each(ESCAPES)('%s', async (sql) => {
    // Some settings are accepted in words and change nothing; what counts is that no secret is read and no file made.
    const rows = await connection.runAndReadAll(sql).then(
      (reader) => JSON.stringify(reader.getRowsJson()),
      () => 'refused',
    )
    expect(rows).not.toContain('s3cret')
    expect(rows).not.toContain('root:')
    expect(readdirSync(folder).sort()).toEqual(['lake.ndjson', 'link.ndjson', 'secret.ndjson'])
    expect(readFileSync(allowed, 'utf8')).toBe('{"id":"a"}\n')
  })
})

test('the table of the snapshot still answers after all that', async () => {
  const reader = await connection.runAndReadAll('SELECT * FROM clean.orders')
  expect(reader.getRowsJson()).toEqual([['a']])
})
