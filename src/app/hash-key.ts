/**
 * app/hash-key: the secret that turns e-mail addresses into hashes nobody can guess.
 *
 * In: the data folder.
 * Out: 32 bytes, the same at every start.
 * Invariant: readable by its owner only; without it no hash in the lake can be recomputed.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const HASH_KEY_FILE_NAME = 'hash-key'
const KEY_BYTES = 32

/** @returns hexadecimal text of 32 bytes */
export function openHashKey(folder: string): string {
  const path = join(folder, HASH_KEY_FILE_NAME)
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    const key = randomBytes(KEY_BYTES).toString('hex')
    writeFileSync(`${path}.new`, `${key}\n`, { mode: 0o600 })
    renameSync(`${path}.new`, path)
    return key
  }
}
