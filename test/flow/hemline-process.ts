/**
 * hemline-process: a real Hemline in a process of its own, on a free port and a fresh folder.
 *
 * In: arguments of the command line.
 * Out: its address, its keys and its process id, for measurements and tests that kill it.
 * Invariant: nothing of it is left when `stop` resolves, unless the folder is asked for.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const launcher = join(import.meta.dirname, '..', '..', 'bin', 'hemline.js')
const START_TIMEOUT_MS = 120_000
const POLL_MS = 50

export interface HemlineProcess {
  readonly url: string
  readonly pid: number
  readonly keys: Readonly<Record<string, string | null>>
  readonly dataFolder: string
  /** What it printed so far. */
  output(): string
  /** Sends a signal and waits for the end; resolves with the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>
}

export interface HemlineProcessOptions {
  readonly dataFolder: string
  readonly command?: 'up' | 'demo'
  readonly flags?: readonly string[]
  readonly environment?: NodeJS.ProcessEnv
}

const started = new Set<ChildProcess>()
// A test that fails leaves its Hemline running; it ends with the test's process at the latest.
process.once('exit', () => {
  for (const child of started) child.kill('SIGKILL')
})

/** Starts it and waits until /readyz answers 200. */
export async function startHemline(options: HemlineProcessOptions): Promise<HemlineProcess> {
  const { dataFolder, command = 'up', flags = [] } = options
  const environment = { ...process.env, HEMLINE_DATA: dataFolder, HEMLINE_PORT: '0', ...options.environment }
  const child = spawn(process.execPath, [launcher, command, ...flags], { env: environment })
  started.add(child)
  child.once('exit', () => started.delete(child))
  let output = ''
  child.stdout.on('data', (text) => (output += text))
  child.stderr.on('data', (text) => (output += text))
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const url = await untilReady(child, dataFolder, () => output)
  const shown = await promisify(execFile)(process.execPath, [launcher, 'keys', '--rotate', 'admin', '--json'], {
    env: environment,
  })
  const keys: { role: string; key: string | null }[] = JSON.parse(shown.stdout)
  return {
    url,
    pid: child.pid ?? 0,
    keys: Object.fromEntries(keys.map(({ role, key }) => [role, key])),
    dataFolder,
    output: () => output,
    end(signal) {
      child.kill(signal)
      return exited
    },
  }
}

async function untilReady(child: ChildProcess, dataFolder: string, output: () => string): Promise<string> {
  const deadline = performance.now() + START_TIMEOUT_MS
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`Hemline ended with ${child.exitCode}:\n${output()}`)
    try {
      const { url, pid } = JSON.parse(readFileSync(join(dataFolder, 'server.json'), 'utf8'))
      if (pid === child.pid && (await fetch(`${url}/readyz`)).ok) return url
    } catch {
      // Not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  throw new Error(`Hemline was not ready after ${START_TIMEOUT_MS} ms:\n${output()}`)
}
