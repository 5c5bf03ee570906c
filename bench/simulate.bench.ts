/**
 * simulate.bench: how fast a made shop's events are written to a file.
 *
 *   node bench/simulate.bench.ts [--events 2000000] [--rounds 3] [--write]
 *
 * In: a shop of 30 days, seed 7; a story of a year is its own line, with what that adds.
 * Out: one JSON line a round: events a second of processor time, all threads counted, and of the clock; beside them the time of one
 *   step of sfc32 in registers, which tells how fast the machine was just then.
 */
import { loadavg, tmpdir } from 'node:os'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { simulateToFile } from '../src/tools/simulate/simulate-to-file.ts'
import { machine, report } from './result-line.ts'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '2000000' },
    rounds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
})
const STEPS = 5e7
const folder = mkdtempSync(join(tmpdir(), 'hemline-bench-simulate-'))
const path = join(folder, 'events.ndjson')

function stepNs(): number {
  const before = process.cpuUsage()
  let [a, b, c] = [1, 2, 3]
  for (let i = 0; i < STEPS; i++) {
    const t = (a + b + i) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + t) | 0
  }
  return a === 0 ? 0 : (cpuSeconds(before) * 1e9) / STEPS
}

function cpuSeconds(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

const STORY = { trends: 24, truthPath: join(folder, 'truth.json'), productsPath: join(folder, 'products.ndjson') }
try {
  for (let round = 1; round <= Number(values.rounds); round++) {
    for (const days of [30, 365]) {
      const machineStepNs = stepNs()
      const startedMs = performance.now()
      const before = process.cpuUsage()
      const options = {
        path,
        events: Number(values.events),
        seed: 7,
        nowMs: Date.UTC(2026, 10, 24),
        timeZone: 'UTC',
        days,
      }
      const events = await simulateToFile(days === 30 ? options : { ...options, story: STORY })
      const seconds = (performance.now() - startedMs) / 1000
      report(
        {
          bench: 'simulate',
          round,
          days,
          hasStory: days !== 30,
          events,
          eventBytes: Math.round(statSync(path).size / events),
          perCpuSecond: Math.round(events / cpuSeconds(before)),
          perSecond: Math.round(events / seconds),
          machineStepNs,
          load: loadavg()[0],
          ...machine(),
        },
        values.write,
      )
    }
  }
} finally {
  rmSync(folder, { recursive: true })
}
