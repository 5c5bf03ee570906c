/**
 * lake/compact: many small files of a partition become one, and rows that other engines deleted go for good.
 *
 * In: how many small files are too many.
 * Out: how many files were rewritten.
 * Invariant: rows do not change; a partition that others change meanwhile is left for next time.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { assert } from '../../std/assert.ts'
import { isConflict, type CommitContext } from './change.ts'
import type { ManifestEntry, PartitionDay } from './manifest.ts'
import { currentSnapshot } from './metadata.ts'
import { rewriteFiles } from './rewrite.ts'
import { liveEntries, type LiveEntries, type TableState } from './table-state.ts'

export interface CompactionLimits {
  /** A partition with at least this many small files is compacted. */
  readonly compactFiles: number
  /** A file below this size is small. */
  readonly smallFileBytes: number
}

const COMPACT_FILES_MAX = 1000

export async function compactTable(
  context: CommitContext,
  connection: DuckDBConnection,
  state: TableState,
  limits: CompactionLimits,
): Promise<number> {
  const live = await liveEntries(context.reader, state, currentSnapshot(state.metadata))
  let compacted = 0
  for (const entries of crowdedGroups(live, limits)) {
    const before = entries.reduce((total, entry) => total + entry.file.rows, 0)
    const check = (after: number): void => {
      const isSame = live.deletes.length === 0 ? after === before : after <= before
      assert(isSame, `compaction read ${before} rows and wrote ${after}`)
    }
    try {
      await rewriteFiles(context, connection, state, {
        live,
        groups: [entries],
        rows: allRows,
        operation: 'replace',
        check,
      })
      compacted += entries.length
    } catch (cause) {
      if (!isConflict(cause)) throw cause
    }
  }
  return compacted
}

const allRows = (scan: string): string => `SELECT * FROM ${scan}`

function crowdedGroups(live: LiveEntries, limits: CompactionLimits): readonly (readonly ManifestEntry[])[] {
  const holed = new Set(live.deletes.map((entry) => entry.file.partition))
  const groups = new Map<PartitionDay | undefined, ManifestEntry[]>()
  for (const entry of live.data) {
    const { partition, bytes } = entry.file
    if (bytes >= limits.smallFileBytes && !holed.has(partition)) continue
    const group = groups.get(partition) ?? []
    if (group.length < COMPACT_FILES_MAX) group.push(entry)
    groups.set(partition, group)
  }
  return [...groups]
    .filter(([partition, group]) => group.length >= limits.compactFiles || holed.has(partition))
    .map(([, group]) => group)
}
