/**
 * embedded/serving/serving-files: whether the files of a serving store can be trusted.
 *
 * In: the store's folder, a name for this boot of the machine, and files to begin with where the log no longer does.
 * Out: the folder; begun anew where the machine went down while the store was open.
 * Invariant: the store is written without fsync. A killed process harms nothing, since the kernel has the pages; after
 *   a power cut pages may be missing, so what was open then is thrown away and made again from the stream.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const STATE_FILE = 'state.json'
/** LMDB's own name for its pages. */
const PAGES_FILE = 'data.mdb'

interface State {
  /** The boot during which the store was last opened. */
  readonly bootId: string
  /** Whether it was closed with its pages on disk. */
  readonly isClean: boolean
}

/**
 * To be called before the store is opened.
 *
 * @param bootId differs after each start of the machine
 * @param layOut puts files of an older store into the empty folder, where the log has been trimmed
 * @returns whether what was there was thrown away
 */
export function prepareServingFolder(folder: string, bootId: string, layOut: (folder: string) => void): boolean {
  const state = readState(folder)
  const isLost = existsSync(folder) && !(state?.isClean ?? false) && state?.bootId !== bootId
  if (isLost) rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  if (!existsSync(join(folder, PAGES_FILE))) layOut(folder)
  writeState(folder, { bootId, isClean: false })
  return isLost
}

/** To be called once the store is closed: its pages go to disk, and the next start trusts them. */
export function sealServingFolder(folder: string, bootId: string): void {
  const pages = openSync(join(folder, PAGES_FILE), 'r+')
  fsyncSync(pages)
  closeSync(pages)
  writeState(folder, { bootId, isClean: true })
}

function readState(folder: string): State | null {
  try {
    return JSON.parse(readFileSync(join(folder, STATE_FILE), 'utf8')) as State
  } catch {
    return null
  }
}

function writeState(folder: string, state: State): void {
  const file = openSync(join(folder, STATE_FILE), 'w')
  writeSync(file, JSON.stringify(state))
  fsyncSync(file)
  closeSync(file)
}
