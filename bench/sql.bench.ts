/**
 * sql: how long questions wait for their answer, and how soon a click is in one.
 *
 *   node bench/sql.bench.ts [--rounds 15] [--data FOLDER] [--write]
 *
 * A real Hemline with the demo's shop (2,000 products, 24 months of orders, 100,000 clicks), its visitors clicking. Questions a dashboard
 * asks of the marts, and the ten saved questions, each asked again and again over HTTP: new answers, and with an accepted age of a minute.
 * Then: an event is posted, and the time from its acknowledgement until an answer holds it. Beside them a bare call of
 * /healthz and the question SELECT 1 in the same run. Processor time is that of the server and its query processes, so it holds on a
 * busy machine too. With --data a folder is used again and not removed.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { savedQueries } from '../src/parts/sql/saved-queries.ts'
import { startHemline } from '../test/flow/hemline-process.ts'
import { machine, percentile, report } from './result-line.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    data: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const ROUNDS = Number(values.rounds)
const FRESH_EVENTS = 20
const OPEN_TIMEOUT_MS = 900_000

const DASHBOARD = [
  'SELECT shop_date, sum(revenue) AS revenue, sum(units) AS units FROM mart.sales_daily GROUP BY shop_date ORDER BY shop_date',
  'SELECT article_type, sum(revenue) AS revenue FROM mart.sales_daily GROUP BY article_type ORDER BY revenue DESC LIMIT 10',
  `SELECT shop_month, gender, sum(revenue) AS revenue FROM mart.sales_daily GROUP BY shop_month, gender ORDER BY 1, 2`,
  `SELECT "rank", product_display_name, viewers, units FROM mart.product_interest_daily
   WHERE shop_date = (SELECT max(shop_date) FROM mart.product_interest_daily) ORDER BY "rank" LIMIT 20`,
  'SELECT value, avg(p50) AS share FROM mart.trend_forecast WHERE will_trend GROUP BY value ORDER BY share DESC LIMIT 10',
]

const root = values.data ?? join(mkdtempSync(join(tmpdir(), 'hemline-bench-sql-')), 'data')
const hemline = await startHemline({ dataFolder: root, command: 'demo', environment: { HEMLINE_LOG_LEVEL: 'error' } })
const openedMs = performance.now()
while (!hemline.output().includes('The demo shop is open')) {
  if (performance.now() - openedMs > OPEN_TIMEOUT_MS) throw new Error('the demo shop did not open')
  await new Promise((resolve) => setTimeout(resolve, 500))
}

async function call(path: string, init: RequestInit = {}, headers: Record<string, string> = {}): Promise<unknown> {
  const authorization = `Bearer ${hemline.keys['admin']}`
  const response = await fetch(`${hemline.url}${path}`, { ...init, headers: { authorization, ...headers } })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

interface Measured {
  readonly medianMs: number
  /** Median processor time of one question, all threads and processes. */
  readonly cpuMs: number
}

async function measure(ask: () => Promise<unknown>): Promise<Measured> {
  const times: number[] = []
  const cpu: number[] = []
  for (let round = -2; round < ROUNDS; round++) {
    const startedMs = performance.now()
    const before = cpuMsOf(String(hemline.pid))
    await ask()
    if (round < 0) continue
    times.push(performance.now() - startedMs)
    cpu.push(cpuMsOf(String(hemline.pid)) - before)
  }
  return { medianMs: percentile(times, 0.5), cpuMs: percentile(cpu, 0.5) }
}

/** Processor time of a process and its children, milliseconds; the kernel counts in steps of 10. */
function cpuMsOf(pid: string): number {
  let ticks = 0
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')
      if (name === pid || fields[1] === pid) ticks += Number(fields[11]) + Number(fields[12])
    } catch {
      // It ended meanwhile.
    }
  }
  return ticks * 10
}

const question = (sql: string) => ({ method: 'POST', body: JSON.stringify({ sql }) })
const cached = { 'cache-control': 'max-age=60' }
const health = await measure(() => call('/healthz'))
const selectOne = await measure(() => call('/v1/sql', question('SELECT 1')))

const dashboard: Measured[] = []
const dashboardCached: Measured[] = []
for (const sql of DASHBOARD) {
  dashboard.push(await measure(() => call('/v1/sql', question(sql))))
  dashboardCached.push(await measure(() => call('/v1/sql', question(sql), cached)))
}
const saved: Record<string, Measured> = {}
const savedCached: Measured[] = []
for (const { name } of savedQueries()) {
  saved[name] = await measure(() => call(`/v1/sql/${name}`))
  savedCached.push(await measure(() => call(`/v1/sql/${name}`, {}, cached)))
}

const freshMs: number[] = []
for (let n = 0; n < FRESH_EVENTS; n++) {
  const event = { event_type: 'page_view', event_id: `bench-fresh-${Date.now()}-${n}`, visitor_id: 'bench' }
  await call(
    `/v1/events`,
    { method: 'POST', body: JSON.stringify(event) },
    { 'content-type': 'application/json', authorization: `Bearer ${hemline.keys['write']}` },
  )
  const startedMs = performance.now()
  const sql = `SELECT count(*) FROM clean.clickstreams WHERE event_id = '${event.event_id}'`
  const { rows } = (await call('/v1/sql', question(sql))) as { rows: number[][] }
  if (rows[0]?.[0] !== 1) throw new Error('an acknowledged event was not in the next answer')
  freshMs.push(performance.now() - startedMs)
}
await hemline.end('SIGTERM')
if (values.data === undefined) rmSync(root, { recursive: true, force: true })

const middle = (list: readonly Measured[]): Measured => ({
  medianMs: percentile(
    list.map((one) => one.medianMs),
    0.5,
  ),
  cpuMs: percentile(
    list.map((one) => one.cpuMs),
    0.5,
  ),
})
report(
  {
    bench: 'sql',
    rounds: ROUNDS,
    health,
    selectOne,
    dashboard: middle(dashboard),
    dashboardCached: middle(dashboardCached),
    saved: middle(Object.values(saved)),
    savedCached: middle(savedCached),
    eachSaved: saved,
    freshMs: { p50: percentile(freshMs, 0.5), most: Math.max(...freshMs) },
    ...machine(),
  },
  values.write,
)
