/**
 * sql-bombs: whether statements that want all memory or time harm the pipeline while it takes events.
 *
 *   node bench/sql-bombs.nightly.ts [--seconds 20] [--write]
 *
 * A real Hemline takes batches of events without pause. After a quiet time, 22 bombs are sent, one after another; after each a
 * plain question must be answered, and every batch sent meanwhile acknowledged. Latency of batches with and without bombs in
 * the same run, and the largest memory of the query processes, as the operating system counts it.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startHemline } from '../test/flow/hemline-process.ts'
import { machine, percentile, report } from './result-line.ts'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '20' }, write: { type: 'boolean', default: false } },
})
const QUIET_MS = Number(values.seconds) * 1000
const BATCH_EVENTS = 20
const PAUSE_MS = 5
const SAMPLE_MS = 50

const many = (count: number, text: string, between: string): string =>
  Array.from({ length: count }, () => text).join(between)
const BOMBS: readonly string[] = [
  'SELECT count(*) FROM range(1000000) a, range(1000000) b',
  'SELECT count(*) FROM range(100000) a JOIN range(100000) b ON a.range % 7 <> b.range % 11',
  'SELECT count(*) FROM clean.clickstreams a, clean.clickstreams b, clean.clickstreams c, clean.clickstreams d',
  'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r',
  'WITH RECURSIVE r AS (SELECT 1 AS n UNION SELECT n + 1 FROM r) SELECT max(n) FROM r',
  "WITH RECURSIVE r AS (SELECT 'xxxxxxxx' AS s UNION ALL SELECT s || s FROM r) SELECT max(length(s)) FROM r",
  'SELECT count(*) FROM (SELECT unnest(range(100000000)))',
  'SELECT len(range(500000000))',
  'SELECT len(list(i)) FROM range(200000000) t(i)',
  "SELECT length(string_agg(CAST(i AS VARCHAR), ',')) FROM range(200000000) t(i)",
  "SELECT length(lpad('x', 1000000000, 'y') || lpad('x', 1000000000, 'z'))",
  "SELECT length(rpad('', 2000000000, 'ab'))",
  "SELECT length(replace(lpad('x', 100000000, 'x'), 'x', 'xxxxxxxxxxxxxxxxxxxx'))",
  'SELECT * FROM range(300000000) t(i) ORDER BY i DESC',
  'SELECT count(*) FROM (SELECT DISTINCT i * 7919 FROM range(200000000) t(i))',
  'SELECT i % 50000000, count(*), max(i) FROM range(200000000) t(i) GROUP BY 1',
  'SELECT sum(i) OVER (ORDER BY i ROWS BETWEEN 10000000 PRECEDING AND CURRENT ROW) FROM range(100000000) t(i)',
  "SELECT map_agg(i, lpad('x', 1000, 'y')) FROM range(10000000) t(i)",
  "SELECT regexp_matches(lpad('a', 10000000, 'a'), '(a|aa)+b') FROM range(1000)",
  many(800, 'SELECT 1', ' UNION ALL '),
  `SELECT ${'('.repeat(7000)}1${')'.repeat(7000)}`,
  `SELECT ${many(1300, 'range(9999999)', ', ')
    .slice(0, 15_000)
    .replace(/,[^,]*$/, '')}`,
]

const folder = mkdtempSync(join(tmpdir(), 'hemline-bombs-'))
const environment = { HEMLINE_LOG_LEVEL: 'error', HEMLINE_DELIVER_SECONDS: '5' }
const hemline = await startHemline({ dataFolder: join(folder, 'data'), environment })
const acknowledgedMs: { readonly atMs: number; readonly tookMs: number }[] = []
let refused = 0
const over = new AbortController()
let peakMb = 0

async function ingest(): Promise<void> {
  for (let n = 0; !over.signal.aborted; n++) {
    const events = Array.from({ length: BATCH_EVENTS }, (_, index) => ({
      event_type: 'product_view',
      visitor_id: `v-${(n * 7 + index) % 500}`,
      product_id: String(index),
      timestamp: new Date().toISOString(),
    }))
    const startedMs = performance.now()
    const response = await fetch(`${hemline.url}/v1/events?key=${hemline.keys['write']}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events }),
    })
    await response.text()
    if (response.status === 202) acknowledgedMs.push({ atMs: startedMs, tookMs: performance.now() - startedMs })
    else refused++
    await pause(PAUSE_MS)
  }
}

async function ask(sql: string): Promise<string> {
  const response = await fetch(`${hemline.url}/v1/sql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${hemline.keys['admin']}` },
    body: JSON.stringify({ sql }),
  })
  const body = (await response.json()) as { code?: string }
  return response.ok ? 'answered' : (body.code ?? String(response.status))
}

/** Largest resident memory of one query process so far. */
async function watchMemory(): Promise<void> {
  while (!over.signal.aborted) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
      peakMb = Math.max(peakMb, queryProcessMb(pid))
    await pause(SAMPLE_MS)
  }
}

function queryProcessMb(pid: string): number {
  try {
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('children/sql.ts')) return 0
    return Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    // It ended meanwhile.
    return 0
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const work = [ingest(), watchMemory()]
await pause(QUIET_MS)
const firstBombMs = performance.now()
const outcomes: Record<string, number> = {}
let alive = 0
for (const bomb of BOMBS) {
  const outcome = await ask(bomb)
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  const isWell =
    (await fetch(`${hemline.url}/readyz`)).ok && (await ask('SELECT count(*) FROM clean.clickstreams')) === 'answered'
  if (isWell) alive++
  process.stderr.write(`${outcome.padEnd(20)} ${isWell ? 'alive' : 'NOT ALIVE'}  ${bomb.slice(0, 90)}\n`)
}
const lastBombMs = performance.now()
over.abort()
await Promise.all(work)
await hemline.end('SIGTERM')
rmSync(folder, { recursive: true, force: true })

const during = (from: number, upto: number) =>
  acknowledgedMs.filter(({ atMs }) => atMs >= from && atMs < upto).map(({ tookMs }) => tookMs)
const latency = (list: readonly number[]) => ({
  batches: list.length,
  p50Ms: percentile(list, 0.5),
  p99Ms: percentile(list, 0.99),
})
const quiet = latency(during(0, firstBombMs))
const bombed = latency(during(firstBombMs, lastBombMs))
report(
  {
    bench: 'sql-bombs',
    bombs: BOMBS.length,
    alive,
    outcomes,
    refusedBatches: refused,
    quiet,
    bombed,
    p99Ratio: bombed.p99Ms / quiet.p99Ms,
    peakQueryProcessMb: Math.round(peakMb),
    ...machine(),
  },
  values.write,
)
if (alive !== BOMBS.length || refused > 0) process.exitCode = 1
