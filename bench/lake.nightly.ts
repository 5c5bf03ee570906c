/**
 * lake, nightly: what a table costs after ten thousand commits, and what a day costs among a hundred million rows.
 *
 *   node bench/lake.nightly.ts [--commits 10000] [--rows 100000000] [--days 50] [--write]
 *
 * Commits of one row, 30 seconds apart by the clock given, with the hourly maintenance that the lake's worker does: bytes of
 * the metadata folder, and the last thousand commits. Then rows spread over days: the files and bytes that a question for one
 * day reads, against those of the day, and the peak memory of all.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openLake, type Lake } from '../src/parts/lake/lake.ts'
import { LAKE_TABLES } from '../src/parts/lake/tables.ts'
import { manualClock } from '../src/std/clock.ts'
import { openFolderFileStore } from '../src/wings/embedded/lake/file-store.ts'
import { openFolderCatalogue } from '../src/wings/embedded/lake/table-catalogue.ts'
import { machine, percentile, report } from './result-line.ts'

const { values } = parseArgs({
  options: {
    commits: { type: 'string', default: '10000' },
    rows: { type: 'string', default: '100000000' },
    days: { type: 'string', default: '50' },
    write: { type: 'boolean', default: false },
  },
})
const COMMITS = Number(values.commits)
const ROWS = Number(values.rows)
const DAYS = Number(values.days)
const TABLE = 'landing.clickstreams'
const DAY_MS = 86_400_000
const START_MS = Date.parse('2026-03-01T00:00:00Z')
const DELIVER_MS = 30_000
const MAINTAIN_EVERY = 120
/** Those of the lake's worker. */
const LIMITS = {
  keepSnapshotsMs: 3_600_000,
  keepHourlyMs: DAY_MS,
  keepSnapshots: 5,
  orphanAgeMs: DAY_MS,
  compactFiles: 30,
  smallFileBytes: 8 * 1024 * 1024,
}

const root = mkdtempSync(join(tmpdir(), 'hemline-nightly-lake-'))
const clock = manualClock(START_MS)
const lake = await openLake({
  files: await openFolderFileStore(root),
  catalogue: openFolderCatalogue(root),
  clock,
  entropy: (bytes) => randomBytes(bytes),
  tables: LAKE_TABLES,
  memoryLimit: '512MB',
  threads: 2,
})
try {
  await lake.ensureTables()
  if (COMMITS > 0) await measureMetadata(lake)
  if (ROWS > 0) await measureDay(lake)
  report({ bench: 'lake.nightly.memory', peakMb: process.resourceUsage().maxRSS / 1024, ...machine() }, values.write)
} finally {
  lake.close()
  rmSync(root, { recursive: true })
}

async function measureMetadata(on: Lake): Promise<void> {
  const commitMs: number[] = []
  const maintainMs: number[] = []
  const folder = join(root, TABLE.replace('.', '/'), 'metadata')
  let largestBytes = 0
  for (let index = 1; index <= COMMITS; index++) {
    const row = { event_id: `c${index}`, received_at: new Date(clock.nowMs()).toISOString() }
    const startMs = performance.now()
    await on.append(TABLE, { rows: [row] }, { checkpoint: { sink: 'bench', value: String(index) } })
    commitMs.push(performance.now() - startMs)
    clock.advance(DELIVER_MS)
    if (index % MAINTAIN_EVERY !== 0) continue
    largestBytes = Math.max(largestBytes, bytesIn(folder))
    const maintainStartMs = performance.now()
    await on.maintain(LIMITS)
    maintainMs.push(performance.now() - maintainStartMs)
  }
  const last = commitMs.slice(-1000)
  const figures = {
    commits: COMMITS,
    metadataBytes: bytesIn(folder),
    largestMetadataBytes: largestBytes,
    metadataFiles: readdirSync(folder).length,
    dataFiles: (await on.snapshotFiles(TABLE)).localPaths.length,
    lastCommitsMs: { p50: percentile(last, 0.5), p99: percentile(last, 0.99) },
    maintainMs: percentile(maintainMs, 0.5),
  }
  report({ bench: 'lake.metadata', ...figures, ...machine() }, values.write)
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((total, name) => total + statSync(join(folder, name)).size, 0)
}

async function measureDay(on: Lake): Promise<void> {
  const connection = await on.connect([])
  const perDay = Math.floor(ROWS / DAYS)
  await on.replace(TABLE, 'all', { rows: [] })
  const startMs = performance.now()
  for (let day = 0; day < DAYS; day++) {
    const at = new Date(START_MS + day * DAY_MS).toISOString().slice(0, 19)
    const sql = `SELECT 'e' || (range + ${day * perDay}) AS event_id, 'product_view' AS event_type,
      'v-' || (range * 7919 % 500000) AS visitor_id, CAST(range % 20000 AS VARCHAR) AS product_id,
      TIMESTAMP '${at}' + to_microseconds(range * ${Math.floor((DAY_MS * 1000) / perDay)}) AS received_at
      FROM range(${perDay})`
    await on.append(TABLE, { sql, connection })
  }
  connection.closeSync()
  const perSecond = (perDay * DAYS * 1000) / (performance.now() - startMs)
  const all = await on.snapshotFiles(TABLE)
  const day = Math.floor(START_MS / DAY_MS) + (DAYS >> 1)
  const planned = await on.snapshotFiles(TABLE, { days: { first: day, last: day } })
  const dayBytes = planned.localPaths.reduce((total, path) => total + statSync(path).size, 0)
  const from = new Date(day * DAY_MS).toISOString().slice(0, 10)
  const where = `received_at >= TIMESTAMP '${from}' AND received_at < TIMESTAMP '${from}' + INTERVAL 1 DAY`
  const asked = await on.connect([TABLE])
  const before = bytesRead()
  const askMs = performance.now()
  const answer = await asked.runAndReadAll(`SELECT count(*), count(DISTINCT product_id) FROM ${TABLE} WHERE ${where}`)
  const elapsedMs = performance.now() - askMs
  const readBytes = bytesRead() - before
  asked.closeSync()
  const files = { all: all.localPaths.length, planned: planned.localPaths.length }
  const found = { rows: Number(answer.getRows()[0]?.[0]), expected: perDay }
  report(
    {
      bench: 'lake.day',
      rows: perDay * DAYS,
      days: DAYS,
      writePerSecond: perSecond,
      files,
      dayBytes,
      readBytes,
      elapsedMs,
      found,
      ...machine(),
    },
    values.write,
  )
}

/** What this process has read by system calls, page cache or not; Linux alone tells. */
function bytesRead(): number {
  return Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])
}
