/**
 * cli/keys: `hemline keys`.
 *
 * In: nothing, or the role whose key is to be replaced.
 * Out: the keys of this shop; the admin key only when it is new.
 * Invariant: an old key stops working as soon as the new one is shown.
 */
import { Option, type Command } from 'commander'
import { ask } from './ask.ts'
import { configOf, withDataFlag } from './settings.ts'
import { print, printJson, printTable } from './terminal.ts'

interface ShownKey {
  readonly role: string
  readonly key: string | null
  readonly use: string
}

export function addKeysCommand(program: Command): void {
  withDataFlag(program.command('keys'))
    .description('show the keys, or replace one')
    .addOption(
      new Option('--rotate <role>', 'make a new key for this role').choices(['write', 'read', 'server', 'admin']),
    )
    .option('--json', 'print an array of keys')
    .action(async (flags: { rotate?: string; json?: boolean }) => {
      const keys = await ask<readonly ShownKey[]>(configOf(flags), 'keys', { rotate: flags.rotate ?? null })
      if (flags.json) return printJson(keys)
      printTable(
        ['role', 'key', 'use'],
        keys.map((key) => [key.role, key.key ?? '(hidden; --rotate admin makes a new one)', key.use]),
      )
      if (flags.rotate !== undefined) print(`\nThe old ${flags.rotate} key no longer works.`)
    })
}
