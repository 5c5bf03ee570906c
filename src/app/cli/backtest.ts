/**
 * cli/backtest: `hemline backtest --since DATE --config A.json --config B.json`.
 *
 * In: two configurations and a date.
 * Out: how often each would have shown what visitors did next, and the difference with its interval.
 * Invariant: reads the log itself and changes nothing, so that a running shop does no work for it.
 */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { DayBounds } from '../../parts/event/rule-schema.ts'
import { shopDayBounds } from '../../parts/shopdb/shop-day.ts'
import { HemlineError, messageOf } from '../../std/errors.ts'
import type { Configuration } from '../../tools/backtest/configuration.ts'
import { wholeNumberFlag, wrongFlag } from './flags.ts'
import { configOf, withDataFlag } from './settings.ts'
import { print, printJson, progressBar } from './terminal.ts'

interface BacktestFlags {
  readonly since: string
  readonly config: readonly string[]
  readonly seed: string
  readonly json?: boolean
}

export function addBacktestCommand(program: Command): void {
  withDataFlag(program.command('backtest'))
    .description("replay the shop's own log under two configurations and compare them")
    .requiredOption('--since <YYYY-MM-DD>', 'the first shop date that counts; all of the log is learned from')
    .requiredOption(
      '--config <file>',
      'a configuration, JSON; give it twice: A, then B',
      (file: string, before: readonly string[] | undefined) => [...(before ?? []), file],
    )
    .option('--seed <number>', 'seed of the interval', '7')
    .option('--json', 'print the comparison as JSON')
    .action(async (flags: BacktestFlags) => {
      const config = configOf(flags)
      const [first, second, ...more] = flags.config
      if (second === undefined || more.length > 0)
        throw wrongFlag('--config', 'two files', `${flags.config.length} of them`)
      if (!/^\d{4}-\d{2}-\d{2}$/.test(flags.since) || Number.isNaN(Date.parse(flags.since))) {
        throw wrongFlag('--since', 'a date such as 2026-11-01', flags.since)
      }
      const dayBounds: DayBounds = (shopDate) => shopDayBounds(shopDate, config.timeZone)
      const seed = wholeNumberFlag('--seed', flags.seed, { least: 1 })
      const [{ backtest }, { readConfiguration }, { formatBacktest }, { openLog, recordsBeforeLog }] =
        await Promise.all([
          import('../../tools/backtest/backtest.ts'),
          import('../../tools/backtest/configuration.ts'),
          import('../../tools/backtest/format-backtest.ts'),
          import('../log-reader.ts'),
        ])
      const read = (file: string): Configuration => readConfiguration(jsonOf(file), file, dayBounds)
      const [a, b] = [read(first), read(second)]
      const reader = openLog(config)
      const bar = progressBar()
      try {
        const sinceMs = dayBounds(flags.since).startMs
        const before = await recordsBeforeLog(config)
        const report = await backtest({ reader, before, a, b, sinceMs, seed, onProgress: bar.onProgress })
        bar.finish()
        if (flags.json) printJson(report)
        else print(formatBacktest(report))
      } finally {
        bar.finish()
        await reader.close()
      }
    })
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new HemlineError('HEM_FILE_UNREADABLE', {
      subject: `file "${file}"`,
      expected: 'a configuration, JSON',
      got: messageOf(cause),
      remedy: 'correct its name or what it holds',
      cause,
    })
  }
}
