/**
 * click-to-slate: to a GET whose `as_of` covers the event, over real HTTP: from the click's POST, and from its acknowledgement.
 *
 *   node bench/click-to-slate.bench.ts [--windows 5] [--seconds 30] [--rate 200] [--write]
 *
 * Beside it, in the same windows: a bare fdatasync loop (the least a durable acknowledgement can cost here), a round trip to a
 * node:http server that does nothing (a click is at least two of them), and how late this machine's timers are. Latency percentiles are the median over the windows.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fdatasync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startHemline, type HemlineProcess } from '../test/flow/hemline-process.ts'
import { cpuMs, send, xorshift } from './load-client.ts'
import { machine, percentile, report } from './result-line.ts'

const { values } = parseArgs({
  options: {
    windows: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '30' },
    rate: { type: 'string', default: '200' },
    write: { type: 'boolean', default: false },
  },
})
const windows = Number(values.windows)
const windowMs = Number(values.seconds) * 1000
const intervalMs = 1000 / Number(values.rate)
const PRODUCTS = 2000
const VISITORS = 500

interface Window {
  readonly ackMs: number[]
  readonly coveredMs: number[]
  /** From the acknowledgement on. */
  readonly coveredAfterAckMs: number[]
  readonly fdatasyncMs: number[]
  readonly timerLateMs: number[]
  readonly roundTripMs: number[]
  reads: number
}

const folder = mkdtempSync(join(tmpdir(), 'hemline-bench-'))
const hemline = await startHemline({ dataFolder: join(folder, 'data'), environment: { HEMLINE_LOG_LEVEL: 'error' } })
const bareServer = spawn(process.execPath, [join(import.meta.dirname, 'bare-http-child.ts')], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
const bareUrl = `http://127.0.0.1:${String((await once(bareServer.stdout, 'data'))[0]).trim()}`
const agent = new Agent({ keepAlive: true, maxSockets: 64 })
try {
  await loadCatalogue(hemline)
  await runWindow(hemline, 5000)
  const measured: Window[] = []
  const cpuBefore = cpuMs(hemline.pid)
  for (let n = 0; n < windows; n++) measured.push(await runWindow(hemline, windowMs))
  const cpuAfter = cpuMs(hemline.pid)
  const clicks = measured.reduce((sum, window) => sum + window.coveredMs.length, 0)
  const over = (pick: (window: Window) => number[], share: number) =>
    percentile(
      measured.map((window) => percentile(pick(window), share)),
      0.5,
    )
  report(
    {
      bench: 'click-to-slate',
      seed: 7,
      rate: Number(values.rate),
      windows,
      windowSeconds: windowMs / 1000,
      events: clicks,
      readsPerClick: measured.reduce((sum, window) => sum + window.reads, 0) / clicks,
      httpThreadCpuMsPerClick: (cpuAfter.mainThread - cpuBefore.mainThread) / clicks,
      processCpuMsPerClick: (cpuAfter.process - cpuBefore.process) / clicks,
      ackP50Ms: over((window) => window.ackMs, 0.5),
      ackP99Ms: over((window) => window.ackMs, 0.99),
      coveredP50Ms: over((window) => window.coveredMs, 0.5),
      coveredP99Ms: over((window) => window.coveredMs, 0.99),
      coveredAfterAckP50Ms: over((window) => window.coveredAfterAckMs, 0.5),
      coveredAfterAckP99Ms: over((window) => window.coveredAfterAckMs, 0.99),
      limitFdatasyncP50Ms: over((window) => window.fdatasyncMs, 0.5),
      limitFdatasyncP99Ms: over((window) => window.fdatasyncMs, 0.99),
      limitRoundTripP50Ms: over((window) => window.roundTripMs, 0.5),
      limitRoundTripP99Ms: over((window) => window.roundTripMs, 0.99),
      limitTimerLateP99Ms: over((window) => window.timerLateMs, 0.99),
      ...machine(),
    },
    values.write,
  )
} finally {
  await hemline.end('SIGTERM')
  bareServer.stdin.end()
  rmSync(folder, { recursive: true, force: true })
}
process.exit(0)

async function loadCatalogue(target: HemlineProcess): Promise<void> {
  const types = ['Shirts', 'Jeans', 'Dresses', 'Watches', 'Heels']
  const colours = ['Red', 'Blue', 'Black', 'White']
  for (let from = 0; from < PRODUCTS; from += 100) {
    const products = Array.from({ length: 100 }, (_, n) => ({
      id: String(from + n),
      gender: n % 2 ? 'Men' : 'Women',
      article_type: types[(from + n) % types.length],
      base_colour: colours[(from + n) % colours.length],
      product_display_name: `Product ${from + n}`,
      price: '10.00',
    }))
    await send(agent, target.url, {
      method: 'PUT',
      path: '/v1/products',
      key: target.keys['server'] ?? '',
      body: { products },
    })
  }
}

async function runWindow(target: HemlineProcess, forMs: number): Promise<Window> {
  const window: Window = {
    ackMs: [],
    coveredMs: [],
    coveredAfterAckMs: [],
    fdatasyncMs: [],
    timerLateMs: [],
    roundTripMs: [],
    reads: 0,
  }
  const random = xorshift(7)
  const end = performance.now() + forMs
  const running = new Set<Promise<void>>()
  const bare = Promise.all([bareDiskLoop(end, window.fdatasyncMs), bareHttpLoop(end, window.roundTripMs)])
  let due = performance.now()
  while (due < end) {
    const waitMs = due - performance.now()
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
    window.timerLateMs.push(Math.max(0, performance.now() - due))
    const click = oneClick(target, random, window).finally(() => running.delete(click))
    running.add(click)
    due += intervalMs
  }
  await Promise.all(running)
  await bare
  return window
}

async function oneClick(target: HemlineProcess, random: () => number, window: Window): Promise<void> {
  const visitor = `v${Math.floor(random() * VISITORS)}`
  const product = String(Math.floor(PRODUCTS * random() ** 3))
  const start = performance.now()
  const body = {
    event_type: 'product_view',
    visitor_id: visitor,
    product_id: product,
    timestamp: new Date().toISOString(),
  }
  const ack = await send(agent, target.url, {
    method: 'POST',
    path: '/v1/events',
    key: target.keys['write'] ?? '',
    body,
  })
  const acknowledged = performance.now()
  window.ackMs.push(acknowledged - start)
  const { last } = JSON.parse(ack) as { last: { sequence_number: string } }
  for (;;) {
    window.reads += 1
    const path = `/v1/recommendations?visitor_id=${visitor}&limit=10`
    const slate = await send(agent, target.url, { method: 'GET', path, key: target.keys['read'] ?? '' })
    const { as_of } = JSON.parse(slate) as { as_of: { sequence_number: string } }
    if (as_of.sequence_number >= last.sequence_number) break
  }
  window.coveredMs.push(performance.now() - start)
  window.coveredAfterAckMs.push(performance.now() - acknowledged)
}

/** One 4 KiB write and fdatasync every 20 ms, as the least a durable answer costs in this window. */
async function bareDiskLoop(end: number, into: number[]): Promise<void> {
  const file = openSync(join(folder, 'bare'), 'w')
  const block = Buffer.alloc(4096, 1)
  while (performance.now() < end) {
    const start = performance.now()
    writeSync(file, block)
    await new Promise<void>((resolve, reject) => fdatasync(file, (error) => (error ? reject(error) : resolve())))
    into.push(performance.now() - start)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  closeSync(file)
}

/** One request every 20 ms to a server that does nothing. */
async function bareHttpLoop(end: number, into: number[]): Promise<void> {
  while (performance.now() < end) {
    const start = performance.now()
    await send(agent, bareUrl, { method: 'GET', path: '/', key: '' })
    into.push(performance.now() - start)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
