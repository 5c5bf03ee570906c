/**
 * forget: how long it takes to erase a person from a large data folder, and whether a kill at any moment leaves something behind.
 *
 *   node bench/forget.nightly.ts [--events 1000000] [--visitors 40000] [--kills 10] [--write]
 *
 * Events of 60 days are imported, 500 of them of each person who will go. The first is erased while nothing else runs, the second while others
 * click; then each of `kills` erasures is cut off by SIGKILL at a moment drawn from the time the first took, and completed by the next start.
 * After each, every file of the folder is decoded and searched. Beside it the limit: reading the stream's file once.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { filesHolding } from '../test/fixtures/decoded-files.ts'
import { startHemline, type HemlineProcess } from '../test/flow/hemline-process.ts'
import { cpuMs, xorshift } from './load-client.ts'
import { machine, report } from './result-line.ts'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    visitors: { type: 'string', default: '40000' },
    kills: { type: 'string', default: '10' },
    write: { type: 'boolean', default: false },
  },
})
const events = Number(values.events)
const visitors = Number(values.visitors)
const kills = Number(values.kills)
const OF_A_PERSON = 500
const DAYS = 60
const DAY_MS = 86_400_000
const LINES_PER_WRITE = 20_000
const DONE_TIMEOUT_MS = 600_000

const folder = mkdtempSync(join(tmpdir(), 'hemline-forget-'))
const dataFolder = join(folder, 'data')
/** No shop answers there, so no night runs beside what is measured. */
const NO_SHOP = 'postgres://127.0.0.1:1/none'
const environment = { HEMLINE_LOG_LEVEL: 'silent', HEMLINE_DELIVER_SECONDS: '5', HEMLINE_SHOPDB_URL: NO_SHOP }
const random = xorshift(7)
const below = (limit: number) => Math.floor(random() * limit)

const textsOf = (person: number) => [
  `user-${person}-forgetme`,
  `phone-${person}-forgetme`,
  `laptop-${person}-forgetme`,
  `words-of-${person}-forgetme`,
]

function writeEvents(path: string): void {
  const startMs = Date.now() - (DAYS + 1) * DAY_MS
  const line = (atMs: number, fields: object) =>
    JSON.stringify({ timestamp: new Date(atMs).toISOString(), product_id: String(below(2000)), ...fields })
  let lines: string[] = []
  writeFileSync(path, '')
  const flush = () => {
    writeFileSync(path, `${lines.join('\n')}\n`, { flag: 'a' })
    lines = []
  }
  for (let number = 0; number < events; number++) {
    const visitor_id = `v-${below(visitors)}`
    lines.push(line(startMs + (number / events) * DAYS * DAY_MS, { event_type: 'product_view', visitor_id }))
    if (lines.length >= LINES_PER_WRITE) flush()
  }
  for (let person = 0; person < kills + 2; person++) {
    const [user_id, phone, laptop, query] = textsOf(person)
    for (let number = 0; number < OF_A_PERSON; number++) {
      const isKnown = number % 5 === 0
      const visitor_id = number % 2 === 0 ? phone : laptop
      const what = { event_type: 'search', product_id: null, visitor_id, query, ...(isKnown ? { user_id } : {}) }
      lines.push(line(startMs + (number / OF_A_PERSON) * DAYS * DAY_MS, what))
    }
  }
  flush()
}

async function ask(hemline: HemlineProcess, name: string, argument: unknown): Promise<Record<string, unknown>> {
  const { token } = JSON.parse(readFileSync(join(dataFolder, 'server.json'), 'utf8'))
  const headers = { authorization: `Bearer ${token}` }
  const body = JSON.stringify(argument)
  const response = await fetch(`${hemline.url}/v1/commands/${name}`, { method: 'POST', headers, body })
  const { result, failure } = JSON.parse((await response.text()).trim().split('\n').at(-1) ?? '')
  if (failure !== undefined) throw new Error(failure.message)
  return result
}

async function erase(hemline: HemlineProcess, person: number) {
  const startedMs = performance.now()
  const startedCpuMs = cpuMs(hemline.pid).process
  const [id] = textsOf(person)
  await ask(hemline, 'forget', { kind: 'user', id })
  const took = { ms: performance.now() - startedMs, cpuMs: cpuMs(hemline.pid).process - startedCpuMs }
  return { ...took, residual: (await filesHolding(dataFolder, textsOf(person))).length }
}

/** One click after another, until told to end. */
async function click({ url, keys }: HemlineProcess, signal: AbortSignal): Promise<void> {
  const headers = { authorization: `Bearer ${keys['write']}`, 'content-type': 'application/json' }
  while (!signal.aborted) {
    const event = { event_type: 'product_view', visitor_id: `v-${below(visitors)}`, product_id: String(below(2000)) }
    // A connection that was idle for five seconds may be closed under a request.
    await fetch(`${url}/v1/events`, { method: 'POST', headers, body: JSON.stringify(event) }).catch(() => undefined)
  }
}

const dueCount = () => readFileSync(join(dataFolder, 'erasures.json'), 'utf8').split('"due"').length - 1

async function cutOff(hemline: HemlineProcess, person: number, withinMs: number) {
  const [id] = textsOf(person)
  ask(hemline, 'forget', { kind: 'user', id }).catch(() => undefined)
  await pause(50 + random() * withinMs)
  await hemline.end('SIGKILL')
  const isCut = dueCount() > 0
  const again = await startHemline({ dataFolder, environment })
  const deadline = performance.now() + DONE_TIMEOUT_MS
  while (dueCount() > 0 && performance.now() < deadline) await pause(50)
  return { again, isCut, residual: (await filesHolding(dataFolder, textsOf(person))).length }
}

try {
  const path = join(folder, 'events.ndjson')
  writeEvents(path)
  let hemline = await startHemline({ dataFolder, environment })
  await ask(hemline, 'import-events', { path, format: 'hemline' })
  const found = await filesHolding(dataFolder, textsOf(0))
  if (found.length === 0) throw new Error('the person is nowhere before the erasure')
  const streamFile = join(dataFolder, 'stream', 'data.mdb')
  const streamBytes = statSync(streamFile).size
  const readStartedMs = performance.now()
  await filesHolding(join(dataFolder, 'stream'), textsOf(0))
  const readOnceMs = performance.now() - readStartedMs
  const quiet = await erase(hemline, 0)
  const stopping = new AbortController()
  const clicking = click(hemline, stopping.signal)
  const busy = await erase(hemline, 1)
  stopping.abort()
  await clicking
  let cut = 0
  let residual = quiet.residual + busy.residual
  for (let nth = 0; nth < kills; nth++) {
    const { again, isCut, residual: left } = await cutOff(hemline, nth + 2, quiet.ms)
    hemline = again
    if (isCut) cut++
    residual += left
  }
  const { isSound, balance } = await ask(hemline, 'verify', null)
  await hemline.end('SIGTERM')
  report(
    {
      bench: 'forget',
      seed: 7,
      events,
      visitors,
      ofAPerson: OF_A_PERSON,
      filesBefore: found.length,
      streamBytes,
      streamBytesAfter: statSync(streamFile).size,
      readOnceMs,
      quietMs: quiet.ms,
      quietCpuMs: quiet.cpuMs,
      busyMs: busy.ms,
      kills,
      killsInTheMiddle: cut,
      residualHits: residual,
      isSound,
      balance,
      ...machine(),
    },
    values.write,
  )
  if (residual > 0 || isSound !== true) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
