/**
 * cli/verify: `hemline verify` and `hemline repair`.
 *
 * In: the settings.
 * Out: what was read and what is damaged, with what to do about it; or what was made good.
 * Invariant: `verify` changes nothing; exit code 1 where something is damaged or does not add up.
 */
import type { Command } from 'commander'
import { dataPaths, findOwner, lockFolder } from '../data-folder.ts'
import type { VerifyReport } from '../verify-report.ts'
import { ask } from './ask.ts'
import { configOf, withDataFlag } from './settings.ts'
import { print, printJson } from './terminal.ts'

export function addVerifyCommands(program: Command): void {
  withDataFlag(program.command('verify'))
    .description('read every file of the lake, and count every event: is what was written still there?')
    .option('--json', 'print the report as JSON')
    .action(async (flags: { json?: boolean }) => {
      const config = configOf(flags)
      const unreadable = await unreadableTables(config.dataFolder)
      if (unreadable.length > 0) {
        // The pipeline cannot start on such a lake.
        for (const name of unreadable) print(`✗ ${name}: its newest metadata cannot be read\n  → hemline repair`)
        process.exitCode = 1
        return
      }
      const report = await ask<VerifyReport>(config, 'verify', null)
      if (flags.json) printJson(report)
      else for (const line of report.lines) print(line)
      if (!report.isSound) process.exitCode = 1
    })

  withDataFlag(program.command('repair'))
    .description('make damaged tables good again, from landing, the stream or the shop')
    .action(async (flags: object) => {
      const config = configOf(flags)
      const discarded = await setAsideUnreadable(config.dataFolder)
      for (const { name, versions } of discarded)
        print(`${name}: ${versions} unreadable versions of its metadata set aside; what they held is delivered again`)
      const done = await ask<readonly string[]>(config, 'repair', null)
      for (const line of done) print(line)
      if (done.length + discarded.length === 0) print('Nothing is damaged.')
      else print('Run "hemline verify" to see that all is well.')
    })
}

async function unreadableTables(root: string): Promise<readonly string[]> {
  if ((await findOwner(root)) !== null) return []
  const { unreadablePointers } = await import('../lake-access.ts')
  return unreadablePointers(dataPaths(root))
}

async function setAsideUnreadable(
  root: string,
): Promise<readonly { readonly name: string; readonly versions: number }[]> {
  if ((await findOwner(root)) !== null) return []
  const { discardUnreadablePointers } = await import('../lake-access.ts')
  const lock = await lockFolder(root)
  try {
    return await discardUnreadablePointers(lock.paths)
  } finally {
    await lock.release()
  }
}
