/**
 * lake/maintain: keeps a table small: fewer files, fewer snapshots, no orphans.
 *
 * In: limits of age and count.
 * Out: what was compacted, expired and removed.
 * Invariant: no file that a kept snapshot names is ever deleted; rows do not change.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { assert } from '../../std/assert.ts'
import { HemlineError } from '../../std/errors.ts'
import { conflict, type CommitContext } from './change.ts'
import { commitChange, newSnapshotId } from './commit.ts'
import type { ManifestEntry, PartitionDay } from './manifest.ts'
import {
  currentSnapshot,
  nextVersion,
  snapshotsOf,
  tableMetadataJson,
  withoutSnapshots,
  type Snapshot,
  type TableMetadata,
} from './metadata.ts'
import { adoptFiles, stageRows } from './parquet.ts'
import type { TableName } from './port.ts'
import { scanSql } from './scan.ts'
import { entriesOf, folderOf, liveEntries, loadTable, manifestsOf, pathOf, type TableState } from './table-state.ts'

export interface MaintenanceLimits {
  /** Snapshots younger than this are kept; longer than the longest query may run. */
  readonly keepSnapshotsMs: number
  /** At least this many of the newest are kept, 1 or more. */
  readonly keepSnapshots: number
  /** Files that no snapshot names are removed once they are this old; longer than any commit may take. */
  readonly orphanAgeMs: number
  /** A partition with at least this many small files is compacted. */
  readonly compactFiles: number
  /** A file below this size is small. */
  readonly smallFileBytes: number
}

export interface MaintenanceReport {
  readonly name: TableName
  readonly compactedFiles: number
  readonly expiredSnapshots: number
  readonly deletedFiles: number
  readonly deletedOrphans: number
}

const COMPACT_FILES_MAX = 1000
const EXPIRY_ATTEMPTS_MAX = 10

export async function maintainTable(
  context: CommitContext,
  connection: DuckDBConnection,
  name: TableName,
  limits: MaintenanceLimits,
): Promise<MaintenanceReport> {
  const compactedFiles = await compact(context, connection, name, limits)
  const expired = await expireSnapshots(context, name, limits)
  const deletedOrphans = await sweepOrphans(context, name, limits)
  return { name, compactedFiles, ...expired, deletedOrphans }
}

/** Rewrites the small files of each crowded partition as one; a table that others change is left for next time. */
async function compact(
  context: CommitContext,
  connection: DuckDBConnection,
  name: TableName,
  limits: MaintenanceLimits,
): Promise<number> {
  const state = await existing(context, name)
  const live = await liveEntries(context.reader, state, currentSnapshot(state.metadata))
  const byPartition = new Map<PartitionDay | undefined, ManifestEntry[]>()
  for (const entry of live) {
    if (entry.file.bytes >= limits.smallFileBytes) continue
    const group = byPartition.get(entry.file.partition) ?? []
    if (group.length < COMPACT_FILES_MAX) group.push(entry)
    byPartition.set(entry.file.partition, group)
  }
  const crowded = [...byPartition.values()].filter((group) => group.length >= limits.compactFiles)
  let compacted = 0
  for (const group of crowded) {
    try {
      await compactFiles(context, connection, state, group)
      compacted += group.length
    } catch (cause) {
      if (!(cause instanceof HemlineError && cause.code === 'HEM_LAKE_CONFLICT')) throw cause
    }
  }
  return compacted
}

async function compactFiles(
  context: CommitContext,
  connection: DuckDBConnection,
  state: TableState,
  group: readonly ManifestEntry[],
): Promise<void> {
  const { files } = context.reader
  const folder = await files.stagingFolder()
  try {
    const localPaths = await Promise.all(group.map((entry) => files.localPath(pathOf(state, entry.file.location))))
    const sql = `SELECT * FROM ${scanSql(state.metadata, localPaths)}`
    const staged = await stageRows(connection, { state, folder }, { sql, connection })
    const rowsBefore = group.reduce((total, entry) => total + entry.file.rows, 0)
    const rowsAfter = staged.reduce((total, file) => total + file.rows, 0)
    assert(rowsBefore === rowsAfter, `compaction read ${rowsBefore} rows and wrote ${rowsAfter}`)
    const snapshotId = newSnapshotId(context.entropy)
    const added = await adoptFiles(files, state, staged, snapshotId.toString(16).padStart(16, '0'))
    const locations = new Set(group.map((entry) => entry.file.location))
    const change = { operation: 'replace', added, removal: { locations }, checkpoint: null } as const
    await commitChange(context, state, snapshotId, change)
  } finally {
    await files.dropStaging(folder)
  }
}

/** Forgets old snapshots, then deletes the files that only they named. */
async function expireSnapshots(
  context: CommitContext,
  name: TableName,
  limits: MaintenanceLimits,
): Promise<{ readonly expiredSnapshots: number; readonly deletedFiles: number }> {
  for (let attempt = 1; attempt <= EXPIRY_ATTEMPTS_MAX; attempt++) {
    const state = await existing(context, name)
    const expired = expiredSnapshots(state.metadata, context.clock.nowMs(), limits)
    if (expired.length === 0) return { expiredSnapshots: 0, deletedFiles: 0 }
    const ids = new Set(expired.map((snapshot) => snapshot['snapshot-id']))
    const doomed = await onlyNamedBy(context, state, ids)
    const change = withoutSnapshots(state.metadata, ids)
    const next = nextVersion(state.metadata, state.metadataLocation, context.clock.nowMs(), change)
    const outcome = await context.catalogue.commit(name, state.version, tableMetadataJson(next))
    if (outcome.outcome !== 'committed') continue
    context.failpoint('expiry committed')
    for (const path of doomed) {
      await context.reader.files.delete(path)
      context.failpoint('expired file deleted')
    }
    return { expiredSnapshots: expired.length, deletedFiles: doomed.length }
  }
  throw conflict(name, `${EXPIRY_ATTEMPTS_MAX} other commits in a row`)
}

function expiredSnapshots(metadata: TableMetadata, nowMs: number, limits: MaintenanceLimits): readonly Snapshot[] {
  const referenced = new Set(Object.values(metadata.refs ?? {}).map((ref) => ref['snapshot-id']))
  const current = currentSnapshot(metadata)
  const byAge = [...snapshotsOf(metadata)].sort((a, b) => a['timestamp-ms'] - b['timestamp-ms'])
  return byAge
    .slice(0, Math.max(0, byAge.length - Math.max(1, limits.keepSnapshots)))
    .filter((snapshot) => snapshot['timestamp-ms'] < nowMs - limits.keepSnapshotsMs)
    .filter((snapshot) => snapshot !== current && !referenced.has(snapshot['snapshot-id']))
}

async function onlyNamedBy(
  context: CommitContext,
  state: TableState,
  expired: ReadonlySet<bigint>,
): Promise<readonly string[]> {
  const isExpired = (snapshot: Snapshot): boolean => expired.has(snapshot['snapshot-id'])
  const snapshots = snapshotsOf(state.metadata)
  const kept = await pathsNamedBy(
    context,
    state,
    snapshots.filter((snapshot) => !isExpired(snapshot)),
  )
  const old = await pathsNamedBy(context, state, snapshots.filter(isExpired))
  return [...old].filter((path) => !kept.has(path))
}

/** Manifest lists, manifests and live data files of snapshots, as paths below the root. */
async function pathsNamedBy(
  context: CommitContext,
  state: TableState,
  snapshots: readonly Snapshot[],
): Promise<ReadonlySet<string>> {
  const paths = new Set<string>()
  for (const snapshot of snapshots) {
    paths.add(pathOf(state, snapshot['manifest-list']))
    for (const manifest of await manifestsOf(context.reader, state, snapshot)) {
      const path = pathOf(state, manifest.location)
      if (paths.has(path)) continue
      paths.add(path)
      if (manifest.content === 'deletes') continue
      for (const entry of await entriesOf(context.reader, state, manifest)) {
        if (entry.status !== 'deleted') paths.add(pathOf(state, entry.file.location))
      }
    }
  }
  return paths
}

/** Removes what crashes left behind: files of the table that nothing names and that are old. */
async function sweepOrphans(context: CommitContext, name: TableName, limits: MaintenanceLimits): Promise<number> {
  const { files } = context.reader
  const listed = await files.list(folderOf(name))
  const oldestMs = context.clock.nowMs() - limits.orphanAgeMs
  const old = listed.filter((file) => file.modifiedMs < oldestMs && /\.(parquet|avro|metadata\.json)$/.test(file.path))
  if (old.length === 0) return 0
  const state = await existing(context, name)
  if (await hasDeleteManifests(context, state)) return 0
  const named = new Set(await pathsNamedBy(context, state, snapshotsOf(state.metadata)))
  named.add(pathOf(state, state.metadataLocation))
  for (const entry of state.metadata['metadata-log'] ?? []) named.add(pathOf(state, entry['metadata-file']))
  const orphans = old.filter((file) => !named.has(file.path))
  for (const orphan of orphans) await files.delete(orphan.path)
  return orphans.length
}

/** Delete files of another engine are not read, so what they name is not known: nothing is swept then. */
async function hasDeleteManifests(context: CommitContext, state: TableState): Promise<boolean> {
  for (const snapshot of snapshotsOf(state.metadata)) {
    const manifests = await manifestsOf(context.reader, state, snapshot)
    if (manifests.some((manifest) => manifest.content === 'deletes')) return true
  }
  return false
}

async function existing(context: CommitContext, name: TableName): Promise<TableState> {
  const state = await loadTable(context.catalogue, name)
  assert(state !== null, 'maintenance of a table that does not exist')
  return state
}
