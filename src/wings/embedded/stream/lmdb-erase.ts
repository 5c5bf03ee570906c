/**
 * embedded/stream/lmdb-erase: what is left of erased records goes in their places, and what they were leaves the file.
 *
 * In: an open stream, and the remains of some records.
 * Out: a file without the former bytes.
 * Invariant: no record appears that was not there; order and numbers stay. Each place is written twice: a page that is changed
 *   keeps remains of the old value in its unused middle, and LMDB leaves that out when it copies the page for the next change.
 */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { encodeRecord } from '../../../parts/stream/codec.ts'
import type { StoredRecord } from '../../../parts/stream/record.ts'
import { HemlineError } from '../../../std/errors.ts'
import { FILLER, holdsAny, overwriteFreePages, type PageFile } from '../free-pages.ts'
import { keyOf, type StreamFiles } from './lmdb-files.ts'

/** A larger transaction would hold up those who append. */
const RECORDS_PER_SLICE = 100
/** Former bytes that are looked for in the file at the end, of records spread over all that were erased. */
const LOOKED_FOR_MAX = 8
const LOOKED_FOR_BYTES = 120
/** A reader in another process may hold pages for as long as it reads one batch. */
const ROUNDS_MAX = 5
const ROUND_PAUSE_MS = 1000

export async function eraseRecords(
  files: StreamFiles,
  folder: string,
  remains: readonly StoredRecord[],
): Promise<void> {
  const former = formerBytes(files, remains)
  await putAll(files, remains)
  await putAll(files, remains)
  await rewriteOldest(files)
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    await overwriteFreePages(pageFileOf(files))
    if (!holdsAny(join(folder, 'data.mdb'), former)) return
    await pause(ROUND_PAUSE_MS)
  }
  throw new HemlineError('HEM_STREAM_ERASE_INCOMPLETE', {
    subject: "the stream's file",
    expected: 'no byte of the erased records',
    got: 'some, in pages that another process still reads',
    remedy: 'end other commands that read this data folder; Hemline tries again at its next start',
  })
}

async function putAll(files: StreamFiles, remains: readonly StoredRecord[]): Promise<void> {
  for (let first = 0; first < remains.length; first += RECORDS_PER_SLICE) {
    const slice = remains.slice(first, first + RECORDS_PER_SLICE)
    const values = slice.map(({ record }) => encodeRecord(record))
    await files.environment.transaction(() => {
      for (const [nth, { position }] of slice.entries()) {
        const key = keyOf(Number(position.sequence_number))
        // Retention may have removed it meanwhile.
        if (files.records.doesExist(key)) void files.records.put(key, values[nth])
      }
    })
  }
}

/** Retention removes from this end, and leaves remains of its own in the pages it stops at. */
async function rewriteOldest({ environment, records }: StreamFiles): Promise<void> {
  await environment.transaction(() => {
    const oldest = [...records.getRange({ limit: RECORDS_PER_SLICE })].map(({ key, value }) => ({
      key: Buffer.from(key),
      value: Buffer.from(value),
    }))
    for (const { key, value } of oldest) void records.put(key, value)
  })
}

/** The first bytes after the head of some records: they hold the time and the visitor, so no other record has them. */
function formerBytes(files: StreamFiles, remains: readonly StoredRecord[]): readonly Buffer[] {
  const step = Math.ceil(remains.length / LOOKED_FOR_MAX)
  const former: Buffer[] = []
  files.environment.resetReadTxn()
  for (let nth = 0; nth < remains.length; nth += step) {
    const { position, record } = remains[nth]
    const bytes = files.records.get(keyOf(Number(position.sequence_number)))
    if (bytes === undefined || bytes.equals(encodeRecord(record))) continue
    former.push(Buffer.from(bytes.subarray(0, LOOKED_FOR_BYTES)))
  }
  files.environment.resetReadTxn()
  return former
}

function pageFileOf({ environment, filler }: StreamFiles): PageFile {
  return {
    async fill(firstNumber, count) {
      const puts = Array.from({ length: count }, (_, nth) => filler.put(keyOf(firstNumber + nth), FILLER))
      await Promise.all(puts)
    },
    clear: () => filler.clearAsync(),
    lastPage: () => (environment.getStats() as { readonly lastPageNumber: number }).lastPageNumber,
  }
}
