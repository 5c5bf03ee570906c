/**
 * backup/restore-backup: a data folder from a backup, or only whether a backup is whole.
 *
 * In: a store that holds a backup.
 * Out: the data folder as of the moment of the backup.
 * Guarantee: every byte is compared with its SHA-256. The folder appears under its name whole or not at all.
 * Malformed: a missing or altered file ends it, with the file's name.
 */
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FileStore } from '../../parts/lake/port.ts'
import { HemlineError } from '../../std/errors.ts'
import { copyFile } from './copy-file.ts'
import { newestManifest, storedPath, type BackedFile, type BackupManifest } from './manifest.ts'
import type { OnFiles } from './store-backup.ts'

export interface RestoreBackupOptions {
  readonly store: FileStore
  /** Absent or empty. */
  readonly into: string
  /** Called with the folder before it gets its name. */
  readonly finish: (folder: string) => void
  readonly onProgress: OnFiles
}

/** @throws HEM_BACKUP_MISSING, HEM_BACKUP_BROKEN */
export async function restoreBackup(options: RestoreBackupOptions): Promise<BackupManifest> {
  const { store, into, finish, onProgress } = options
  const unfinished = `${into}.restoring`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true, mode: 0o700 })
  const folders = new Set([unfinished])
  const manifest = await eachFile(store, { label: 'restore', onProgress }, async (file, from) => {
    const to = join(unfinished, file.path)
    await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    for (let folder = dirname(to); !folders.has(folder); folder = dirname(folder)) folders.add(folder)
    return copyFile(from, to)
  })
  finish(unfinished)
  for (const folder of folders) await flush(folder)
  await rename(unfinished, into)
  await flush(dirname(into))
  return manifest
}

/** Reads every byte of a backup. @throws HEM_BACKUP_MISSING, HEM_BACKUP_BROKEN */
export function verifyBackup(store: FileStore, onProgress: OnFiles): Promise<BackupManifest> {
  return eachFile(store, { label: 'verify', onProgress }, (_, from) => copyFile(from, null))
}

async function eachFile(
  store: FileStore,
  { label, onProgress }: { readonly label: string; readonly onProgress: OnFiles },
  use: (file: BackedFile, from: string) => ReturnType<typeof copyFile>,
): Promise<BackupManifest> {
  const manifest = await newestManifest(store)
  if (manifest === null) throw noBackup()
  for (const [done, file] of manifest.files.entries()) {
    onProgress({ label, done, total: manifest.files.length })
    const { sha256 } = await use(file, await placeOf(store, file))
    if (sha256 !== file.sha256) throw broken(file, `bytes with SHA-256 ${sha256}`)
  }
  onProgress({ label, done: manifest.files.length, total: manifest.files.length })
  return manifest
}

async function placeOf(store: FileStore, file: BackedFile): Promise<string> {
  try {
    return await store.localPath(storedPath(file.sha256))
  } catch (cause) {
    if (!(cause instanceof HemlineError) || cause.code !== 'HEM_LAKE_FILE_MISSING') throw cause
    throw broken(file, 'nothing', cause)
  }
}

async function flush(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function noBackup(): HemlineError {
  return new HemlineError('HEM_BACKUP_MISSING', {
    subject: 'the place of the backup',
    expected: 'a backup',
    got: 'none',
    remedy: 'name the folder or address that was given to "hemline backup"',
  })
}

function broken(file: BackedFile, got: string, cause?: unknown): HemlineError {
  return new HemlineError('HEM_BACKUP_BROKEN', {
    subject: `${storedPath(file.sha256)}, which is ${file.path}`,
    expected: `${file.bytes} bytes with the SHA-256 of its name`,
    got,
    remedy: 'take another copy of the backup; or back up again where the data folder is still there',
    cause,
  })
}
