/**
 * cli/doctor: `hemline doctor`.
 *
 * In: the settings.
 * Out: findings in words, or as JSON.
 * Invariant: exit code 1 where something is bad.
 */
import type { Command } from 'commander'
import { examine } from '../../tools/doctor/checks.ts'
import { findOwner } from '../data-folder.ts'
import { configOf, withServerFlags } from './settings.ts'
import { print, printJson } from './terminal.ts'

const SIGNS = { good: '✓', warning: '!', bad: '✗' } as const

export function addDoctorCommand(program: Command): void {
  withServerFlags(program.command('doctor'))
    .description('look at this machine: Node, folder, disk, port, clock')
    .option('--json', 'print an array of findings')
    .action(async (flags: { json?: boolean }) => {
      const config = configOf(flags)
      const owner = await findOwner(config.dataFolder)
      const findings = await examine({
        ...config,
        nodeVersion: process.version,
        isRunning: owner !== null && new URL(owner.url).port === String(config.port),
        nowMs: () => Date.now(),
        monotonicMs: () => performance.now(),
      })
      if (flags.json) printJson(findings)
      else {
        for (const { check, verdict, found, remedy } of findings) {
          print(`${SIGNS[verdict]} ${check.padEnd(10)} ${found}${remedy === '' ? '' : `\n  → ${remedy}`}`)
        }
      }
      if (findings.some((finding) => finding.verdict === 'bad')) process.exitCode = 1
    })
}
