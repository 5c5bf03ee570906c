/**
 * test/parts/lake/small-lake: a lake of two tiny tables, for tests.
 *
 * In: options to override, such as a point to crash at.
 * Out: a lake in memory or in a folder, its clock, and its rows as text.
 * Invariant: the same seed gives the same ids.
 */
import { createHash } from 'node:crypto'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { openLake, type Lake, type LakeOptions } from '../../../src/parts/lake/lake.ts'
import type { Entropy } from '../../../src/parts/lake/port.ts'
import type { ScanOptions } from '../../../src/parts/lake/scan.ts'
import type { TableDefinition } from '../../../src/parts/lake/schema.ts'
import { manualClock } from '../../../src/std/clock.ts'
import { openMemoryLake } from '../../contract/memory/memory-lake.ts'

export const SALES: TableDefinition = {
  namespace: 'clean',
  table: 'sales',
  description: 'One sale.',
  columns: [
    { name: 'id', type: 'string', description: 'The sale.' },
    { name: 'shop_date', type: 'date', description: 'Its day.' },
    { name: 'net', type: 'decimal(12,2)', description: 'Its price.' },
  ],
  partition: { column: 'shop_date', transform: 'identity' },
}

export const CLICKS: TableDefinition = {
  namespace: 'landing',
  table: 'clicks',
  description: 'One click.',
  columns: [
    { name: 'id', type: 'string', description: 'The click.' },
    { name: 'received_at', type: 'timestamp', description: 'Its time.' },
  ],
  partition: { column: 'received_at', transform: 'day' },
}

const NAMES: TableDefinition = {
  namespace: 'clean',
  table: 'names',
  description: 'One name.',
  columns: [{ name: 'id', type: 'string', description: 'The name.' }],
  partition: null,
}

export const START_MS = Date.parse('2026-03-01T00:00:00Z')

export function seededEntropy(seed: string): Entropy {
  let draws = 0
  return (bytes) => createHash('sha512').update(`${seed}:${draws++}`).digest().subarray(0, bytes)
}

export type SmallLakeOptions = Partial<LakeOptions> & { readonly seed?: string }

/** `reopen` opens the same tables again, as a process does after a crash. */
export async function openSmallLake(options: SmallLakeOptions = {}) {
  const clock = manualClock(START_MS)
  const memory = openMemoryLake(clock)
  const openSame = async (changes: SmallLakeOptions): Promise<Lake> => {
    const lake = await openLake({
      files: memory.files,
      catalogue: memory.catalogue,
      clock,
      entropy: seededEntropy(changes.seed ?? 'a'),
      tables: [SALES, CLICKS, NAMES],
      memoryLimit: '256MB',
      threads: 1,
      ...changes,
    })
    await lake.ensureTables()
    return lake
  }
  const lake = await openSame(options)
  const reopen = (changes: SmallLakeOptions = {}) =>
    openSame({ ...options, failpoint: () => {}, seed: 'b', ...changes })
  return { lake, clock, memory, reopen }
}

/** One engine for all reads of a test file: opening one costs more than most tests. */
let reading: Promise<DuckDBConnection> | null = null

export async function readRows(
  lake: Lake,
  table: string,
  select: string,
  options: ScanOptions = {},
): Promise<readonly string[]> {
  reading ??= DuckDBInstance.create(':memory:', { threads: '1' }).then((instance) => instance.connect())
  const { sql } = await lake.snapshotFiles(table, options)
  const reader = await (await reading).runAndReadAll(`SELECT ${select} FROM ${sql} ORDER BY 1`)
  return reader.getRows().flat().map(String)
}

/** Ids of a table's rows, sorted, one a word. */
export async function idsIn(lake: Lake, table: string): Promise<string> {
  return (await readRows(lake, table, 'id')).join(' ')
}

export const sale = (id: string, shop_date: string | null, net = '1.00') => ({ id, shop_date, net })
