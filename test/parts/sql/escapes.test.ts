/**
 * test/parts/sql/escapes: no way out of the sandbox, by the guard, and by the locked instance behind it.
 *
 * In: the corpus of escapes and their variants.
 * Out: how many were let through, and how many read the secret: none.
 * Invariant: each wall holds alone.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, expect, test } from 'vitest'
import { checkStatement } from '../../../src/parts/sql/guard.ts'
import { openLocked } from '../../../src/parts/sql/sandbox.ts'
import { HemlineError } from '../../../src/std/errors.ts'
import { escapes, escapeVariants } from './escapes.ts'

const folder = mkdtempSync(join(tmpdir(), 'hemline-escapes-'))
const secret = join(folder, 'secret.csv')
const allowed = join(folder, 'orders.ndjson')
writeFileSync(secret, 'word\ns3cret\n')
writeFileSync(allowed, '{"id":"a"}\n')
afterAll(() => rmSync(folder, { recursive: true }))

const parser = await (await DuckDBInstance.create(':memory:')).connect()
const tables = new Set(['clean.orders'])

/** Whether the guard lets it through. */
async function passes(sql: string): Promise<boolean> {
  const reader = await parser.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql])
  try {
    checkStatement(sql, String(reader.getRows()[0]?.[0]), { tables })
    return true
  } catch (error) {
    if (error instanceof HemlineError) return false
    throw error
  }
}

test('the guard lets none of the escapes through, however they are wrapped or spelled', async () => {
  const written = new Set(escapes(secret))
  const made = new Set(escapeVariants(secret))
  const leaks: string[] = []
  for (const sql of [...written, ...made]) if (await passes(sql)) leaks.push(sql)
  expect(leaks).toEqual([])
  expect([written.size >= 150, made.size >= 1000]).toEqual([true, true])
})

test('the locked instance alone reads no secret and makes no file', async () => {
  const select = `SELECT * FROM read_json('${allowed}', format = 'newline_delimited', columns = {id: 'VARCHAR'})`
  const snapshot = { key: '1', tables: [{ name: 'clean.orders', select, files: [allowed] }] }
  const { connection, close } = await openLocked(snapshot, { memoryMb: 256, threads: 1 })
  const leaks: string[] = []
  // Logging to a file ends the whole process where only this wall stands; transactions would change what follows.
  const harmful = /logging|BEGIN|COMMIT|ROLLBACK|sleep_ms|DROP|USE |CREATE OR REPLACE|MERGE|TRUNCATE/
  for (const sql of escapes(secret).filter((statement) => !harmful.test(statement))) {
    const rows = await connection.runAndReadAll(sql).then(
      (reader) => JSON.stringify(reader.getRowsJson()),
      () => 'refused',
    )
    if (/s3cret|root:/.test(rows)) leaks.push(sql)
  }
  close()
  expect(leaks).toEqual([])
  expect(readdirSync(folder).sort()).toEqual(['orders.ndjson', 'secret.csv'])
})
