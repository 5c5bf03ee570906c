/**
 * lake/reset: a table begins anew when what it was cannot be read.
 *
 * In: a table whose newest metadata or whose manifests are damaged.
 * Out: an earlier version of its metadata as the newest; or the table without snapshots and checkpoints.
 * Invariant: no file is deleted here; the orphan sweep removes what nothing names.
 */
import { HemlineError } from '../../std/errors.ts'
import { conflict, type CommitContext } from './change.ts'
import { isCheckpointProperty } from './commit.ts'
import {
  currentSnapshot,
  emptied,
  nextVersion,
  parseTableMetadata,
  PREVIOUS_VERSIONS_MAX,
  snapshotsOf,
  tableMetadataJson,
  withoutSnapshots,
} from './metadata.ts'
import type { TableCatalogue, TableName } from './port.ts'
import { loadTable, textOf } from './table-state.ts'

const ATTEMPTS_MAX = 10
/** As many versions as a table keeps of its metadata. */
const DISCARDED_MAX = PREVIOUS_VERSIONS_MAX

export async function resetTable(context: CommitContext, name: TableName): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const state = await loadTable(context, name)
    if (state === null) return
    const { metadata } = state
    const kept = Object.entries(metadata.properties).filter(([key]) => !isCheckpointProperty(key))
    const change = { ...emptied(), properties: Object.fromEntries(kept) }
    const next = nextVersion(metadata, state.metadataLocation, context.clock.nowMs(), change)
    const outcome = await context.catalogue.commit(name, state.version, tableMetadataJson(next))
    if (outcome.outcome === 'committed') return
  }
  throw conflict(name, `${ATTEMPTS_MAX} other commits in a row`)
}

/** Forgets all snapshots but the newest, without reading what the older ones name. */
export async function forgetPast(context: CommitContext, name: TableName): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const state = await loadTable(context, name)
    if (state === null) return
    const current = currentSnapshot(state.metadata)
    const past = snapshotsOf(state.metadata).filter((snapshot) => snapshot !== current)
    if (past.length === 0) return
    const ids = new Set(past.map((snapshot) => snapshot['snapshot-id']))
    const change = withoutSnapshots(state.metadata, ids)
    const next = nextVersion(state.metadata, state.metadataLocation, context.clock.nowMs(), change)
    const outcome = await context.catalogue.commit(name, state.version, tableMetadataJson(next))
    if (outcome.outcome === 'committed') return
  }
  throw conflict(name, `${ATTEMPTS_MAX} other commits in a row`)
}

/**
 * Sets newest versions aside that cannot be read, until one can. What they committed is not lost: the sinks'
 * checkpoints go back with them, so that it is delivered again.
 *
 * @returns how many were set aside
 */
export async function discardUnreadable(catalogue: TableCatalogue, name: TableName): Promise<number> {
  for (let discarded = 0; discarded < DISCARDED_MAX; discarded++) {
    const found = await catalogue.load(name)
    if (found === null || isReadable(textOf(name), found.metadataJson)) return discarded
    await catalogue.discard(name, found.version)
  }
  throw conflict(name, `no readable version of its metadata among the newest ${DISCARDED_MAX}`)
}

/** Whether a version of a table's metadata is whole. What another engine made of it may still be unsupported. */
export function isReadable(table: string, metadataJson: string): boolean {
  try {
    parseTableMetadata(table, metadataJson)
    return true
  } catch (thrown) {
    return !(thrown instanceof HemlineError && thrown.code === 'HEM_LAKE_FILE_CORRUPT')
  }
}
