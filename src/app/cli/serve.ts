/**
 * cli/serve: `hemline demo` and `hemline up`.
 *
 * In: settings, and for the demo a catalogue or a seed.
 * Out: a running pipeline that says what runs where, until Ctrl-C.
 * Invariant: the first signal drains and exits 0, the second ends at once.
 */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { HemlineError } from '../../std/errors.ts'
import type { RunningServer } from '../server.ts'
import { wholeNumberFlag } from './flags.ts'
import { configOf, withServerFlags } from './settings.ts'
import { print, printError, progressBar } from './terminal.ts'

/** A backlog of the lake may take a while; nothing is lost if it is cut off. */
const STOP_TIMEOUT_MS = 60_000
const SAME_SIGNAL_MS = 1000

interface DemoFlags {
  readonly catalog?: string
  readonly images?: string
  readonly seed: string
  readonly target?: string
  readonly key?: string
  readonly rate: string
}

export function addServeCommands(program: Command): void {
  withServerFlags(program.command('demo'))
    .description('run the whole pipeline with a demo shop')
    .option('--catalog <file>', "a catalogue such as Kaggle's styles.csv[.gz] instead of made products")
    .option('--images <folder>', 'folder of <id>.jpg pictures to show')
    .option('--seed <number>', 'seed of the made shop', '7')
    .option('--target <url>', 'open the demo shop at a Hemline that runs elsewhere, such as on AWS; nothing runs here')
    .option('--key <key>', 'with --target: its server key')
    .option('--rate <number>', 'with --target: events a second', '3')
    .action(async (flags: DemoFlags) => {
      if (flags.target !== undefined) return visitTarget(flags, flags.target)
      const [{ startServer }, { startDemo }] = await Promise.all([import('../server.ts'), import('../demo.ts')])
      const seed = seedOf(flags.seed)
      const server = await startServer(configOf(flags), { demo: true, images: absolute(flags.images) })
      const ending = untilSignal()
      printWhatRuns(server)
      const bar = progressBar()
      const opening = startDemo(server, {
        seed,
        catalogPath: absolute(flags.catalog),
        images: flags.images !== undefined,
        onProgress: bar.onProgress,
        isEnding: ending.isEnding,
      }).finally(bar.finish)
      const demo = await opening.catch(async (error: unknown) => {
        // A stop cuts the filling short; the next start goes on with it.
        if (ending.isEnding()) return null
        printError(error)
        return end(server, 1)
      })
      if (demo !== null && !ending.isEnding()) {
        print(demo.summary)
        server.catchUp()
      }
      await ending.signal
      await demo?.stop()
      await end(server, 0)
    })

  withServerFlags(program.command('up'))
    .description('run the pipeline without demo data')
    .option('--images <folder>', 'folder of <id>.jpg pictures to show')
    .action(async (flags: { images?: string }) => {
      const { startServer } = await import('../server.ts')
      const server = await startServer(configOf(flags), { demo: false, images: absolute(flags.images) })
      const ending = untilSignal()
      printWhatRuns(server)
      server.catchUp()
      await ending.signal
      await end(server, 0)
    })
}

/** Fills the tables of a shop elsewhere that is empty, and clicks there until Ctrl-C. */
async function visitTarget(flags: DemoFlags, url: string): Promise<void> {
  const { visitByHttp } = await import('../visit-by-http.ts')
  const ending = new AbortController()
  process.once('SIGINT', () => ending.abort())
  process.once('SIGTERM', () => ending.abort())
  const bar = progressBar()
  const sent = await visitByHttp({
    url,
    key: flags.key ?? '',
    seed: seedOf(flags.seed),
    timeZone: configOf(flags).timeZone,
    ratePerSecond: wholeNumberFlag('--rate', flags.rate, { least: 1, most: 1000 }),
    speed: 1,
    pastHours: 0,
    putsProducts: true,
    hasStorefront: true,
    nowMs: () => Date.now(),
    signal: ending.signal,
    onProgress: bar.onProgress,
  }).finally(() => bar.finish())
  print(`${sent.toLocaleString('en')} events sent to ${url}`)
}

/** @throws HEM_CONFIG_INVALID */
function seedOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new HemlineError('HEM_CONFIG_INVALID', {
    subject: '--seed',
    expected: 'a whole number of at most nine digits',
    got: `"${text}"`,
    remedy: 'correct it',
  })
}

function absolute(path: string | undefined): string | null {
  return path === undefined ? null : resolve(path)
}

function printWhatRuns(server: RunningServer): void {
  for (const line of server.whatRuns()) print(line)
}

async function end(server: RunningServer, exitCode: number): Promise<never> {
  print('stopping: finishing what was accepted …')
  const tooLong = setTimeout(() => {
    printError(
      new Error('stopping took too long; what was accepted is in the stream and is finished at the next start'),
    )
    process.exit(1)
  }, STOP_TIMEOUT_MS)
  try {
    await server.stop()
  } catch (error) {
    printError(error)
    process.exit(1)
  }
  clearTimeout(tooLong)
  print('stopped; everything accepted is stored')
  // Libraries may keep a timer; all that matters is closed.
  process.exit(exitCode)
}

function untilSignal(): { readonly signal: Promise<void>; isEnding(): boolean } {
  let isEnding = false
  let endingMs = 0
  const signal = new Promise<void>((resolve) => {
    const onSignal = () => {
      // npm passes on the signal that the terminal has sent already.
      if (isEnding && performance.now() - endingMs < SAME_SIGNAL_MS) return
      if (isEnding) process.exit(1)
      isEnding = true
      endingMs = performance.now()
      resolve()
    }
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
  })
  return { signal, isEnding: () => isEnding }
}
