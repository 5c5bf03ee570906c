/**
 * embedded/free-pages: bytes that LMDB no longer needs, overwritten.
 *
 * In: an LMDB environment, through four calls.
 * Out: its file without what freed pages held.
 * Invariant: nothing that is kept changes. LMDB never clears a page that it frees: it lies in the file until something new is
 *   written there. So pages of zeros are written until none of them finds a freed page to lie in, and are removed again.
 */
import { closeSync, openSync, readSync } from 'node:fs'

/** Fits one overflow page with its head, so that each value takes one page, wherever one is free. */
export const FILLER = Buffer.alloc(4000)

/** A mebibyte: more would hold up those who append. */
const PAGES_PER_ROUND = 256
/** So often the file must have grown by whole rounds: others may have taken the pages that a single round found free. */
const FULL_ROUNDS = 3
/** A quarter of a terabyte. */
const ROUNDS_MAX = 250_000
const CHUNK_BYTES = 16 * 1024 * 1024

export interface PageFile {
  /** Writes `FILLER` under so many new keys, in one transaction. */
  fill(firstNumber: number, count: number): Promise<void>
  /** Removes all of it. */
  clear(): Promise<void>
  /** Number of the newest page of the file that was ever used. */
  lastPage(): number
}

/** @returns pages written */
export async function overwriteFreePages(file: PageFile): Promise<number> {
  let pages = 0
  let fullRounds = 0
  for (let round = 0; round < ROUNDS_MAX && fullRounds < FULL_ROUNDS; round++) {
    const before = file.lastPage()
    await file.fill(pages, PAGES_PER_ROUND)
    pages += PAGES_PER_ROUND
    fullRounds = file.lastPage() - before >= PAGES_PER_ROUND ? fullRounds + 1 : 0
  }
  await file.clear()
  return pages
}

/** Whether a file holds any of some short texts of bytes, wherever it is. */
export function holdsAny(path: string, needles: readonly Buffer[]): boolean {
  const longest = Math.max(0, ...needles.map((needle) => needle.length))
  const chunk = Buffer.alloc(CHUNK_BYTES + longest)
  const file = openSync(path, 'r')
  try {
    for (let at = 0; ; at += CHUNK_BYTES) {
      const length = readSync(file, chunk, 0, chunk.length, at)
      const read = chunk.subarray(0, length)
      if (needles.some((needle) => read.includes(needle))) return true
      if (length < chunk.length) return false
    }
  } finally {
    closeSync(file)
  }
}
