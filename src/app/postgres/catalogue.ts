/**
 * postgres/catalogue: asks the process that answers questions about tables, types and the server.
 *
 * In: protocol messages of one exchange.
 * Out: the server's messages; a coded error when it hangs or dies.
 * Invariant: it runs only while somebody asks: started by the first question, ended some minutes after the last.
 */
import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { HemlineError } from '../../std/errors.ts'
import { message, splitMessages } from './messages.ts'

export interface Catalogue {
  /** @returns the server's messages, without the ReadyForQuery that ends them */
  exchange(messages: readonly Buffer[]): Promise<readonly Buffer[]>
  close(): Promise<void>
}

export interface CatalogueOptions {
  readonly folder: string
  readonly onFault: (message: string) => void
}

type FromCatalogue =
  | { readonly type: 'ready' }
  | { readonly type: 'answer'; readonly id: number; readonly messages: string }
  | { readonly type: 'fault'; readonly id: number; readonly message: string }

interface Running {
  readonly child: ChildProcessWithoutNullStreams
  readonly ready: Promise<void>
  readonly waiting: Map<number, { resolve(answer: Buffer): void; reject(error: Error): void }>
  isGone: boolean
}

const CHILD_FILE = fileURLToPath(new URL('../children/catalogue.ts', import.meta.url))
/** The first start makes a database, which takes seconds, on a busy machine many. */
const START_TIMEOUT_MS = 120_000
const ANSWER_TIMEOUT_MS = 12_000
const MAX_FAULT_LENGTH = 500
const IDLE_MS = 5 * 60_000
/** Exchanges that may wait for their turn. */
const MAX_WAITING = 64

export function createCatalogue(options: CatalogueOptions): Catalogue {
  let running: Running | null = null
  let idleTimer: NodeJS.Timeout | undefined
  let nextId = 1

  const current = (): Running => {
    if (running === null || running.isGone) running = start(options)
    clearTimeout(idleTimer)
    const child = running
    idleTimer = setTimeout(() => void stop(child), IDLE_MS).unref()
    return child
  }

  return {
    async exchange(messages) {
      const asked = current()
      if (asked.waiting.size >= MAX_WAITING) throw unavailable('too many questions at once')
      await asked.ready
      const id = nextId++
      const line = JSON.stringify({ id, messages: Buffer.concat([...messages, message('S')]).toString('base64') })
      const timer = setTimeout(() => asked.child.kill('SIGKILL'), ANSWER_TIMEOUT_MS)
      try {
        const answer = await new Promise<Buffer>((resolve, reject) => {
          asked.waiting.set(id, { resolve, reject })
          asked.child.stdin.write(`${line}\n`)
        })
        return splitMessages(answer).filter((part) => part[0] !== READY_FOR_QUERY)
      } finally {
        clearTimeout(timer)
        asked.waiting.delete(id)
      }
    },
    async close() {
      clearTimeout(idleTimer)
      if (running !== null) await stop(running)
    },
  }
}

const READY_FOR_QUERY = 'Z'.charCodeAt(0)

function start({ folder, onFault }: CatalogueOptions): Running {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CHILD_FILE, folder], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    env: { TZ: 'UTC' },
  })
  const readiness = Promise.withResolvers<void>()
  readiness.promise.catch(() => undefined)
  const running: Running = { child, ready: readiness.promise, waiting: new Map(), isGone: false }
  const startTimer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS)
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as FromCatalogue
    if (answer.type === 'ready') {
      clearTimeout(startTimer)
      readiness.resolve()
    } else if (answer.type === 'answer') {
      running.waiting.get(answer.id)?.resolve(Buffer.from(answer.messages, 'base64'))
    } else {
      onFault(answer.message)
      running.waiting.get(answer.id)?.reject(unavailable('a fault in the catalogue'))
    }
  })
  child.stderr.on('data', (bytes: Buffer) => onFault(bytes.toString().slice(-MAX_FAULT_LENGTH)))
  child.stdin.on('error', () => undefined)
  const end = (): void => {
    clearTimeout(startTimer)
    running.isGone = true
    const error = unavailable('a catalogue that stopped')
    readiness.reject(error)
    for (const { reject } of running.waiting.values()) reject(error)
  }
  child.once('error', end)
  child.once('close', end)
  return running
}

async function stop(running: Running): Promise<void> {
  if (running.isGone) return
  const gone = new Promise((resolve) => running.child.once('close', resolve))
  running.child.kill('SIGKILL')
  await gone
}

function unavailable(got: string): HemlineError {
  return new HemlineError('HEM_SQL_UNAVAILABLE', {
    subject: 'catalogue of tables',
    expected: 'an answer',
    got,
    remedy: 'ask again',
  })
}
