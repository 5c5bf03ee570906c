/**
 * cli/simulate: `hemline simulate`.
 *
 * In: a seed and how many events; or a running Hemline to visit.
 * Out: files of events, products and truth; or visitors, live.
 * Invariant: the same options and end time give the same bytes.
 */
import { dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { wholeNumberFlag, wrongFlag, timeFlag } from './flags.ts'
import { configOf, withDataFlag } from './settings.ts'
import { print, progressBar } from './terminal.ts'

interface SimulateFlags {
  readonly out?: string
  readonly events: string
  readonly days: string
  readonly seed: string
  readonly until?: string
  readonly catalog?: string
  readonly truth?: string
  readonly products?: string
  readonly trends: string
  readonly live?: boolean
  readonly url?: string
  readonly key: string
  readonly rate: string
  readonly speed: string
  readonly past: string
  readonly putProducts?: boolean
}

const HELP = `
A story for grading, two years of it, then its grades:
  hemline simulate --out shop/events.ndjson --events 2000000 --days 730 --truth shop/truth.json
  hemline score --truth shop/truth.json

Visitors for a running Hemline, yesterday in ten minutes and then as time passes:
  hemline simulate --live --past 24 --speed 144`

export function addSimulateCommand(program: Command): void {
  withDataFlag(program.command('simulate'))
    .description("make a shop's events and write them to a file, or visit a running Hemline")
    .option('--out <file>', 'NDJSON file to write, .gz or not')
    .option('--events <number>', 'about how many events', '100000')
    .option('--days <number>', 'days over which they spread, up to 730', '30')
    .option('--seed <number>', 'seed', '7')
    .option('--until <time>', 'when the last event happens, ISO 8601 (default: now)')
    .option('--catalog <file>', "a catalogue such as Kaggle's styles.csv, instead of 2,000 made products")
    .option(
      '--truth <file>',
      'plant trends, seasons, promotions, stock-outs and an effect of recommendations, and tell',
    )
    .option('--products <file>', 'NDJSON of the products (default: products.ndjson beside the truth)')
    .option('--trends <number>', 'trends to plant, with --truth', '24')
    .option('--live', 'visit a running Hemline over HTTP, until Ctrl-C')
    .option('--url <url>', 'with --live: where it runs (default: this machine, the port of the settings)')
    .option('--key <key>', 'with --live: a key that may write and read', 'demo')
    .option('--rate <number>', "with --live: events a second of the shop's time", '3')
    .option('--speed <number>', 'with --live: how fast time passes until it has caught up with now', '1')
    .option('--past <hours>', 'with --live: start this long ago, up to 167 hours', '0')
    .option('--put-products', 'with --live: put the products first; needs the server key')
    .addHelpText('after', HELP)
    .action(async (flags: SimulateFlags) => {
      if (flags.live === true) await visit(flags)
      else await write(flags)
    })
}

async function write(flags: SimulateFlags): Promise<void> {
  if (flags.out === undefined) throw wrongFlag('--out', 'a file to write, or --live', '')
  const { simulateToFile } = await import('../../tools/simulate/simulate-to-file.ts')
  const bar = progressBar()
  const truthPath = flags.truth === undefined ? null : resolve(flags.truth)
  const catalogue = flags.catalog === undefined ? null : await catalogueOf(flags.catalog)
  const written = await simulateToFile({
    path: resolve(flags.out),
    events: wholeNumberFlag('--events', flags.events),
    days: wholeNumberFlag('--days', flags.days, { least: 1, most: 730 }),
    seed: wholeNumberFlag('--seed', flags.seed),
    nowMs: flags.until === undefined ? Date.now() : timeFlag('--until', flags.until),
    timeZone: configOf(flags).timeZone,
    ...(catalogue === null ? {} : { catalogue }),
    ...(truthPath === null ? {} : { story: storyOf(flags, truthPath) }),
    onProgress: bar.onProgress,
  }).finally(() => bar.finish())
  print(`${written.toLocaleString('en')} events in ${flags.out}`)
  if (truthPath !== null)
    print(`what was planted is in ${flags.truth}; grade it with: hemline score --truth ${flags.truth}`)
}

function storyOf(flags: SimulateFlags, truthPath: string) {
  return {
    trends: wholeNumberFlag('--trends', flags.trends, { most: 1000 }),
    truthPath,
    productsPath: flags.products === undefined ? join(dirname(truthPath), 'products.ndjson') : resolve(flags.products),
  }
}

async function catalogueOf(path: string) {
  const { readCatalogue } = await import('../../steps/collect/imports/catalogue-file.ts')
  const rows = await readCatalogue({ path: resolve(path), images: false })
  return rows.flatMap((row) => ('product' in row ? [row.product] : []))
}

async function visit(flags: SimulateFlags): Promise<void> {
  const { visitByHttp } = await import('../visit-by-http.ts')
  const config = configOf(flags)
  const ending = new AbortController()
  process.once('SIGINT', () => ending.abort())
  process.once('SIGTERM', () => ending.abort())
  const bar = progressBar()
  const sent = await visitByHttp({
    url: flags.url ?? `http://127.0.0.1:${config.port}`,
    key: flags.key,
    seed: wholeNumberFlag('--seed', flags.seed),
    timeZone: config.timeZone,
    ratePerSecond: wholeNumberFlag('--rate', flags.rate, { least: 1, most: 1000 }),
    speed: wholeNumberFlag('--speed', flags.speed, { least: 1, most: 100_000 }),
    pastHours: wholeNumberFlag('--past', flags.past, { most: 167 }),
    putsProducts: flags.putProducts === true,
    hasStorefront: false,
    nowMs: () => Date.now(),
    signal: ending.signal,
    onProgress: bar.onProgress,
  }).finally(() => bar.finish())
  print(`${sent.toLocaleString('en')} events sent`)
}
