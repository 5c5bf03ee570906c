/**
 * bench/retention: the stream's file while as much is trimmed as comes in, and what trimming costs those who append.
 *
 * In: `--records` a round, `--rounds`; `--write` records the line under bench/results/.
 * Out: one JSON line: the file's size after each round, processor time of a slice of 100, appends with and without trimming beside.
 * Invariant: records of some 400 bytes in groups of 64, as a busy shop has them.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { embeddedPosition } from '../src/parts/stream/position.ts'
import type { StreamRecord } from '../src/parts/stream/record.ts'
import { trimLog } from '../src/parts/stream/retention.ts'
import { openStreamTrimmer } from '../src/wings/embedded/stream/lmdb-trimmer.ts'
import { openStreamWriter } from '../src/wings/embedded/stream/lmdb-writer.ts'
import { anEvent } from '../test/fixtures/records.ts'
import { machine, percentile, report } from './result-line.ts'

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '10' },
    write: { type: 'boolean', default: false },
  },
})
const RECORDS = Number(values.records)
const ROUNDS = Number(values.rounds)
const GROUP = 64
const SLICE = 100

const folder = mkdtempSync(join(tmpdir(), 'hemline-retention-'))
const writer = await openStreamWriter({ folder, clock: { nowMs: () => Date.now() }, randomBytes })
const trimmer = openStreamTrimmer(folder)
let made = 0

const record = (): StreamRecord => ({
  kind: 'events',
  received_at: '2026-11-24T08:00:00.000Z',
  visitor_key: `v${made % 997}`,
  events: [anEvent({ event_id: `e${made++}` })],
})

/** Milliseconds an append took, for each group. */
async function append(): Promise<number[]> {
  const took: number[] = []
  for (let done = 0; done < RECORDS; done += GROUP) {
    const group = Array.from({ length: GROUP }, record)
    const startMs = performance.now()
    await writer.append(group)
    took.push(performance.now() - startMs)
  }
  return took
}

async function trim(upTo: number): Promise<number> {
  const limits = { maxAgeMs: -1, maxBytes: 1e15 }
  const cpu = process.cpuUsage()
  const { records } = await trimLog(trimmer, {
    limits,
    nowMs: Date.now(),
    upTo: embeddedPosition(upTo),
    maxSlices: 1_000_000,
  })
  const { user, system } = process.cpuUsage(cpu)
  return records === 0 ? 0 : (user + system) / 1000 / (records / SLICE)
}

const fileMb: number[] = []
const sliceCpuMs: number[] = []
const alone: number[] = []
const beside: number[] = []
try {
  for (let round = 0; round < ROUNDS; round++) {
    const kept = writer.doorbell.tail()
    // Every other round both at once.
    if (round % 2 === 0) {
      alone.push(...(await append()))
      sliceCpuMs.push(await trim(kept))
    } else {
      const [took] = await Promise.all([append(), trim(kept)])
      beside.push(...took)
    }
    fileMb.push(Math.round(statSync(join(folder, 'data.mdb')).size / 1e5) / 10)
  }
} finally {
  await trimmer.close()
  await writer.close()
  rmSync(folder, { recursive: true, force: true })
}
report(
  {
    bench: 'stream.retention',
    recordsPerRound: RECORDS,
    fileMb,
    sliceOf100CpuMs: percentile(sliceCpuMs.slice(1), 0.5),
    appendOf64P50Ms: percentile(alone, 0.5),
    appendOf64BesideTrimmingP50Ms: percentile(beside, 0.5),
    ...machine(),
  },
  values.write,
)
