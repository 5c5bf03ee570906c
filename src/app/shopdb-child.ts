/**
 * app/shopdb-child: starts and stops the demo shop's database.
 *
 * In: the folder of its files.
 * Out: the URL it answers at, and a way to end it.
 * Invariant: the child never outlives its parent, since it ends with its standard input.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { HemlineError } from '../std/errors.ts'

/** The first start makes a database, which takes seconds. */
const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 10_000
/** Of what the child complains, the end is enough. */
const COMPLAINT_CHARACTERS_MAXIMUM = 2000

export interface ShopdbChild {
  readonly url: string
  /** Fulfilled with the exit code when the process is gone, wanted or not. */
  readonly exited: Promise<number | null>
  /** Ends it with everything written; kills it after 10 s. */
  stop(): Promise<void>
  /** Ends it as a power cut would. */
  kill(): Promise<void>
}

/** @throws HEM_SHOPDB_CHILD when it does not take connections within a minute */
export async function startShopdbChild(folder: string): Promise<ShopdbChild> {
  const path = fileURLToPath(new URL('children/pglite.ts', import.meta.url))
  // In a group of its own: Ctrl-C in a terminal goes to the whole group, and the database must outlive the draining.
  const detached = process.platform !== 'win32'
  const child = spawn(process.execPath, [path, folder], { stdio: ['pipe', 'pipe', 'pipe'], detached })
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', resolve)
    child.once('error', () => resolve(null))
  })
  child.stdin.on('error', () => undefined)
  let complaint = ''
  child.stderr.on('data', (data: Buffer) => {
    complaint = (complaint + data.toString()).slice(-COMPLAINT_CHARACTERS_MAXIMUM)
  })
  const timeout = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS)
  const url = await readUrl(child, exited).finally(() => clearTimeout(timeout))
  if (url === null) {
    throw new HemlineError('HEM_SHOPDB_CHILD', {
      subject: `shop database in ${folder}`,
      expected: 'a process that takes connections',
      got: complaint.trim() === '' ? 'no answer' : complaint.trim(),
      remedy: 'look at the folder, or use a PostgreSQL of your own with HEMLINE_SHOPDB_URL',
    })
  }
  return {
    url,
    exited,
    stop: () => stop(child, exited),
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function readUrl(child: ChildProcessWithoutNullStreams, exited: Promise<unknown>): Promise<string | null> {
  const lines = createInterface({ input: child.stdout })
  const line = await Promise.race([
    new Promise<string>((resolve) => {
      lines.once('line', resolve)
    }),
    exited.then(() => null),
  ])
  if (line === null) return null
  const ready = JSON.parse(line) as { readonly url: string }
  return ready.url
}

async function stop(child: ChildProcessWithoutNullStreams, exited: Promise<unknown>): Promise<void> {
  child.stdin.end()
  const timeout = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await exited
  clearTimeout(timeout)
}
