/**
 * cli/simulate: `hemline simulate`.
 *
 * In: a seed and how many events.
 * Out: a file of events in the public format, for tests and loads.
 * Invariant: the same seed and end time give the same bytes.
 */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { timeFlag, wholeNumberFlag } from './flags.ts'
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
      const written = await simulateToFile({
        path: resolve(flags.out),
        events: wholeNumberFlag('--events', flags.events),
        seed: wholeNumberFlag('--seed', flags.seed),
        nowMs: flags.until === undefined ? Date.now() : timeFlag('--until', flags.until),
        timeZone: configOf(flags).timeZone,
        onProgress: bar.onProgress,
      }).finally(() => bar.finish())
      print(`${written.toLocaleString('en')} events in ${flags.out}`)
    })
}
