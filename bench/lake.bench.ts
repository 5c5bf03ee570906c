/**
 * lake: how fast rows become committed tables, and how long a small commit takes.
 *
 *   node bench/lake.bench.ts [--rows 200000] [--rounds 7] [--behind 1000] [--commits 200] [--write]
 *
 * Rows of landing.clickstreams as `deliver` writes them, newline-delimited JSON in a file of one day, beside DuckDB's bare
 * COPY of the same file; then commits of one row with many behind them, beside a bare COPY of the row and a bare flush;
 * then a full scan before and after compaction. Limits are measured in the same run, interleaved.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { openLake, type Lake } from '../src/parts/lake/lake.ts'
import { sqlType } from '../src/parts/lake/schema.ts'
import { LAKE_TABLES } from '../src/parts/lake/tables.ts'
import { openFolderFileStore, writeDurably } from '../src/wings/embedded/lake/file-store.ts'
import { openFolderCatalogue } from '../src/wings/embedded/lake/table-catalogue.ts'
import { machine, percentile, report } from './result-line.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '7' },
    behind: { type: 'string', default: '1000' },
    commits: { type: 'string', default: '200' },
    write: { type: 'boolean', default: false },
  },
})
const ROWS = Number(values.rows)
const ROUNDS = Number(values.rounds)
const BEHIND = Number(values.behind)
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
  const peakMb = process.resourceUsage().maxRSS / 1024
  report({ bench: 'lake.memory', peakMb, engineLimit: '512MB', ...machine() }, values.write)
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

/** Interleaved with what DuckDB alone makes of the same file: typed JSON to zstd Parquet, without durability or commit. */
async function measureAppend(on: Lake): Promise<void> {
  const ndjsonPath = join(root, 'rows.ndjson')
  writeFileSync(ndjsonPath, Array.from({ length: ROWS }, (_, index) => `${eventLine(index)}\n`).join(''))
  const jsonBytes = statSync(ndjsonPath).size
  const bare = await bareEngine()
  const ours: Sample[] = []
  const theirs: Sample[] = []
  for (let round = -1; round < ROUNDS; round++) {
    const append = await sampled(() => on.append(TABLE, { ndjsonPath, isUtc: true }))
    const copy = await sampled(() => bare.run(bareCopy(ndjsonPath)))
    if (round < 0) continue
    ours.push(append)
    theirs.push(copy)
  }
  bare.closeSync()
  const [path] = (await on.snapshotFiles(TABLE)).localPaths
  const median = (list: readonly Sample[], key: keyof Sample) =>
    percentile(
      list.map((sample) => sample[key]),
      0.5,
    )
  const perSecond = { ours: (ROWS * 1000) / median(ours, 'ms'), bareCopy: (ROWS * 1000) / median(theirs, 'ms') }
  const cpuUsPerRow = { ours: (median(ours, 'cpuMs') * 1000) / ROWS, bareCopy: (median(theirs, 'cpuMs') * 1000) / ROWS }
  const shareOfBare = {
    time: percentile(
      ours.map((sample, round) => (theirs[round]?.ms ?? 0) / sample.ms),
      0.5,
    ),
    cpu: cpuUsPerRow.bareCopy / cpuUsPerRow.ours,
  }
  const sizes = { jsonBytes, parquetBytes: statSync(path).size }
  report(
    { bench: 'lake.append', rows: ROWS, rounds: ROUNDS, ...sizes, perSecond, cpuUsPerRow, shareOfBare, ...machine() },
    values.write,
  )
}

interface Sample {
  readonly ms: number
  readonly cpuMs: number
}

async function sampled(work: () => Promise<unknown>): Promise<Sample> {
  const startMs = performance.now()
  const before = process.cpuUsage()
  await work()
  const used = process.cpuUsage(before)
  return { ms: performance.now() - startMs, cpuMs: (used.user + used.system) / 1000 }
}

async function bareEngine() {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '512MB', threads: '2' })
  return instance.connect()
}

function bareCopy(ndjsonPath: string): string {
  const { columns } = LAKE_TABLES.find((table) => `${table.namespace}.${table.table}` === TABLE) ?? LAKE_TABLES[0]
  const types = columns.map(({ name, type }) => `"${name}": '${sqlType(type)}'`).join(', ')
  const read = `read_json('${ndjsonPath}', format='newline_delimited', columns={${types}})`
  return `COPY (SELECT * FROM ${read}) TO '${join(root, 'bare.parquet')}' (FORMAT parquet, COMPRESSION zstd)`
}

/** Commits of one row with many behind them, none expired; beside DuckDB's bare COPY of that row, and bare flushes. */
async function measureCommits(on: Lake): Promise<void> {
  const ndjsonPath = join(root, 'one.ndjson')
  const row = (index: number) => ({ event_id: `c${index}`, received_at: '2026-03-02T00:00:00Z' })
  writeFileSync(ndjsonPath, `${JSON.stringify(row(0))}\n`)
  const commit = (index: number) =>
    on.append(TABLE, { rows: [row(index)] }, { checkpoint: { sink: 'bench', value: String(index) } })
  for (let index = 0; index < BEHIND; index++) await commit(index)
  const bare = await bareEngine()
  const commits: Sample[] = []
  const copies: Sample[] = []
  const flushes: Sample[] = []
  for (let index = 0; index < COMMITS; index++) {
    commits.push(await sampled(() => commit(BEHIND + index)))
    copies.push(await sampled(() => bare.run(bareCopy(ndjsonPath))))
    flushes.push(await sampled(() => writeDurably(join(root, '.staging', `flush-${index}`), 'x'.repeat(4096))))
  }
  bare.closeSync()
  const of = (list: readonly Sample[]) => {
    const ms = list.map((sample) => sample.ms)
    const cpuMs = percentile(
      list.map((sample) => sample.cpuMs),
      0.5,
    )
    return { p50: percentile(ms, 0.5), p99: percentile(ms, 0.99), cpuMs }
  }
  const { metadataLocation } = await on.table(TABLE)
  const figures = {
    behind: BEHIND,
    commits: COMMITS,
    commitMs: of(commits),
    bareCopyMs: of(copies),
    bareFlushMs: of(flushes),
    metadataJsonBytes: statSync(metadataLocation).size,
  }
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
