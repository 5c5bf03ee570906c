/**
 * cli/evaluate: `hemline evaluate`.
 *
 * In: session files of a train and a test period.
 * Out: how often the next product was foreseen, and how fast, beside baselines.
 * Invariant: it runs the recommender that serves the shop, not a copy.
 */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { print, printJson, progressBar } from './terminal.ts'

interface EvaluateFlags {
  readonly train?: string
  readonly test?: string
  readonly exploration?: boolean
  readonly live?: boolean
  readonly catalog?: string
  readonly json?: boolean
}

export function addEvaluateCommand(program: Command): void {
  program
    .command('evaluate')
    .description('measure the recommender offline, beside baselines')
    .option('--train <file>', 'sessions to learn from, one a line, .gz or not')
    .option('--test <file>', 'pairs to foresee; with --live sessions with times')
    .option('--live', 'predict every prefix, then learn from it, in order of time')
    .option('--catalog <file>', 'catalogue, for the baseline "random of the same sub_category"')
    .option('--exploration', 'how new products find their shoppers, in a made-up shop; needs no files')
    .option('--json', 'print the figures as JSON')
    .action(async (flags: EvaluateFlags, command: Command) => {
      if (flags.exploration) return explore(flags)
      if (flags.train === undefined || flags.test === undefined)
        command.error('give --train and --test, or --exploration')
      const [{ evaluate }, { formatEvaluation }] = await Promise.all([
        import('../../tools/evaluate/evaluate.ts'),
        import('../../tools/evaluate/format-evaluation.ts'),
      ])
      const bar = progressBar()
      const report = await evaluate({
        train: resolve(flags.train),
        test: resolve(flags.test),
        live: flags.live === true,
        catalog: flags.catalog === undefined ? null : resolve(flags.catalog),
        nowNs: () => process.hrtime.bigint(),
        onProgress: bar.onProgress,
      }).finally(() => bar.finish())
      if (flags.json) printJson(report)
      else print(formatEvaluation(report))
    })
}

const EXPLORATION = { seed: 7, visits: 3000 }

async function explore({ json }: EvaluateFlags): Promise<void> {
  const { formatExploration, measureExploration } = await import('../../tools/evaluate/exploration.ts')
  const figures = measureExploration(EXPLORATION)
  if (json) printJson(figures)
  else print(formatExploration(figures))
}
