/**
 * burst: how far behind slates and learning fall while single events come fast, on the whole server over real HTTP.
 *
 *   node bench/burst.nightly.ts [--rate 2000] [--seconds 30] [--visitors 5000] [--write]
 *
 * Every event is one request of one visitor. Every 50th waits until a read of its visitor's slate covers it. Learning's lag is the stage's
 * own word in /metrics, at most half a second older than it says, so it is an upper bound. Beside it in the same run: a bare fdatasync loop, and how
 * late this process's timers are, since the clients share the machine with the server.
 */
import { closeSync, fdatasync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startHemline } from '../test/flow/hemline-process.ts'
import { cpuMs, send, xorshift } from './load-client.ts'
import { machine, percentile, report } from './result-line.ts'

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '30' },
    visitors: { type: 'string', default: '5000' },
    write: { type: 'boolean', default: false },
  },
})
const rate = Number(values.rate)
const durationMs = Number(values.seconds) * 1000
const visitors = Number(values.visitors)
const PRODUCTS = 2000
const SAMPLE_EVERY = 50
const TICK_MS = 5
/** Coarse beside a second, so that reads do not become the load. */
const READ_PAUSE_MS = 50
const COVER_TIMEOUT_MS = 10_000
const WARM_UP_MS = 5000
/** What is not sent for that is missing in `perSecond`. */
const RUNNING_MAX = 2000

const folder = mkdtempSync(join(tmpdir(), 'hemline-burst-'))
const hemline = await startHemline({ dataFolder: join(folder, 'data'), environment: { HEMLINE_LOG_LEVEL: 'error' } })
const writers = new Agent({ keepAlive: true, maxSockets: 128 })
const readers = new Agent({ keepAlive: true, maxSockets: 32 })
const random = xorshift(7)
const ackMs: number[] = []
const coveredMs: number[] = []
const lagMs: number[] = []
const fdatasyncMs: number[] = []
const timerLateMs: number[] = []
let sent = 0
let refused = 0

try {
  for (let from = 0; from < PRODUCTS; from += 500) {
    const products = Array.from({ length: 500 }, (_, n) => ({
      id: String(from + n),
      gender: n % 2 ? 'Men' : 'Women',
      article_type: `type${n % 40}`,
      base_colour: `colour${n % 9}`,
      product_display_name: `Product ${from + n}`,
      price: '10.00',
    }))
    await call('PUT', '/v1/products', { role: 'server', body: { products } })
  }
  await burst(WARM_UP_MS)
  for (const list of [ackMs, coveredMs, lagMs, fdatasyncMs, timerLateMs]) list.length = 0
  sent = 0
  refused = 0
  const cpuBefore = cpuMs(hemline.pid).process
  const startMs = performance.now()
  await burst(durationMs)
  const seconds = (performance.now() - startMs) / 1000
  report(
    {
      bench: 'burst',
      seed: 7,
      rate,
      visitors,
      seconds: durationMs / 1000,
      sent,
      refused,
      perSecond: ackMs.length / seconds,
      ackP50Ms: percentile(ackMs, 0.5),
      ackP99Ms: percentile(ackMs, 0.99),
      slateBehindP50Ms: percentile(coveredMs, 0.5),
      slateBehindP90Ms: percentile(coveredMs, 0.9),
      slateBehindP99Ms: percentile(coveredMs, 0.99),
      slatesWithin1s: coveredMs.filter((ms) => ms <= 1000).length / coveredMs.length,
      learningBehindP50Ms: percentile(lagMs, 0.5),
      learningBehindMaxMs: Math.max(...lagMs),
      serverCpuMsPerEvent: (cpuMs(hemline.pid).process - cpuBefore) / sent,
      limitFdatasyncP50Ms: percentile(fdatasyncMs, 0.5),
      limitTimerLateP99Ms: percentile(timerLateMs, 0.99),
      ...machine(),
    },
    values.write,
  )
} finally {
  await hemline.end('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
}
process.exit(0)

/** Sends at the rate, whether or not answers come, up to `RUNNING_MAX` at a time: a slow server gets a queue, not a rest. */
async function burst(forMs: number): Promise<void> {
  const startMs = performance.now()
  const running = new Set<Promise<void>>()
  const watching = Promise.all([watchLearning(startMs + forMs), bareDiskLoop(startMs + forMs)])
  let begun = 0
  for (let elapsedMs = 0; elapsedMs < forMs; elapsedMs = performance.now() - startMs) {
    for (; begun < (elapsedMs / 1000) * rate && running.size < RUNNING_MAX; begun++) {
      const click = oneClick(begun % SAMPLE_EVERY === 0).finally(() => running.delete(click))
      running.add(click)
    }
    const dueMs = performance.now() + TICK_MS
    await new Promise((resolve) => setTimeout(resolve, TICK_MS))
    timerLateMs.push(performance.now() - dueMs)
  }
  await Promise.all(running)
  await watching
}

async function oneClick(isSampled: boolean): Promise<void> {
  const visitor = `v${Math.floor(random() * visitors)}`
  const product = String(Math.floor(PRODUCTS * random() ** 3))
  const startMs = performance.now()
  sent++
  const body = { event_type: 'product_view', visitor_id: visitor, product_id: product }
  const ack = await call('POST', '/v1/events', { role: 'write', body }).catch(() => null)
  if (ack === null) {
    refused++
    return
  }
  const ackedMs = performance.now()
  ackMs.push(ackedMs - startMs)
  if (!isSampled) return
  const { last } = JSON.parse(ack) as { last: { sequence_number: string } }
  while (performance.now() - ackedMs < COVER_TIMEOUT_MS) {
    const slate = await call('GET', `/v1/recommendations?visitor_id=${visitor}&limit=10`, { role: 'read' })
    const { as_of } = JSON.parse(slate) as { as_of: { sequence_number: string } }
    if (as_of.sequence_number >= last.sequence_number) break
    await new Promise((resolve) => setTimeout(resolve, READ_PAUSE_MS))
  }
  coveredMs.push(performance.now() - ackedMs)
}

async function watchLearning(endMs: number): Promise<void> {
  while (performance.now() < endMs) {
    const metrics = await call('GET', '/metrics', { role: 'read' })
    const found = /hemline_stage_lag_milliseconds\{stage="recommend"\} (\d+)/.exec(metrics)?.[1]
    if (found !== undefined) lagMs.push(Number(found))
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** One 4 KiB write and fdatasync every 20 ms, as the least a durable answer costs in this run. */
async function bareDiskLoop(endMs: number): Promise<void> {
  const file = openSync(join(folder, 'bare'), 'w')
  const block = Buffer.alloc(4096, 1)
  while (performance.now() < endMs) {
    const startMs = performance.now()
    writeSync(file, block)
    await new Promise<void>((resolve, reject) => fdatasync(file, (error) => (error ? reject(error) : resolve())))
    fdatasyncMs.push(performance.now() - startMs)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  closeSync(file)
}

function call(
  method: string,
  path: string,
  { role, body }: { readonly role: 'write' | 'read' | 'server'; readonly body?: unknown },
): Promise<string> {
  const agent = method === 'POST' ? writers : readers
  return send(agent, hemline.url, { method, path, key: hemline.keys[role] ?? '', body })
}
