/**
 * cli/score: `hemline score`.
 *
 * In: a truth file, such as `hemline simulate --truth` writes.
 * Out: how well recommender and trends find it, and whether the measured lift is the true one.
 * Invariant: text by default, the same figures as JSON with --json.
 */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { print, printJson, progressBar } from './terminal.ts'

interface ScoreFlags {
  readonly truth: string
  readonly events?: string
  readonly products?: string
  readonly json?: boolean
}

export function addScoreCommand(program: Command): void {
  program
    .command('score')
    .description('grade trends, recommender and lift against a known truth')
    .requiredOption('--truth <file>', 'what was planted, as `hemline simulate --truth` writes it')
    .option('--events <file>', 'NDJSON of events, .gz or not (default: the file that the truth names)')
    .option('--products <file>', 'NDJSON of products (default: the file that the truth names)')
    .option('--json', 'print the grades as JSON')
    .addHelpText('after', '\nIts form and what each grade means: docs/trends.md')
    .action(async (flags: ScoreFlags) => {
      const [{ score }, { formatScore }] = await Promise.all([
        import('../../tools/score/score.ts'),
        import('../../tools/score/format-score.ts'),
      ])
      const bar = progressBar()
      const grades = await score({
        truth: resolve(flags.truth),
        events: flags.events === undefined ? null : resolve(flags.events),
        products: flags.products === undefined ? null : resolve(flags.products),
        onProgress: bar.onProgress,
      }).finally(() => bar.finish())
      if (flags.json) printJson(grades)
      else print(formatScore(grades))
    })
}
