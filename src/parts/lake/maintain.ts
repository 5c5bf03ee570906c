/**
 * lake/maintain: keeps a table small: fewer files, fewer snapshots, no orphans.
 *
 * In: limits of age and count.
 * Out: what was compacted, expired and removed.
 * Invariant: no file that a kept snapshot names is ever deleted; rows do not change.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { assert } from '../../std/assert.ts'
import { conflict, type CommitContext } from './change.ts'
import { commitChange, newSnapshotId } from './commit.ts'
import { compactTable, type CompactionLimits } from './compact.ts'
import {
  currentSnapshot,
  nextVersion,
  snapshotsOf,
  tableMetadataJson,
  withoutSnapshots,
  type Snapshot,
  type TableMetadata,
} from './metadata.ts'
import type { TableName } from './port.ts'
import { entriesOf, folderOf, loadTable, metadataPathOf, manifestsOf, pathOf, type TableState } from './table-state.ts'

export interface MaintenanceLimits extends CompactionLimits, ExpiryLimits {}

interface ExpiryLimits {
  /** Snapshots younger than this are kept; longer than the longest query may run. */
  readonly keepSnapshotsMs: number
  /** At least this many of the newest are kept, 1 or more. */
  readonly keepSnapshots: number
  /** Files that no snapshot names are removed once they are this old; longer than any commit may take. */
  readonly orphanAgeMs: number
  /** Of older snapshots that are younger than this, one of each hour is kept; none where absent. */
  readonly keepHourlyMs?: number
}

export interface MaintenanceReport {
  readonly name: TableName
  readonly compactedFiles: number
  readonly expiredSnapshots: number
  readonly deletedFiles: number
  readonly deletedOrphans: number
}

const HOUR_MS = 3_600_000
const EXPIRY_ATTEMPTS_MAX = 10

export async function maintainTable(
  context: CommitContext,
  connection: DuckDBConnection,
  name: TableName,
  limits: MaintenanceLimits,
): Promise<MaintenanceReport> {
  const compactedFiles = await compactTable(context, connection, await existing(context, name), limits)
  const expired = await expireSnapshots(context, name, limits)
  const deletedOrphans = await sweepOrphans(context, name, limits)
  return { name, compactedFiles, ...expired, deletedOrphans }
}

/** Nothing of the past, however young. */
const NONE = Number.NEGATIVE_INFINITY
const NO_PAST: ExpiryLimits = { keepSnapshotsMs: NONE, keepHourlyMs: NONE, orphanAgeMs: NONE, keepSnapshots: 1 }

export async function clearPast(context: CommitContext, name: TableName): Promise<MaintenanceReport> {
  const state = await existing(context, name)
  const change = { operation: 'replace', added: [], removal: null, checkpoint: null, forgetsRemoved: true } as const
  await commitChange(context, state, newSnapshotId(context.entropy), { ...change, adopted: Promise.resolve() })
  const expired = await expireSnapshots(context, name, NO_PAST)
  const deletedOrphans = await sweepOrphans(context, name, NO_PAST)
  return { name, compactedFiles: 0, ...expired, deletedOrphans }
}

/** Forgets old snapshots, then deletes the files that only they named. */
async function expireSnapshots(
  context: CommitContext,
  name: TableName,
  limits: ExpiryLimits,
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

function expiredSnapshots(metadata: TableMetadata, nowMs: number, limits: ExpiryLimits): readonly Snapshot[] {
  const referenced = new Set(Object.values(metadata.refs ?? {}).map((ref) => ref['snapshot-id']))
  const current = currentSnapshot(metadata)
  const byAge = [...snapshotsOf(metadata)].sort((a, b) => a['timestamp-ms'] - b['timestamp-ms'])
  const leanest = leanestOfHours(byAge)
  const isKeptHourly = (snapshot: Snapshot): boolean =>
    leanest.has(snapshot) && snapshot['timestamp-ms'] >= nowMs - (limits.keepHourlyMs ?? 0)
  return byAge
    .slice(0, Math.max(0, byAge.length - Math.max(1, limits.keepSnapshots)))
    .filter((snapshot) => snapshot['timestamp-ms'] < nowMs - limits.keepSnapshotsMs && !isKeptHourly(snapshot))
    .filter((snapshot) => snapshot !== current && !referenced.has(snapshot['snapshot-id']))
}

/** Of each hour the snapshot with the fewest files, such as one just compacted: the small files of the others can go. */
function leanestOfHours(snapshots: readonly Snapshot[]): ReadonlySet<Snapshot> {
  const filesIn = (snapshot: Snapshot): number => Number(snapshot.summary['total-data-files'] ?? 0)
  const leanest = new Map<number, Snapshot>()
  for (const snapshot of snapshots) {
    const hour = Math.floor(snapshot['timestamp-ms'] / HOUR_MS)
    const known = leanest.get(hour)
    if (known === undefined || filesIn(snapshot) < filesIn(known)) leanest.set(hour, snapshot)
  }
  return new Set(leanest.values())
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

/** Every file that a table needs, its newest metadata included, as paths below the root. */
export async function pathsOfTable(context: CommitContext, name: TableName): Promise<readonly string[]> {
  const state = await existing(context, name)
  const named = await pathsNamedBy(context, state, snapshotsOf(state.metadata))
  return [...named, metadataPathOf(state, state.metadataLocation)]
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
      for (const entry of await entriesOf(context.reader, state, manifest)) {
        if (entry.status !== 'deleted') paths.add(pathOf(state, entry.file.location))
      }
    }
  }
  return paths
}

/** Removes what crashes left behind: files of the table that nothing names and that are old. */
async function sweepOrphans(context: CommitContext, name: TableName, limits: ExpiryLimits): Promise<number> {
  const { files } = context.reader
  const listed = await files.list(folderOf(name))
  const oldestMs = context.clock.nowMs() - limits.orphanAgeMs
  const old = listed.filter((file) => file.modifiedMs < oldestMs && /\.(parquet|avro|metadata\.json)$/.test(file.path))
  if (old.length === 0) return 0
  const state = await existing(context, name)
  const named = new Set(await pathsNamedBy(context, state, snapshotsOf(state.metadata)))
  named.add(metadataPathOf(state, state.metadataLocation))
  for (const entry of state.metadata['metadata-log'] ?? []) named.add(metadataPathOf(state, entry['metadata-file']))
  const orphans = old.filter((file) => !named.has(file.path))
  for (const orphan of orphans) await files.delete(orphan.path)
  return orphans.length
}

async function existing(context: CommitContext, name: TableName): Promise<TableState> {
  const state = await loadTable(context, name)
  assert(state !== null, 'maintenance of a table that does not exist')
  return state
}
