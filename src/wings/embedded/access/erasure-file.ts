/**
 * embedded/access/erasure-file: the suppression list and the receipts in one file of the data folder.
 *
 * In: the file `erasures.json`, readable by its owner only.
 * Out: all erasures, as newest on disk.
 * Invariant: the file is replaced as a whole and flushed, so a crash leaves the older or the newer list.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Erasure, ErasureStore } from '../../../parts/access/suppression.ts'
import { HemlineError } from '../../../std/errors.ts'

export const ERASURE_FILE_NAME = 'erasures.json'
const FORMAT_VERSION = 1
const OWNER_ONLY = 0o600

/** @param folder the data folder */
export function openErasureFile(folder: string): ErasureStore {
  const path = join(folder, ERASURE_FILE_NAME)
  return {
    isThere: () => existsSync(path),
    list: () => readErasures(path),
    replace: (erasures) => writeErasures(path, erasures),
    put(erasure) {
      const known = readErasures(path)
      const place = known.findIndex((other) => other.erasure_id === erasure.erasure_id)
      writeErasures(path, place < 0 ? [...known, erasure] : known.with(place, erasure))
    },
  }
}

/** @throws HEM_ERASURES_UNREADABLE: without its list a folder must not be filled again */
export function readErasures(path: string): readonly Erasure[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw unreadable(path, error)
  }
  try {
    const { version, erasures } = JSON.parse(text) as { version: number; erasures: readonly Erasure[] }
    if (version === FORMAT_VERSION && Array.isArray(erasures)) return erasures
  } catch (cause) {
    throw unreadable(path, cause)
  }
  throw unreadable(path, new Error('another version'))
}

export function writeErasures(path: string, erasures: readonly Erasure[]): void {
  const fresh = `${path}.new`
  const file = openSync(fresh, 'w', OWNER_ONLY)
  try {
    writeSync(file, `${JSON.stringify({ version: FORMAT_VERSION, erasures }, null, 1)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(fresh, path)
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

function unreadable(path: string, cause: unknown): HemlineError {
  return new HemlineError('HEM_ERASURES_UNREADABLE', {
    subject: `erasure list ${path}`,
    expected: `a list of version ${FORMAT_VERSION}`,
    got: 'a file that cannot be read as one',
    remedy: 'restore it from the newest backup; without it the nightly copy could bring erased people back',
    cause,
  })
}
