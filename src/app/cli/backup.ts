/**
 * cli/backup: `hemline backup` and `hemline restore`.
 *
 * In: a folder or s3:// address; for a restore, the data folder to make.
 * Out: how much was copied; a data folder as it was.
 * Invariant: copying happens in this process, so a running shop only lays its files out.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { openBackupPlace, type BackupPlace } from '../backup-store.ts'
import { HASH_KEY_FILE_NAME } from '../hash-key.ts'
import { restoreFolder } from '../restore-folder.ts'
import { verifyBackup } from '../../tools/backup/restore-backup.ts'
import { storeBackup } from '../../tools/backup/store-backup.ts'
import { ask } from './ask.ts'
import { configOf, withDataFlag } from './settings.ts'
import { print, printJson, progressBar } from './terminal.ts'

interface PlaceFlags {
  readonly region?: string
  readonly endpoint?: string
  readonly json?: boolean
}

interface RestoreFlags extends PlaceFlags {
  readonly into: string
  readonly erasures?: string
}

const OWNER_CHARACTERS = 16

export function addBackupCommands(program: Command): void {
  withPlaceFlags(withDataFlag(program.command('backup')))
    .description('copy the data folder, while it is in use or not; what is there already is not copied again')
    .argument('<place>', 'folder or s3://bucket/prefix, of this data folder alone')
    .option('--verify', 'then read every byte of the backup and compare it with its SHA-256')
    .action((place: string, flags: PlaceFlags & { verify?: boolean }) => backUp(place, flags))

  withPlaceFlags(program.command('restore'))
    .description('make a data folder from a backup')
    .argument('<place>', 'folder or s3://bucket/prefix')
    .requiredOption('--into <folder>', 'the data folder to make; empty, or not there yet')
    .option(
      '--erasures <file>',
      'erasures.json of the data folder that is replaced: who was forgotten since the backup',
    )
    .action(restore)
}

function withPlaceFlags(command: Command): Command {
  return command
    .option('--region <name>', 'region of the bucket, such as eu-central-1')
    .option('--endpoint <url>', "address of a server of one's own that speaks S3")
    .option('--json', 'print the counts as JSON')
}

async function backUp(place: string, flags: PlaceFlags & { verify?: boolean }): Promise<void> {
  const config = configOf(flags)
  const opened = await openPlace(place, flags, { outside: config.dataFolder, isMade: true })
  const bar = progressBar()
  try {
    const staged = await ask<{ folder: string; madeAt: string }>(config, 'stage-backup', null)
    try {
      const { folder, madeAt } = staged
      const { onProgress } = bar
      const stored = await storeBackup({ store: opened.store, folder, madeAt, owner: ownerOf(folder), onProgress })
      if (flags.verify) await verifyBackup(opened.store, onProgress)
      bar.finish()
      if (flags.json) return printJson({ ...stored, verified: flags.verify === true })
      print(
        `✓ ${size(stored)} as of ${stored.made_at}, of which ${size({ files: stored.copied_files, bytes: stored.copied_bytes })} were copied`,
      )
      if (flags.verify) print('✓ every byte of the backup is what it was')
    } finally {
      await rm(staged.folder, { recursive: true, force: true })
    }
  } finally {
    bar.finish()
    await opened.close()
  }
}

async function restore(place: string, flags: RestoreFlags): Promise<void> {
  const into = resolve(flags.into)
  const opened = await openPlace(place, flags, { outside: into, isMade: false })
  const bar = progressBar()
  try {
    const erasuresFile = flags.erasures === undefined ? null : resolve(flags.erasures)
    const restored = await restoreFolder({ store: opened.store, into, erasuresFile, onProgress: bar.onProgress })
    bar.finish()
    if (flags.json) return printJson(restored)
    print(`✓ ${into}: ${size(restored)} as of ${restored.made_at}`)
    if (restored.erasures_due > 0) print(`  ${restored.erasures_due} erasures are carried out again at the next start`)
    if (erasuresFile === null)
      print(
        '! who was forgotten since then is known only to erasures.json of the folder that is replaced: see --erasures',
      )
    print(`  → hemline verify --data ${into}`)
  } finally {
    bar.finish()
    await opened.close()
  }
}

function openPlace(
  place: string,
  { region = null, endpoint = null }: { readonly region?: string | null; readonly endpoint?: string | null },
  given: { readonly outside: string; readonly isMade: boolean },
): Promise<BackupPlace> {
  return openBackupPlace({ place, region, endpoint, ...given })
}

/** Tells installations apart and nothing else. */
function ownerOf(folder: string): string {
  const key = readFileSync(join(folder, HASH_KEY_FILE_NAME))
  return createHash('sha256').update(key).digest('hex').slice(0, OWNER_CHARACTERS)
}

function size({ files, bytes }: { readonly files: number; readonly bytes: number }): string {
  return `${files.toLocaleString('en')} ${files === 1 ? 'file' : 'files'}, ${(bytes / 1e6).toFixed(1)} MB`
}
