/**
 * app/sql-process: starts a query process with its limits, and ends it.
 *
 * In: limits.
 * Out: a process that takes and gives lines of JSON; a coded error when it dies.
 * Invariant: the operating system bounds its memory; it can write no file and sees none of our environment.
 */
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { outOfMemory } from '../parts/sql/refusals.ts'
import { HemlineError } from '../std/errors.ts'
import type { FromSqlChild, SqlAnswer, ToSqlChild } from './sql-protocol.ts'

export interface SqlProcessOptions {
  /** Faults of the engine and of the process, for the log; may name files. */
  readonly onFault?: (message: string) => void
  readonly memoryMb?: number
  readonly dataSpaceMb?: number
  readonly threads?: number
  readonly interruptAfterMs?: number
}

export interface SqlProcess {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly ready: Promise<void>
  /** Key of the snapshot it shows. */
  shownKey: string | null
  isGone: boolean
  waiting: { take(answer: SqlAnswer): void; reject(error: HemlineError): void } | null
}

const CHILD_FILE = fileURLToPath(new URL('./children/sql.ts', import.meta.url))
/**
 * Writable memory the process may map. Node's code range takes 0.6 GB of it (measured) and hardly any RAM; the rest
 * bounds the engine. A limit on the whole address space would not do: V8 reserves as much of it as it can get.
 */
const DEFAULT_DATA_SPACE_MB = 1792
const MAX_FAULT_LENGTH = 4000
const START_TIMEOUT_MS = 15_000

export function startSqlProcess(options: SqlProcessOptions): SqlProcess {
  const started = spawnLimited(options)
  const readiness = Promise.withResolvers<void>()
  const running: SqlProcess = { child: started, ready: readiness.promise, shownKey: null, isGone: false, waiting: null }
  const startTimer = setTimeout(() => started.kill('SIGKILL'), START_TIMEOUT_MS)
  // Nobody may be waiting yet when a start fails; the next statement meets the same rejection.
  readiness.promise.catch(() => undefined)
  createInterface({ input: started.stdout }).on('line', (line) => {
    const message = JSON.parse(line) as FromSqlChild
    if (message.type === 'ready') {
      clearTimeout(startTimer)
      readiness.resolve()
    } else running.waiting?.take(message)
  })
  let faults = ''
  started.stderr.on('data', (bytes: Buffer) => {
    faults = (faults + bytes.toString()).slice(-MAX_FAULT_LENGTH)
    options.onFault?.(bytes.toString().slice(0, MAX_FAULT_LENGTH))
  })
  started.stdin.on('error', () => undefined)
  const end = (code: number | null, signal: string | null): void => {
    clearTimeout(startTimer)
    running.isGone = true
    const error = deathOf(code, signal, faults)
    readiness.reject(error)
    running.waiting?.reject(error)
  }
  started.once('error', () => end(null, null))
  started.once('close', end)
  return running
}

function spawnLimited(options: SqlProcessOptions): ChildProcessByStdio<Writable, Readable, Readable> {
  const spaceKb = (options.dataSpaceMb ?? DEFAULT_DATA_SPACE_MB) * 1024
  const childArguments = [options.memoryMb ?? 256, options.threads ?? 2, options.interruptAfterMs ?? 10_000].map(String)
  const node = ['--max-old-space-size=256', '--disable-warning=ExperimentalWarning', CHILD_FILE, ...childArguments]
  // The shell sets the limits and is replaced by Node: address space, no file may be written, no core dumped.
  const limits = `ulimit -d ${spaceKb} 2>/dev/null; ulimit -f 0 2>/dev/null; ulimit -c 0 2>/dev/null; exec "$0" "$@"`
  const [command, commandArguments] =
    process.platform === 'win32' ? [process.execPath, node] : ['/bin/sh', ['-c', limits, process.execPath, ...node]]
  return spawn(command, commandArguments, {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    // No key of the server can be read from this environment. More malloc arenas would each reserve 64 MB.
    env: { TZ: 'UTC', MALLOC_ARENA_MAX: '2' },
  })
}

export async function stopSqlProcess(running: SqlProcess): Promise<void> {
  if (running.isGone) return
  const gone = new Promise((resolve) => running.child.once('close', resolve))
  running.child.kill('SIGKILL')
  await gone
}

/** A process that aborts under its memory limit ran out of memory; anything else is unexpected. */
function deathOf(code: number | null, signal: string | null, faults: string): HemlineError {
  const isMemory = /bad_alloc|out of memory|allocation failed/i.test(faults) || signal === 'SIGABRT' || code === 134
  return isMemory ? outOfMemory() : unavailable()
}

export function sendTo(running: SqlProcess, message: ToSqlChild): void {
  running.child.stdin.write(`${JSON.stringify(message)}\n`)
}

function unavailable(): HemlineError {
  return new HemlineError('HEM_SQL_UNAVAILABLE', {
    subject: 'SQL',
    expected: 'an answer',
    got: 'a query process that stopped',
    remedy: 'ask again',
  })
}
