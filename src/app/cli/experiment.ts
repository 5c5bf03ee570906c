/**
 * cli/experiment: `hemline experiment NAME`.
 *
 * In: an experiment's name.
 * Out: what each variant earned, with the lift over the first and its interval.
 * Invariant: works while the pipeline runs, and when it does not.
 */
import type { Command } from 'commander'
import type { ExperimentReport } from '../../tools/experiment/experiment-report.ts'
import { formatExperiment } from '../../tools/experiment/format-experiment.ts'
import { ask } from './ask.ts'
import { wrongFlag } from './flags.ts'
import { configOf, withDataFlag } from './settings.ts'
import { print, printJson } from './terminal.ts'

interface ExperimentFlags {
  readonly since?: string
  readonly base?: string
  readonly json?: boolean
}

export function addExperimentCommand(program: Command): void {
  withDataFlag(program.command('experiment'))
    .description('what each variant of an experiment earned, with lifts and intervals')
    .argument('<name>', 'as in the file of HEMLINE_EXPERIMENT')
    .option('--since <YYYY-MM-DD>', 'the first shop date that counts')
    .option('--base <variant>', 'the variant to compare with (default: the first by name)')
    .option('--json', 'print the report as JSON')
    .action(async (name: string, flags: ExperimentFlags) => {
      const { since = null, base = null } = flags
      if (since !== null && (!/^\d{4}-\d{2}-\d{2}$/.test(since) || Number.isNaN(Date.parse(since)))) {
        throw wrongFlag('--since', 'a date such as 2026-11-01', since)
      }
      const report = await ask<ExperimentReport>(configOf(flags), 'experiment', { name, since, base })
      if (flags.json) printJson(report)
      else print(formatExperiment(report))
    })
}
