/**
 * doctor/checks: looks at the machine before the shop relies on it.
 *
 * In: the settings, and the machine's clock and disk.
 * Out: one finding a check, in words, with what to do.
 * Invariant: leaves nothing behind; a check that cannot run says so instead of passing.
 */
import { closeSync, fdatasyncSync, mkdirSync, openSync, readdirSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { messageOf } from '../../std/errors.ts'

export type Verdict = 'good' | 'warning' | 'bad'

export interface Finding {
  readonly check: string
  readonly verdict: Verdict
  /** What was found, with units. */
  readonly found: string
  /** What to do; empty where nothing is to be done. */
  readonly remedy: string
}

export interface DoctorOptions {
  readonly nodeVersion: string
  readonly dataFolder: string
  readonly host: string
  readonly port: number
  /** Whether a Hemline runs on the folder, so that its port is rightly taken. */
  readonly isRunning: boolean
  readonly nowMs: () => number
  readonly monotonicMs: () => number
}

const NEEDED_NODE = 24
const SYNC_ROUNDS = 50
const SYNC_BYTES = 4096
const SLOW_SYNC_MS = 20
const LOW_SPACE_BYTES = 1024 ** 3
const EARLIEST_YEAR = 2026
const CLOCK_PROBE_MS = 200
const CLOCK_TOLERANCE_MS = 50

export async function examine(options: DoctorOptions): Promise<readonly Finding[]> {
  const made = makeFolder(options.dataFolder)
  try {
    return [
      examineNode(options.nodeVersion),
      attempt('folder', () => examineFolder(options.dataFolder)),
      attempt('disk sync', () => examineSync(options)),
      await examinePort(options),
      await examineClock(options),
    ]
  } finally {
    if (made !== null) rmSync(made, { recursive: true, force: true })
  }
}

/** The first folder that had to be made, to be removed again; null where all were there or none can be made. */
function makeFolder(folder: string): string | null {
  try {
    return mkdirSync(folder, { recursive: true }) ?? null
  } catch {
    return null
  }
}

function examineNode(version: string): Finding {
  const major = Number(/^v?(\d+)/.exec(version)?.[1] ?? 0)
  return major >= NEEDED_NODE
    ? { check: 'node', verdict: 'good', found: version, remedy: '' }
    : {
        check: 'node',
        verdict: 'bad',
        found: version,
        remedy: `use Node ${NEEDED_NODE}: run \`npm ci\`, then \`npx hemline\``,
      }
}

function examineFolder(folder: string): Finding {
  readdirSync(folder)
  const { bavail, bsize } = statfsSync(folder)
  const freeBytes = bavail * bsize
  const found = `${folder}, ${(freeBytes / 1024 ** 3).toFixed(1)} GiB free`
  return freeBytes >= LOW_SPACE_BYTES
    ? { check: 'folder', verdict: 'good', found, remedy: '' }
    : { check: 'folder', verdict: 'warning', found, remedy: 'free at least 1 GiB; a full disk refuses new events' }
}

function examineSync(options: DoctorOptions): Finding {
  const path = join(options.dataFolder, `doctor-${Math.trunc(options.nowMs())}.probe`)
  const file = openSync(path, 'w')
  const times: number[] = []
  try {
    const block = Buffer.alloc(SYNC_BYTES, 1)
    for (let round = 0; round < SYNC_ROUNDS; round++) {
      const start = options.monotonicMs()
      writeSync(file, block)
      fdatasyncSync(file)
      times.push(options.monotonicMs() - start)
    }
  } finally {
    closeSync(file)
    rmSync(path, { force: true })
  }
  times.sort((a, b) => a - b)
  const medianMs = times[SYNC_ROUNDS >> 1] ?? 0
  const worstMs = times.at(-1) ?? 0
  const found = `4 KiB reach the disk in ${medianMs.toFixed(2)} ms (median), ${worstMs.toFixed(1)} ms (worst of ${SYNC_ROUNDS})`
  return medianMs <= SLOW_SYNC_MS
    ? { check: 'disk sync', verdict: 'good', found, remedy: '' }
    : {
        check: 'disk sync',
        verdict: 'warning',
        found,
        remedy: 'put the data folder on a faster disk: each click waits for it',
      }
}

function examinePort(options: DoctorOptions): Promise<Finding> {
  const place = `${options.host}:${options.port}`
  if (options.isRunning) {
    return Promise.resolve({ check: 'port', verdict: 'good', found: `${place}, in use by Hemline itself`, remedy: '' })
  }
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) =>
      resolve({
        check: 'port',
        verdict: 'bad',
        found: `${place}: ${messageOf(error)}`,
        remedy: 'stop the program that uses it, or choose another with HEMLINE_PORT',
      }),
    )
    server.listen(options.port, options.host, () =>
      server.close(() => resolve({ check: 'port', verdict: 'good', found: `${place} is free`, remedy: '' })),
    )
  })
}

async function examineClock(options: DoctorOptions): Promise<Finding> {
  const wallStart = options.nowMs()
  const monotonicStart = options.monotonicMs()
  await new Promise((resolve) => setTimeout(resolve, CLOCK_PROBE_MS))
  const driftMs = options.nowMs() - wallStart - (options.monotonicMs() - monotonicStart)
  const iso = new Date(wallStart).toISOString()
  const remedy = "set the machine's clock and let NTP keep it: the night's date depends on it"
  if (new Date(wallStart).getUTCFullYear() < EARLIEST_YEAR)
    return { check: 'clock', verdict: 'bad', found: iso, remedy }
  return Math.abs(driftMs) <= CLOCK_TOLERANCE_MS
    ? { check: 'clock', verdict: 'good', found: iso, remedy: '' }
    : { check: 'clock', verdict: 'warning', found: `${iso}, jumped ${driftMs.toFixed(0)} ms while watched`, remedy }
}

function attempt(check: string, examineIt: () => Finding): Finding {
  try {
    return examineIt()
  } catch (error) {
    return {
      check,
      verdict: 'bad',
      found: messageOf(error),
      remedy: 'correct the rights of the data folder, or set HEMLINE_DATA',
    }
  }
}
