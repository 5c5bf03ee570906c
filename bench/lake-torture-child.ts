/**
 * lake-torture-child: one writer or the compactor of bench/lake-torture.nightly.ts, until it is killed.
 *
 * In: the lake's folder, and a sink's name or "compactor".
 * Out: rows numbered from the sink's checkpoint on, a few a commit; or maintenance, over and over.
 * Invariant: what to write next comes from the checkpoint alone, as after any crash.
 */
import { randomBytes } from 'node:crypto'
import { openLake } from '../src/parts/lake/lake.ts'
import { HemlineError } from '../src/std/errors.ts'
import { openFolderFileStore } from '../src/wings/embedded/lake/file-store.ts'
import { openFolderCatalogue } from '../src/wings/embedded/lake/table-catalogue.ts'
import { ROWS_PER_COMMIT, TORTURED } from './lake-torture.ts'

const [folder = '', sink = ''] = process.argv.slice(2)
const TABLE = 'clean.tortured'
const LIMITS = { keepSnapshotsMs: 2000, keepSnapshots: 3, orphanAgeMs: 60_000, compactFiles: 8, smallFileBytes: 1e6 }

const lake = await openLake({
  files: await openFolderFileStore(folder),
  catalogue: openFolderCatalogue(folder),
  clock: { nowMs: () => Date.now() },
  entropy: (bytes) => randomBytes(bytes),
  tables: [TORTURED],
  memoryLimit: '128MB',
  threads: 1,
})
await lake.ensureTables()
for (;;) {
  try {
    if (sink === 'compactor') await lake.maintain(LIMITS)
    else await writeNext()
  } catch (thrown) {
    // Others came first too often; what is next is read anew.
    if (!(thrown instanceof HemlineError) || thrown.code !== 'HEM_LAKE_CONFLICT') throw thrown
  }
}

async function writeNext(): Promise<void> {
  const before = await lake.checkpoint(TABLE, sink)
  const first = before === null ? 0 : Number(before)
  const rows = Array.from({ length: ROWS_PER_COMMIT }, (_, index) => ({ sink, number: first + index }))
  const checkpoint = { sink, value: String(first + rows.length), expected: before }
  await lake.append(TABLE, { rows }, { checkpoint })
}
