/**
 * cli/evaluate: `hemline evaluate`.
 *
 * In: session files of a train and a test period, or one file of events.
 * Out: how often the next product was foreseen, and how fast, beside baselines.
 * Invariant: it runs the recommender that serves the shop, not a copy.
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Option, type Command } from 'commander'
import { HemlineError, messageOf } from '../../std/errors.ts'
import type { EvaluationData } from '../../tools/evaluate/evaluate.ts'
import { ROW_FORMS, type RowForm } from '../../tools/evaluate/event-rows.ts'
import { wrongFlag } from './flags.ts'
import { print, printJson, progressBar } from './terminal.ts'

interface EvaluateFlags {
  readonly format: 'sessions' | RowForm
  readonly train?: string
  readonly test?: string
  readonly live?: boolean
  readonly catalog?: string
  readonly report?: string
  readonly exploration?: boolean
  readonly tastes?: boolean
  readonly json?: boolean
}

const FORMS = `
Files, packed with gzip or not:
  sessions       --train: a session a line, "id id id"
                 --test:  a pair a line, "id id<TAB>next id"; with --live a session a line, "id:unix_seconds id:unix_seconds"
  uci-clothing   FILE with the header "year;month;day;order;country;session ID;…"; the newest fifth of its sessions is foreseen
  retailrocket   FILE with the header "time_s<TAB>visitor<TAB>event<TAB>item<TAB>category"; the newest fifth of its events is foreseen`

export function addEvaluateCommand(program: Command): void {
  program
    .command('evaluate')
    .description('measure the recommender offline, beside baselines')
    .argument('[file]', 'events, where --format is not "sessions"')
    .addOption(
      new Option('--format <name>', 'form of the data').choices(['sessions', ...ROW_FORMS]).default('sessions'),
    )
    .option('--train <file>', 'sessions to learn from, one a line')
    .option('--test <file>', 'pairs to foresee; with --live sessions with times')
    .option('--live', 'predict every prefix, then learn from it, in order of time')
    .option('--catalog <file>', 'catalogue, for the baseline "random of the same sub_category" and for --tastes')
    .option('--exploration', 'how new products find their shoppers, in a made-up shop; needs no files')
    .option('--tastes', 'how well lists fit hidden tastes of made-up shoppers; needs no files, takes --catalog')
    .option('--report <file>', 'write the figures as one HTML page')
    .option('--json', 'print the figures as JSON')
    .addHelpText('after', FORMS)
    .action(async (file: string | undefined, flags: EvaluateFlags) => {
      if (flags.exploration) return explore(flags)
      if (flags.tastes) return taste(flags)
      const data = dataOf(file, flags)
      const [{ evaluate }, { formatEvaluation }] = await Promise.all([
        import('../../tools/evaluate/evaluate.ts'),
        import('../../tools/evaluate/format-evaluation.ts'),
      ])
      const bar = progressBar()
      const report = await evaluate({
        ...data,
        catalog: flags.catalog === undefined ? null : resolve(flags.catalog),
        nowNs: () => process.hrtime.bigint(),
        onProgress: bar.onProgress,
      }).finally(() => bar.finish())
      if (flags.json) printJson(report)
      else print(formatEvaluation(report))
      if (flags.report === undefined) return
      const { evaluationPage } = await import('../../tools/evaluate/evaluation-page.ts')
      writePage(resolve(flags.report), evaluationPage(report, titleOf(file, flags)))
    })
}

const EXPLORATION = { seed: 7, visits: 3000 }
const TASTES = { seed: 7, trainVisits: 20_000, testVisits: 200 }

async function explore({ json }: EvaluateFlags): Promise<void> {
  const { formatExploration, measureExploration } = await import('../../tools/evaluate/exploration.ts')
  const figures = measureExploration(EXPLORATION)
  if (json) printJson(figures)
  else print(formatExploration(figures))
}

async function taste({ json, catalog }: EvaluateFlags): Promise<void> {
  const [{ formatTastes, measureTastes }, { readCatalogue }] = await Promise.all([
    import('../../tools/evaluate/tastes.ts'),
    import('../../steps/collect/imports/catalogue-file.ts'),
  ])
  const rows = catalog === undefined ? null : await readCatalogue({ path: resolve(catalog), images: false })
  const products = rows?.flatMap((row) => ('product' in row ? [row.product] : []))
  const bar = progressBar()
  const catalogue = products === undefined ? {} : { catalogue: products }
  const figures = measureTastes({ ...TASTES, ...catalogue, onProgress: bar.onProgress })
  bar.finish()
  if (json) printJson(figures)
  else print(formatTastes(figures))
}

function dataOf(file: string | undefined, { format, train, test, live }: EvaluateFlags): EvaluationData {
  if (format !== 'sessions') {
    if (file === undefined)
      throw wrongFlag('--format', `a file after it: hemline evaluate FILE --format ${format}`, format)
    return { events: resolve(file), form: format }
  }
  if (file !== undefined)
    throw wrongFlag('FILE', `--format ${ROW_FORMS.join(' or ')} with it, else --train and --test`, file)
  if (train === undefined || test === undefined) {
    throw wrongFlag(
      '--train and --test',
      'both, or FILE with --format, or --exploration or --tastes',
      [train, test].filter(Boolean).join(' '),
    )
  }
  return { train: resolve(train), test: resolve(test), live: live === true }
}

function writePage(path: string, page: string): void {
  try {
    writeFileSync(path, page)
  } catch (cause) {
    throw new HemlineError('HEM_FILE_UNWRITABLE', {
      subject: path,
      expected: 'a file that can be written',
      got: messageOf(cause),
      remedy: 'correct the path, or make room on the disk',
      cause,
    })
  }
}

function titleOf(file: string | undefined, { test, format }: EvaluateFlags): string {
  return `${(file ?? test ?? '').split('/').at(-1) ?? ''} (${format})`
}
