/**
 * cli/import: `hemline import-catalog` and `hemline import-events`.
 *
 * In: a file.
 * Out: how many rows were read, stored, known already and refused.
 * Invariant: read = stored + duplicates + refused, and it is shown.
 */
import { resolve } from 'node:path'
import { Option, type Command } from 'commander'
import { ask } from './ask.ts'
import { configOf, withDataFlag } from './settings.ts'
import { print, printJson } from './terminal.ts'

interface ImportSummary {
  readonly text: string
}

export function addImportCommands(program: Command): void {
  withDataFlag(program.command('import-catalog'))
    .description("load a catalogue such as Kaggle's styles.csv")
    .argument('<file>', 'CSV file, .gz or not')
    .option('--images', 'pictures lie in the folder that `hemline up --images FOLDER` serves')
    .option('--json', 'print the counts as JSON')
    .action(async (file: string, flags: { images?: boolean; json?: boolean }) => {
      const argument = { path: resolve(file), images: flags.images === true }
      show(await ask<ImportSummary>(configOf(flags), 'import-catalog', argument), flags)
    })

  withDataFlag(program.command('import-events'))
    .description('load events through the same stream as live ones')
    .argument('<file>', 'file of events, .gz or not')
    .addOption(
      new Option('--format <name>', 'what the file holds')
        .choices(['hemline', 'retailrocket', 'uci-clothing'])
        .makeOptionMandatory(),
    )
    .option('--json', 'print the counts as JSON')
    .action(async (file: string, flags: { format: string; json?: boolean }) => {
      const argument = { path: resolve(file), format: flags.format }
      show(await ask<ImportSummary>(configOf(flags), 'import-events', argument), flags)
    })
}

function show(summary: ImportSummary, flags: { json?: boolean }): void {
  if (flags.json) printJson(summary)
  else print(summary.text)
}
