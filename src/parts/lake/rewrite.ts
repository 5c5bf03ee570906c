/**
 * lake/rewrite: some data files of a table become new ones, in one commit.
 *
 * In: entries of one snapshot, and which of their rows stay.
 * Out: a commit that replaces exactly these files, or none.
 * Invariant: a commit is refused where a file was rewritten, or rows were deleted by another engine, since they were read.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { CommitContext, CommitResult } from './change.ts'
import type { ManifestEntry } from './manifest.ts'
import { currentSchema } from './metadata.ts'
import { stageRows, type StagedFile } from './parquet.ts'
import { scanEntries } from './scan.ts'
import type { LiveEntries, TableState } from './table-state.ts'
import { writeChange } from './write.ts'

export interface Rewrite {
  readonly live: LiveEntries
  /** Data files of one partition, all of them of `live`. */
  readonly entries: readonly ManifestEntry[]
  /** SELECT list and condition that the new rows come by, of the scan as it is. */
  readonly rows: (scan: string) => string
  /** `replace` where no row changes. */
  readonly operation: 'replace' | 'overwrite'
  /** Called before the commit; throws where the rows written are not those expected. */
  readonly check?: (rows: number) => void
}

export async function rewriteFiles(
  context: CommitContext,
  connection: DuckDBConnection,
  state: TableState,
  rewrite: Rewrite,
): Promise<CommitResult> {
  const { entries, live, operation } = rewrite
  const schema = currentSchema(state.metadata)
  const scan = await scanEntries(context.reader, state, { schema, data: entries, deletes: live.deletes })
  const sql = rewrite.rows(scan.sql)
  const partition = entries[0]?.file.partition
  const stage = async (folder: string): Promise<readonly StagedFile[]> => {
    const staged = await stageRows(connection, { state, folder, partition }, { sql, connection })
    rewrite.check?.(staged.reduce((total, file) => total + file.rows, 0))
    return staged
  }
  const locations = new Set(entries.map((entry) => entry.file.location))
  const removal = { locations, appliedDeletes: live.deleteManifests }
  return writeChange(context, state, stage, { operation, removal, checkpoint: null })
}
