/**
 * embedded/serving/serving-pages: the store's file, cleared of what its entries once held.
 *
 * In: the open store.
 * Out: the same entries, each written anew; freed pages overwritten.
 * Invariant: no entry changes; others may write in between. Pages are changed all the time and keep remains of older values in
 *   their unused middle, which LMDB leaves out when it copies a page for the next change: so every page is changed once. Keys of
 *   people are hashes, since a key may stay in the tree above the entries when its entry is gone.
 */
import { setImmediate } from 'node:timers/promises'
import { asBinary, type RootDatabase } from 'lmdb'
import { FILLER, overwriteFreePages, type PageFile } from '../free-pages.ts'

/** Some milliseconds of work, so that learning never waits long. */
const ENTRIES_PER_SLICE = 200
const FILLER_PREFIX = 'filler:'

type Store = RootDatabase<unknown, string>

export async function clearServingPages(db: Store): Promise<void> {
  await clearFiller(db)
  let after: string | null = null
  do {
    after = rewriteSlice(db, after)
    await setImmediate()
  } while (after !== null)
  await overwriteFreePages(pageFileOf(db))
}

/** Writes some entries anew. @returns the last one's key, or null where none is left */
function rewriteSlice(db: Store, after: string | null): string | null {
  return db.transactionSync(() => {
    const from = after === null ? {} : { start: after, exclusiveStart: true }
    const keys = [...db.getKeys({ ...from, limit: ENTRIES_PER_SLICE })]
    for (const key of keys) {
      const bytes = db.getBinary(key)
      // Copied, since the view on it ends when its page is changed.
      if (bytes !== undefined) db.putSync(key, asBinary(Buffer.from(bytes)))
    }
    return keys.length < ENTRIES_PER_SLICE ? null : (keys.at(-1) ?? null)
  })
}

function pageFileOf(db: Store): PageFile {
  return {
    async fill(firstNumber, count) {
      db.transactionSync(() => {
        for (let nth = 0; nth < count; nth++) db.putSync(`${FILLER_PREFIX}${firstNumber + nth}`, asBinary(FILLER))
      })
      await setImmediate()
    },
    clear: () => clearFiller(db),
    lastPage: () => (db.getStats() as { readonly lastPageNumber: number }).lastPageNumber,
  }
}

async function clearFiller(db: Store): Promise<void> {
  for (;;) {
    const range = { start: FILLER_PREFIX, end: `${FILLER_PREFIX}~`, limit: ENTRIES_PER_SLICE }
    const removed = db.transactionSync(() => {
      const keys = [...db.getKeys(range)]
      for (const key of keys) db.removeSync(key)
      return keys.length
    })
    if (removed === 0) return
    await setImmediate()
  }
}
