/**
 * cli/nightly: `hemline nightly`.
 *
 * In: a date, or the first of many, in the shop's time zone.
 * Out: what was copied, with its sums.
 * Invariant: running it twice changes nothing.
 */
import type { Command } from 'commander'
import { ask } from './ask.ts'
import { configOf, withDataFlag } from './settings.ts'
import { print, printJson } from './terminal.ts'

interface NightlyFlags {
  readonly date?: string
  readonly since?: string
  readonly despiteChecks?: boolean
  readonly json?: boolean
}

export function addNightlyCommand(program: Command): void {
  withDataFlag(program.command('nightly'))
    .description("copy the shop's orders into the lake, as every night at 00:01 shop time")
    .option('--date <YYYY-MM-DD>', 'the shop date to copy (default: every missed date up to yesterday)')
    .option('--since <YYYY-MM-DD>', 'this date and all after it, up to yesterday')
    .option('--despite-checks', 'build the marts although a clean table breaks an expectation')
    .option('--json', 'print the run as JSON')
    .action(async (flags: NightlyFlags, command: Command) => {
      if (flags.date !== undefined && flags.since !== undefined) command.error('give --date or --since, not both')
      const summary = await ask<{ readonly text: string }>(configOf(flags), 'nightly', {
        date: flags.date ?? null,
        since: flags.since ?? null,
        despiteChecks: flags.despiteChecks ?? false,
      })
      if (flags.json) printJson(summary)
      else print(summary.text)
    })
}
