/**
 * lake: how fast rows become committed tables, and how long a small commit takes.
 *
 *   node bench/lake.bench.ts [--rows 100000] [--rounds 7] [--commits 200] [--write]
 *
 * Rows of landing.clickstreams as `deliver` writes them, newline-delimited JSON in a file of one day; then commits of
 * one row, beside the same number of bare flushed writes in the same run; then a full scan before and after compaction.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openLake, type Lake } from '../src/parts/lake/lake.ts'
import { LAKE_TABLES } from '../src/parts/lake/tables.ts'
import { openFolderFileStore, writeDurably } from '../src/wings/embedded/lake/file-store.ts'
import { openFolderCatalogue } from '../src/wings/embedded/lake/table-catalogue.ts'
import { machine, percentile, report } from './result-line.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '7' },
    commits: { type: 'string', default: '200' },
    write: { type: 'boolean', default: false },
  },
})
const ROWS = Number(values.rows)
const ROUNDS = Number(values.rounds)
const COMMITS = Number(values.commits)
const TABLE = 'landing.clickstreams'
const DAY_MS = 86_400_000

const root = mkdtempSync(join(tmpdir(), 'hemline-bench-lake-'))
const lake = await openLake({
  files: await openFolderFileStore(root),
  catalogue: openFolderCatalogue(root),
  clock: { nowMs: () => Date.now() },
  entropy: (bytes) => randomBytes(bytes),
  tables: LAKE_TABLES,
  memoryLimit: '512MB',
  threads: 2,
})
try {
  await lake.ensureTables()
  await measureAppend(lake)
  await measureCommits(lake)
  await measureScan(lake)
} finally {
  lake.close()
  rmSync(root, { recursive: true })
}

function eventLine(index: number): string {
  const at = new Date(Date.parse('2026-03-01T00:00:00Z') + Math.floor((index * DAY_MS) / ROWS)).toISOString()
  const visitor = `v-${(index * 7919) % 5000}`
  return JSON.stringify({
    event_id: `0198c2${index.toString(16).padStart(10, '0')}-${((index * 2_654_435_761) % 4_294_967_296).toString(16)}`,
    event_type: ['page_view', 'product_view', 'product_view', 'add_to_cart'][index % 4],
    timestamp: at,
    visitor_key: visitor,
    visitor_id: visitor,
    user_id: null,
    product_id: String(index % 2000),
    quantity: 1,
    unit_price: '39.90',
    currency: 'EUR',
    client_sequence: index,
    page_url: `https://shop.example/p/${index % 2000}`,
    locale: 'vi-VN',
    properties: '{}',
    received_at: at,
    corrected_at: at,
    device_class: 'mobile',
    is_bot: false,
    origin: 'live',
    unknown_product: false,
    time_clamped: false,
    shard: '0',
    sequence_number: String(index).padStart(16, '0'),
    record_index: 0,
  })
}

async function measureAppend(on: Lake): Promise<void> {
  const ndjsonPath = join(root, 'rows.ndjson')
  writeFileSync(ndjsonPath, Array.from({ length: ROWS }, (_, index) => `${eventLine(index)}\n`).join(''))
  const jsonBytes = statSync(ndjsonPath).size
  const perSecond: number[] = []
  const cpuUs: number[] = []
  for (let round = -1; round < ROUNDS; round++) {
    const startMs = performance.now()
    const before = process.cpuUsage()
    await on.append(TABLE, { ndjsonPath })
    const used = process.cpuUsage(before)
    if (round < 0) continue
    perSecond.push((ROWS * 1000) / (performance.now() - startMs))
    cpuUs.push((used.user + used.system) / ROWS)
  }
  const [path] = (await on.snapshotFiles(TABLE)).localPaths
  const parquetBytes = statSync(path).size
  const medians = { perSecond: percentile(perSecond, 0.5), cpuUsPerRow: percentile(cpuUs, 0.5) }
  const figures = { rows: ROWS, rounds: ROUNDS, jsonBytes, parquetBytes, ...medians }
  report({ bench: 'lake.append', ...figures, ...machine() }, values.write)
}

async function measureCommits(on: Lake): Promise<void> {
  const commitMs: number[] = []
  const flushMs: number[] = []
  const cpuBefore = process.cpuUsage()
  for (let index = 0; index < COMMITS; index++) {
    const startMs = performance.now()
    const row = { event_id: `c${index}`, received_at: '2026-03-02T00:00:00Z' }
    await on.append(TABLE, { rows: [row] }, { checkpoint: { sink: 'bench', value: String(index) } })
    const middleMs = performance.now()
    await writeDurably(join(root, '.staging', `flush-${index}`), 'x'.repeat(4096))
    commitMs.push(middleMs - startMs)
    flushMs.push(performance.now() - middleMs)
  }
  const cpu = process.cpuUsage(cpuBefore)
  const cpuMsPerCommit = (cpu.user + cpu.system) / 1000 / COMMITS
  const of = (list: readonly number[]) => ({ p50: percentile(list, 0.5), p99: percentile(list, 0.99) })
  const figures = { commits: COMMITS, commitMs: of(commitMs), bareFlushMs: of(flushMs), cpuMsPerCommit }
  report({ bench: 'lake.commit', ...figures, ...machine() }, values.write)
}

async function measureScan(on: Lake): Promise<void> {
  const scanMs = async (): Promise<number> => {
    const connection = await on.connect([TABLE])
    const times: number[] = []
    for (let round = 0; round < 5; round++) {
      const startMs = performance.now()
      await connection.runAndReadAll(`SELECT event_type, count(*), sum(unit_price) FROM ${TABLE} GROUP BY 1`)
      times.push(performance.now() - startMs)
    }
    connection.closeSync()
    return percentile(times, 0.5)
  }
  const before = { files: (await on.snapshotFiles(TABLE)).localPaths.length, scanMs: await scanMs() }
  const startMs = performance.now()
  await on.maintain({ keepSnapshots: 1, keepSnapshotsMs: 0, orphanAgeMs: DAY_MS, compactFiles: 8, smallFileBytes: 1e8 })
  const maintainMs = performance.now() - startMs
  const after = { files: (await on.snapshotFiles(TABLE)).localPaths.length, scanMs: await scanMs() }
  report({ bench: 'lake.maintain', before, maintainMs, after, ...machine() }, values.write)
}
