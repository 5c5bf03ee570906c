/**
 * app/restore-folder: a data folder made from a backup, and who may not come back with it.
 *
 * In: a store with a backup, the folder to make, and perhaps the list of erasures of the folder it replaces.
 * Out: a folder that Hemline starts on.
 * Invariant: everybody on either list is erased again at the next start, before Hemline says that it is ready.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { allDue, mergeErasures } from '../parts/access/suppression.ts'
import type { FileStore } from '../parts/lake/port.ts'
import { HemlineError } from '../std/errors.ts'
import { restoreBackup } from '../tools/backup/restore-backup.ts'
import type { OnFiles } from '../tools/backup/store-backup.ts'
import { ERASURE_FILE_NAME, readErasures, writeErasures } from '../wings/embedded/access/erasure-file.ts'

export interface RestoreFolderOptions {
  readonly store: FileStore
  /** Absent or empty. */
  readonly into: string
  /** `erasures.json` of the folder that is replaced, newer than the backup; null where it is lost. */
  readonly erasuresFile: string | null
  readonly onProgress: OnFiles
}

export interface RestoredFolder {
  readonly folder: string
  readonly made_at: string
  readonly files: number
  readonly bytes: number
  /** Erasures that the next start carries out again. */
  readonly erasures_due: number
}

/** @throws HEM_RESTORE_FOLDER_NOT_EMPTY, HEM_BACKUP_MISSING, HEM_BACKUP_BROKEN, HEM_FILE_UNREADABLE, HEM_ERASURES_UNREADABLE */
export async function restoreFolder({
  store,
  into,
  erasuresFile,
  onProgress,
}: RestoreFolderOptions): Promise<RestoredFolder> {
  if (existsSync(into) && readdirSync(into).length > 0) throw notEmpty(into)
  if (erasuresFile !== null && !existsSync(erasuresFile)) throw noErasures(erasuresFile)
  const newer = erasuresFile === null ? [] : readErasures(erasuresFile)
  let due = 0
  const finish = (folder: string): void => {
    const path = join(folder, ERASURE_FILE_NAME)
    const erasures = allDue(mergeErasures(readErasures(path), newer))
    due = erasures.length
    if (due > 0) writeErasures(path, erasures)
  }
  const { made_at, files } = await restoreBackup({ store, into, finish, onProgress })
  const bytes = files.reduce((total, file) => total + file.bytes, 0)
  return { folder: into, made_at, files: files.length, bytes, erasures_due: due }
}

function notEmpty(folder: string): HemlineError {
  return new HemlineError('HEM_RESTORE_FOLDER_NOT_EMPTY', {
    subject: `folder ${folder}`,
    expected: 'an empty one, or none',
    got: 'one that holds something',
    remedy: 'name another with --into, or move this one away',
  })
}

function noErasures(path: string): HemlineError {
  return new HemlineError('HEM_FILE_UNREADABLE', {
    subject: `file "${path}"`,
    expected: 'erasures.json of the data folder that is replaced',
    got: 'nothing under that name',
    remedy: 'correct its name; a data folder in which nobody was ever erased has none, and then leave --erasures out',
  })
}
