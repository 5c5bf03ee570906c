/**
 * cli/forget: `hemline forget`.
 *
 * In: the id of a user or of a visitor.
 * Out: a receipt: what was removed where, when, and how long it took; or what would be.
 * Invariant: nothing printed names the person; what is done cannot be undone.
 */
import type { Command } from 'commander'
import type { RemovedAt } from '../../parts/access/suppression.ts'
import type { PersonNamed, ShownReceipt } from '../erasures.ts'
import { ask } from './ask.ts'
import { configOf, withDataFlag } from './settings.ts'
import { print, printJson, printTable } from './terminal.ts'

interface ForgetFlags {
  readonly user?: string
  readonly visitor?: string
  readonly dryRun?: boolean
  readonly readmit?: boolean
  readonly json?: boolean
}

export function addForgetCommand(program: Command): void {
  withDataFlag(program.command('forget'))
    .description('erase a person everywhere, for good: lists, model, stream, every snapshot of the lake')
    .option('--user <id>', 'a user, with every browser that is theirs alone')
    .option('--visitor <id>', 'one browser')
    .option('--dry-run', 'print what would go, and change nothing')
    .option('--readmit', 'with --user: nightly copies may hold this user again; brings nothing back')
    .option('--json', 'print the receipt as JSON')
    .action(async (flags: ForgetFlags, command: Command) => {
      const person = personOf(flags, command)
      if (flags.readmit) return readmit(flags, person, command)
      const config = configOf(flags)
      if (flags.dryRun) {
        const counts = await ask<readonly RemovedAt[]>(config, 'forget-preview', person)
        if (flags.json) return printJson(counts)
        printCounts(counts)
        return print('\nNothing was changed. Without --dry-run this goes for good.')
      }
      const receipt = await ask<ShownReceipt>(config, 'forget', person)
      if (flags.json) return printJson(receipt)
      print(`Receipt ${receipt.erasure_id}: a ${receipt.kind} was erased at ${receipt.erased_at}.\n`)
      printCounts(receipt.removed)
      print(
        `\nDone at ${receipt.finished_at}, after ${(receipt.duration_ms / 1000).toFixed(1)} s. Orders keep their sums.`,
      )
    })
}

function personOf({ user, visitor }: ForgetFlags, command: Command): PersonNamed {
  if (user !== undefined && visitor === undefined) return { kind: 'user', id: user }
  if (visitor !== undefined && user === undefined) return { kind: 'visitor', id: visitor }
  return command.error('give --user or --visitor, one of the two')
}

async function readmit(flags: ForgetFlags, person: PersonNamed, command: Command): Promise<void> {
  if (person.kind !== 'user' || flags.dryRun) command.error('--readmit goes with --user alone')
  await ask<ShownReceipt>(configOf(flags), 'readmit', { userId: person.id })
  if (flags.json) printJson({ readmitted: true })
  else print('Nightly copies hold this user from now on, with orders placed from now on. What was erased stays erased.')
}

function printCounts(counts: readonly RemovedAt[]): void {
  const rows = counts.map(({ place, counts: found }) => [
    place,
    Object.entries(found)
      .map(([what, count]) => `${count.toLocaleString('en')} ${what}`)
      .join(', '),
  ])
  printTable(['place', 'removed'], rows)
}
