/**
 * cli/keys: `hemline keys`.
 *
 * In: nothing, or the role whose key is to be replaced; or the secret of a deployment on AWS.
 * Out: the keys of this shop, the admin key only when it is new; or those that the deployment has.
 * Invariant: an old key stops working as soon as the new one is shown.
 */
import { readFileSync } from 'node:fs'
import { Option, type Command } from 'commander'
import { seededKeys } from '../../parts/access/seeded-keys.ts'
import { isObject } from '../../std/object.ts'
import { ask } from './ask.ts'
import { wrongFlag } from './flags.ts'
import { configOf, withDataFlag } from './settings.ts'
import { print, printJson, printTable } from './terminal.ts'

interface ShownKey {
  readonly role: string
  readonly key: string | null
  readonly use: string
}

interface KeysFlags {
  readonly rotate?: string
  readonly secret?: string
  readonly json?: boolean
}

export function addKeysCommand(program: Command): void {
  withDataFlag(program.command('keys'))
    .description('show the keys, or replace one')
    .addOption(
      new Option('--rotate <role>', 'make a new key for this role').choices(['write', 'read', 'server', 'admin']),
    )
    .option('--secret <file>', 'the keys of a deployment on AWS, from its secret; - reads standard input')
    .option('--json', 'print an array of keys')
    .action(async (flags: KeysFlags) => {
      if (flags.secret !== undefined) return showDeployed(flags.secret, flags.json === true)
      const keys = await ask<readonly ShownKey[]>(configOf(flags), 'keys', { rotate: flags.rotate ?? null })
      if (flags.json) return printJson(keys)
      printTable(
        ['role', 'key', 'use'],
        keys.map((key) => [key.role, key.key ?? '(hidden; --rotate admin makes a new one)', key.use]),
      )
      if (flags.rotate !== undefined) print(`\nThe old ${flags.rotate} key no longer works.`)
    })
}

function showDeployed(file: string, asJson: boolean): void {
  const keys = seededKeys(seedIn(readFileSync(file === '-' ? process.stdin.fd : file, 'utf8')))
  if (asJson) return printJson(keys)
  printTable(
    ['role', 'key'],
    keys.map(({ role, key }) => [role, key]),
  )
}

function seedIn(text: string): string {
  try {
    const secret: unknown = JSON.parse(text)
    if (isObject(secret) && typeof secret['seed'] === 'string' && secret['seed'] !== '') return secret['seed']
  } catch {
    // Not JSON: refused below, without showing what may be half a secret.
  }
  throw wrongFlag('--secret', 'the JSON text of the secret "hemline/keys"', 'something else')
}
