/**
 * workers/stage-backup: the data folder as of one moment, laid out beside it, for a backup to be taken from at leisure.
 *
 * In: the lake and the stream, in a turn of the lake's worker: nothing is delivered, trimmed or erased meanwhile.
 * Out: a folder with links to the lake's files, which are never changed, and copies of everything else.
 * Invariant: what the lake holds is in the copy of the stream, or was trimmed from it before; the base is older than that copy.
 */
import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Lake } from '../../parts/lake/lake.ts'
import { ERASURE_FILE_NAME } from '../../wings/embedded/access/erasure-file.ts'
import { KEY_FILE_NAME } from '../../wings/embedded/access/key-file.ts'
import type { StreamTrimmer } from '../../wings/embedded/stream/lmdb-trimmer.ts'
import type { DataPaths } from '../data-folder.ts'
import { HASH_KEY_FILE_NAME } from '../hash-key.ts'

export interface StageContext {
  readonly paths: DataPaths
  readonly lake: Lake
  readonly trimmer: StreamTrimmer
}

const STAGE_FOLDER = 'backup'
/** A base may be replaced by a newer one while it is copied. */
const COPY_ATTEMPTS_MAX = 5

/** @returns the folder; one that was left behind is removed first */
export async function stageBackup({ paths, lake, trimmer }: StageContext): Promise<string> {
  const folder = join(paths.work, STAGE_FOLDER)
  rmSync(folder, { recursive: true, force: true })
  for (const name of lake.tableNames) {
    for (const path of await lake.filesOf(name)) linkInto(join(paths.lake, path), join(folder, 'lake', path))
  }
  copyBase(paths.base, join(folder, 'base'))
  const stream = join(folder, 'stream')
  mkdirSync(stream, { recursive: true })
  await trimmer.copyTo(stream)
  // Last, so that whoever is in the copies and erased by now is on the list.
  for (const name of [KEY_FILE_NAME, HASH_KEY_FILE_NAME, ERASURE_FILE_NAME]) {
    if (existsSync(join(paths.root, name))) cpSync(join(paths.root, name), join(folder, name))
  }
  return folder
}

function linkInto(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  linkSync(from, to)
}

function copyBase(from: string, to: string): void {
  for (let attempt = 1; existsSync(from); attempt++) {
    rmSync(to, { recursive: true, force: true })
    mkdirSync(to, { recursive: true })
    try {
      const whole = readdirSync(from).filter((name) => !name.includes('.'))
      for (const name of whole) cpSync(join(from, name), join(to, name), { recursive: true })
      return
    } catch (fault) {
      if (attempt === COPY_ATTEMPTS_MAX) throw fault
    }
  }
}
