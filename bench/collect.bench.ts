/**
 * collect: events acknowledged a second over HTTP, in batches of 100 and one by one, with and without fsync.
 *
 *   node bench/collect.bench.ts [--rounds 5] [--seconds 4] [--write]
 *
 * Two servers, one durable and one that gives up fsync, measured in turn; medians over the rounds. Beside them, in the
 * same run, a bare fdatasync loop: the least a durable acknowledgement can cost here.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fdatasync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { machine, percentile, report } from './result-line.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    write: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds)
const windowMs = Number(values.seconds) * 1000
const WARM_UP_MS = 1500

interface Server {
  readonly url: URL
  readonly key: string
  readonly ask: () => Promise<{ cpuUs: number; accepted: number }>
  readonly end: () => Promise<void>
}

async function start(mode: 'durable' | 'unsafe'): Promise<Server> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'collect-child.ts'), mode], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const next = async () => JSON.parse((await lines.next()).value as string)
  const { url, key } = await next()
  return {
    url: new URL(url),
    key,
    ask: () => (child.stdin.write('\n'), next()),
    end: async () => {
      const ended = once(child, 'exit')
      child.stdin.end()
      await ended
    },
  }
}

let serial = 0
const now = () => new Date().toISOString()

function body(batch: number): string {
  const at = now()
  const one = () =>
    `{"event_id":"bench-${process.pid}-${serial++}","event_type":"product_view","timestamp":"${at}","visitor_id":"v-${serial % 5000}","product_id":"15970","client_sequence":${serial},"page_url":"https://shop.example/p/15970","locale":"vi-VN"}`
  return batch === 1 ? one() : `{"events":[${Array.from({ length: batch }, one).join(',')}],"sent_at":"${at}"}`
}

interface Window {
  readonly perSecond: number
  readonly cpuUsPerEvent: number
  readonly ackMs: readonly number[]
}

/** Each connection sends, waits for the answer, sends again. */
async function load(server: Server, batch: number, connections: number, ms: number): Promise<Window> {
  const before = await server.ask()
  const started = performance.now()
  const ackMs: number[] = []
  const head = `POST /v1/events HTTP/1.1\r\nHost: ${server.url.host}\r\nAuthorization: Bearer ${server.key}\r\nContent-Type: application/json\r\n`
  const run = async () => {
    const socket = connect(Number(server.url.port), server.url.hostname)
    socket.setNoDelay(true)
    await once(socket, 'connect')
    let answered = Promise.withResolvers<void>()
    let seen = ''
    socket.on('data', (chunk: Buffer) => {
      seen += chunk.toString('latin1')
      if (!seen.endsWith('}}')) return
      if (!seen.startsWith('HTTP/1.1 202')) throw new Error(seen)
      seen = ''
      answered.resolve()
    })
    while (performance.now() - started < ms) {
      const text = body(batch)
      answered = Promise.withResolvers<void>()
      const sent = performance.now()
      socket.write(`${head}Content-Length: ${text.length}\r\n\r\n${text}`)
      await answered.promise
      ackMs.push(performance.now() - sent)
    }
    socket.destroy()
  }
  await Promise.all(Array.from({ length: connections }, run))
  const seconds = (performance.now() - started) / 1000
  const after = await server.ask()
  const events = after.accepted - before.accepted
  return { perSecond: events / seconds, cpuUsPerEvent: (after.cpuUs - before.cpuUs) / events, ackMs }
}

async function bareFdatasync(ms: number): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hemline-fdatasync-'))
  const file = openSync(join(folder, 'file'), 'w')
  const block = Buffer.alloc(4096, 1)
  const took: number[] = []
  for (const end = performance.now() + ms; performance.now() < end;) {
    writeSync(file, block)
    const started = performance.now()
    await new Promise<void>((resolve, reject) => fdatasync(file, (error) => (error ? reject(error) : resolve())))
    took.push(performance.now() - started)
  }
  closeSync(file)
  rmSync(folder, { recursive: true })
  return took
}

const median = (numbers: readonly number[]) => percentile(numbers, 0.5)
const durable = await start('durable')
const unsafe = await start('unsafe')
for (const server of [durable, unsafe]) {
  await load(server, 100, 16, WARM_UP_MS)
  await load(server, 1, 64, WARM_UP_MS)
}
for (const [batch, connections] of [
  [100, 16],
  [1, 64],
  [1, 1],
] as const) {
  const measured: { durable: Window; unsafe: Window; fdatasyncMs: number }[] = []
  for (let round = 0; round < rounds; round++) {
    measured.push({
      durable: await load(durable, batch, connections, windowMs),
      unsafe: await load(unsafe, batch, connections, windowMs),
      fdatasyncMs: median(await bareFdatasync(500)),
    })
  }
  const over = (pick: (round: (typeof measured)[number]) => number) => median(measured.map(pick))
  report(
    {
      bench: 'collect',
      eventsPerRequest: batch,
      connections,
      rounds,
      windowSeconds: windowMs / 1000,
      perSecond: over((round) => round.durable.perSecond),
      perSecondWithoutFsync: over((round) => round.unsafe.perSecond),
      shareOfWithoutFsync: over((round) => round.durable.perSecond / round.unsafe.perSecond),
      ackP50Ms: over((round) => percentile(round.durable.ackMs, 0.5)),
      ackP99Ms: over((round) => percentile(round.durable.ackMs, 0.99)),
      serverCpuUsPerEvent: over((round) => round.durable.cpuUsPerEvent),
      fdatasyncP50Ms: over((round) => round.fdatasyncMs),
      ...machine(),
    },
    values.write,
  )
}
await durable.end()
await unsafe.end()
