/**
 * lake/rewrite: some data files of a table become new ones, in one commit.
 *
 * In: entries of one snapshot, and which of their rows stay.
 * Out: a commit that replaces exactly these files, or none.
 * Invariant: a commit is refused where a file was rewritten, or rows were deleted by another engine, since they were read.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
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
  /** Data files by partition, all of them of `live`. */
  readonly groups: readonly (readonly ManifestEntry[])[]
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
  const { groups, live, operation } = rewrite
  const stage = async (folder: string): Promise<readonly StagedFile[]> => {
    const staged: StagedFile[] = []
    for (const [nth, entries] of groups.entries()) {
      const own = join(folder, String(nth))
      await mkdir(own)
      staged.push(...(await stageGroup(context, connection, { state, folder: own }, { ...rewrite, entries })))
    }
    rewrite.check?.(staged.reduce((total, file) => total + file.rows, 0))
    return staged
  }
  const locations = new Set(groups.flat().map((entry) => entry.file.location))
  const removal = { locations, appliedDeletes: live.deleteManifests }
  return writeChange(context, state, stage, { operation, removal, checkpoint: null })
}

async function stageGroup(
  context: CommitContext,
  connection: DuckDBConnection,
  target: { readonly state: TableState; readonly folder: string },
  { entries, live, rows }: Pick<Rewrite, 'live' | 'rows'> & { readonly entries: readonly ManifestEntry[] },
): Promise<readonly StagedFile[]> {
  const schema = currentSchema(target.state.metadata)
  const scan = await scanEntries(context.reader, target.state, { schema, data: entries, deletes: live.deletes })
  const partition = entries[0]?.file.partition
  return stageRows(connection, { ...target, partition }, { sql: rows(scan.sql), connection })
}
