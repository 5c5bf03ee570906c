/**
 * app/sql-child: keeps the query process running and asks it.
 *
 * In: statements, and a function that gives the tables of this moment.
 * Out: rows, or a coded error; a process that hangs or dies is replaced.
 * Invariant: one statement runs at a time; none runs longer than `killAfterMs`; the operating system bounds its memory.
 */
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { SqlResult, SqlRunner, SqlSnapshot } from '../parts/sql/port.ts'
import { checkLength } from '../parts/sql/guard.ts'
import { outOfMemory, timedOut } from '../parts/sql/refusals.ts'
import { HemlineError } from '../std/errors.ts'
import type { FromSqlChild, ToSqlChild } from './sql-protocol.ts'

export interface SqlChildOptions {
  /** The tables as they are now. Called before each statement, never twice at once. */
  readonly snapshot: () => Promise<SqlSnapshot>
  /** Faults of the engine and of the process, for the log; may name files. */
  readonly onFault?: (message: string) => void
  readonly memoryMb?: number
  readonly dataSpaceMb?: number
  readonly threads?: number
  readonly interruptAfterMs?: number
  readonly killAfterMs?: number
}

const CHILD_FILE = fileURLToPath(new URL('./children/sql.ts', import.meta.url))
/** Statements that may wait behind the running one. */
const MAX_WAITING = 16
/**
 * Writable memory the process may map. Node's code range takes 0.6 GB of it (measured) and hardly any RAM; the rest
 * bounds the engine. A limit on the whole address space would not do: V8 reserves as much of it as it can get.
 */
const DEFAULT_DATA_SPACE_MB = 1792
const MAX_FAULT_LENGTH = 4000
const START_TIMEOUT_MS = 15_000

interface Child {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>
  readonly ready: Promise<void>
  /** Key of the snapshot it shows. */
  shownKey: string | null
  isReady: boolean
  isGone: boolean
  waiting: { resolve(message: FromSqlChild): void; reject(error: HemlineError): void } | null
}

export function startSqlRunner(options: SqlChildOptions): SqlRunner {
  const killAfterMs = options.killAfterMs ?? 12_000
  let child: Child = startChild(options)
  let tail: Promise<unknown> = Promise.resolve()
  let waitingCount = 0
  let nextId = 1
  let isClosed = false

  async function ask(sql: string): Promise<SqlResult> {
    if (child.isGone) child = startChild(options)
    const current = child
    await current.ready
    const snapshot = await options.snapshot()
    if (current.shownKey !== snapshot.key) {
      send(current, { type: 'tables', snapshot })
      current.shownKey = snapshot.key
    }
    const id = nextId++
    let isKilled = false
    const timer = setTimeout(() => {
      isKilled = true
      current.process.kill('SIGKILL')
    }, killAfterMs)
    try {
      const answer = new Promise<FromSqlChild>((resolve, reject) => {
        current.waiting = { resolve, reject }
      })
      send(current, { type: 'run', id, sql })
      return resultOf(await answer)
    } catch (error) {
      // What a failed allocation leaves behind makes later queries fail too: begin anew.
      if (error instanceof HemlineError && error.code === 'HEM_SQL_MEMORY') await stop(current)
      throw isKilled ? timedOut() : error
    } finally {
      clearTimeout(timer)
      current.waiting = null
      if (current.isGone && !isClosed) child = startChild(options)
    }
  }

  /** Files of a snapshot can go away under a query; a new snapshot then helps. */
  async function askTwice(sql: string): Promise<SqlResult> {
    if (isClosed) throw unavailable('the server stops')
    try {
      return await ask(sql)
    } catch (error) {
      if (!(error instanceof HemlineError) || error.code !== 'HEM_SQL_UNAVAILABLE' || isClosed) throw error
      child.shownKey = null
      return ask(sql)
    }
  }

  return {
    async run(sql) {
      checkLength(sql)
      if (waitingCount > MAX_WAITING) throw busy()
      waitingCount++
      const turn = tail.then(() => askTwice(sql))
      tail = turn.catch(() => undefined)
      try {
        return await turn
      } finally {
        waitingCount--
      }
    },
    async close() {
      isClosed = true
      await stop(child)
    },
  }
}

function startChild(options: SqlChildOptions): Child {
  const spaceKb = (options.dataSpaceMb ?? DEFAULT_DATA_SPACE_MB) * 1024
  const childArguments = [options.memoryMb ?? 256, options.threads ?? 2, options.interruptAfterMs ?? 10_000].map(String)
  const node = ['--max-old-space-size=256', '--disable-warning=ExperimentalWarning', CHILD_FILE, ...childArguments]
  // The shell sets the limits and is replaced by Node: address space, no file may be written, no core dumped.
  const limits = `ulimit -d ${spaceKb} 2>/dev/null; ulimit -f 0 2>/dev/null; ulimit -c 0 2>/dev/null; exec "$0" "$@"`
  const [command, commandArguments] =
    process.platform === 'win32' ? [process.execPath, node] : ['/bin/sh', ['-c', limits, process.execPath, ...node]]
  // No key of the server can be read from this environment. More malloc arenas would each reserve 64 MB.
  const environment = { TZ: 'UTC', MALLOC_ARENA_MAX: '2' }
  const started = spawn(command, commandArguments, {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    env: environment,
  })
  const readiness = Promise.withResolvers<void>()
  const child: Child = {
    process: started,
    ready: readiness.promise,
    shownKey: null,
    isReady: false,
    isGone: false,
    waiting: null,
  }
  const startTimer = setTimeout(() => started.kill('SIGKILL'), START_TIMEOUT_MS)
  // Nobody may be waiting yet when a start fails; the next statement meets the same rejection.
  readiness.promise.catch(() => undefined)
  createInterface({ input: started.stdout }).on('line', (line) => {
    const message = JSON.parse(line) as FromSqlChild
    if (message.type === 'ready') {
      clearTimeout(startTimer)
      child.isReady = true
      readiness.resolve()
    } else child.waiting?.resolve(message)
  })
  let faults = ''
  started.stderr.on('data', (bytes: Buffer) => {
    faults = (faults + bytes.toString()).slice(-MAX_FAULT_LENGTH)
    options.onFault?.(bytes.toString().slice(0, MAX_FAULT_LENGTH))
  })
  started.stdin.on('error', () => undefined)
  const end = (code: number | null, signal: string | null): void => {
    clearTimeout(startTimer)
    child.isGone = true
    const error = deathOf(code, signal, faults)
    readiness.reject(error)
    child.waiting?.reject(error)
  }
  started.once('error', () => end(null, null))
  started.once('close', end)
  return child
}

async function stop(child: Child): Promise<void> {
  if (child.isGone) return
  const gone = new Promise((resolve) => child.process.once('close', resolve))
  child.process.kill('SIGKILL')
  await gone
}

/** A process that aborts under its memory limit ran out of memory; anything else is unexpected. */
function deathOf(code: number | null, signal: string | null, faults: string): HemlineError {
  const isMemory = /bad_alloc|out of memory|allocation failed/i.test(faults) || signal === 'SIGABRT' || code === 134
  return isMemory ? outOfMemory() : unavailable('a query process that stopped')
}

function send(child: Child, message: ToSqlChild): void {
  child.process.stdin.write(`${JSON.stringify(message)}\n`)
}

function resultOf(message: FromSqlChild): SqlResult {
  if (message.type === 'result') return message.result
  if (message.type === 'error') throw new HemlineError(message.code, message.detail)
  throw unavailable('an unexpected answer')
}

function unavailable(got: string): HemlineError {
  return new HemlineError('HEM_SQL_UNAVAILABLE', { subject: 'SQL', expected: 'an answer', got, remedy: 'ask again' })
}

function busy(): HemlineError {
  return new HemlineError('HEM_SQL_BUSY', {
    subject: 'SQL',
    expected: `at most ${MAX_WAITING} waiting queries`,
    got: 'more',
    remedy: 'ask again in some seconds',
  })
}
