/**
 * cli/simulate: `hemline simulate`.
 *
 * In: a seed and how many events.
 * Out: a file of events in the public format, for tests and loads.
 * Invariant: the same seed and end time give the same bytes.
 */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { HemlineError } from '../../std/errors.ts'
import { configOf, withDataFlag } from './settings.ts'
import { print, progressBar } from './terminal.ts'

interface SimulateFlags {
  readonly events: string
  readonly seed: string
  readonly out: string
  readonly until?: string
}

export function addSimulateCommand(program: Command): void {
  withDataFlag(program.command('simulate'))
    .description("make a shop's events and write them to a file")
    .requiredOption('--out <file>', 'NDJSON file to write, .gz or not')
    .option('--events <number>', 'about how many events', '100000')
    .option('--seed <number>', 'seed', '7')
    .option('--until <time>', 'when the last event happens, ISO 8601 (default: now)')
    .action(async (flags: SimulateFlags) => {
      const { simulateToFile } = await import('../../tools/simulate/simulate-to-file.ts')
      const bar = progressBar()
      const untilMs = flags.until === undefined ? Date.now() : Date.parse(flags.until)
      const written = await simulateToFile({
        path: resolve(flags.out),
        events: wholeNumber('--events', flags.events),
        seed: wholeNumber('--seed', flags.seed),
        nowMs: Number.isNaN(untilMs) ? wrong('--until', 'an ISO 8601 time', flags.until ?? '') : untilMs,
        timeZone: configOf(flags).timeZone,
        onProgress: bar.onProgress,
      }).finally(() => bar.finish())
      print(`${written.toLocaleString('en')} events in ${flags.out}`)
    })
}

function wholeNumber(flag: string, text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : wrong(flag, 'a whole number', text)
}

function wrong(flag: string, expected: string, got: string): never {
  throw new HemlineError('HEM_CONFIG_INVALID', { subject: flag, expected, got: `"${got}"`, remedy: 'correct it' })
}
