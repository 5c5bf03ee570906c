/**
 * lake/commit: one change to a table becomes its next version, or does not happen.
 *
 * In: data files to add, which files they replace, and a sink's checkpoint.
 * Out: the snapshot that holds them.
 * Invariant: rows and checkpoint change in one commit; while an outcome is unknown nothing is deleted or redone.
 */
import { HemlineError } from '../../std/errors.ts'
import { conflict, type Change, type CommitContext, type CommitResult, type SinkCheckpoint } from './change.ts'
import { ManifestBuilder } from './manifest-builder.ts'
import type { DataFile, ManifestFile } from './manifest.ts'
import {
  currentSnapshot,
  nextVersion,
  PREVIOUS_VERSIONS_MAX,
  snapshotsOf,
  tableMetadataJson,
  withSnapshot,
  type Snapshot,
  type TableMetadata,
} from './metadata.ts'
import type { Entropy, TableName } from './port.ts'
import { loadTable, metadataPathOf, textOf, type TableState } from './table-state.ts'

const COMMIT_ATTEMPTS_MAX = 20
const CHECKPOINT_PREFIX = 'hemline.checkpoint.'

/** The value a sink last committed, or null. */
export function checkpointOf(metadata: TableMetadata, sink: string): string | null {
  return metadata.properties[CHECKPOINT_PREFIX + sink] ?? null
}

export function isCheckpointProperty(key: string): boolean {
  return key.startsWith(CHECKPOINT_PREFIX)
}

/** A positive 63-bit id. */
export function newSnapshotId(entropy: Entropy): bigint {
  return BigInt(`0x${Buffer.from(entropy(8)).toString('hex')}`) >> 1n || 1n
}

/**
 * Commits a change, rebasing it on what others committed meanwhile.
 *
 * @param known the table as it was when the change was prepared; read again only where it has moved
 * @throws HEM_LAKE_CONFLICT after too many others, or when what the change removes is no longer there
 * @throws HEM_LAKE_CHECKPOINT_MOVED when the sink's checkpoint is not the expected one
 * @throws HEM_LAKE_OUTCOME_UNKNOWN when the answer was lost and the table cannot be read either
 */
export async function commitChange(
  context: CommitContext,
  known: TableState,
  snapshotId: bigint,
  change: Change,
): Promise<CommitResult> {
  const { name } = known
  const builder = new ManifestBuilder(context, snapshotId, change)
  let unknownCause: unknown = null
  for (let attempt = 1; attempt <= COMMIT_ATTEMPTS_MAX; attempt++) {
    const state = attempt === 1 ? known : await reload(context, name, unknownCause)
    if (attempt > 1) {
      const found = foundOutcome(state, snapshotId, change)
      if (found !== null) return resultOf(found, change, attempt)
    }
    refuseMovedCheckpoint(state, change.checkpoint)
    const next = await nextMetadata(context, state, builder, change)
    if (next === null) return resultOf(null, change, attempt)
    const outcome = await context.catalogue.commit(name, state.version, tableMetadataJson(next.metadata))
    if (outcome.outcome === 'committed') {
      const { version, metadataLocation } = outcome
      context.states.set(textOf(name), { name, version, metadataLocation, metadata: next.metadata })
      builder.remember(BigInt(next.metadata['last-sequence-number']))
      context.failpoint('metadata committed')
      await deleteForgottenMetadata(context, state, next.metadata)
      return resultOf(next.snapshot, change, attempt)
    }
    unknownCause = outcome.outcome === 'unknown' ? outcome.cause : null
  }
  throw conflict(name, `${COMMIT_ATTEMPTS_MAX} other commits in a row`)
}

async function reload(context: CommitContext, name: TableName, unknownCause: unknown): Promise<TableState> {
  try {
    const state = await loadTable(context, name)
    if (state !== null) return state
  } catch (cause) {
    if (unknownCause === null) throw cause
    throw new HemlineError('HEM_LAKE_OUTCOME_UNKNOWN', {
      subject: textOf(name),
      expected: 'to read the table again after a lost answer',
      got: 'no answer either',
      remedy: 'read the checkpoint before delivering again',
      cause: unknownCause,
    })
  }
  throw new HemlineError('HEM_LAKE_TABLE_MISSING', {
    subject: textOf(name),
    expected: 'a table of the lake',
    got: 'no metadata',
    remedy: 'create it first',
  })
}

/** Whether an earlier attempt of ours is in the table after all. */
function foundOutcome(state: TableState, snapshotId: bigint, change: Change): Snapshot | 'properties only' | null {
  const snapshot = snapshotsOf(state.metadata).find((candidate) => candidate['snapshot-id'] === snapshotId)
  if (snapshot !== undefined) return snapshot
  const { checkpoint } = change
  const isPropertiesOnly = change.added.length === 0 && change.removal === null && checkpoint !== null
  if (isPropertiesOnly && checkpointOf(state.metadata, checkpoint.sink) === checkpoint.value) return 'properties only'
  return null
}

function refuseMovedCheckpoint(state: TableState, checkpoint: SinkCheckpoint | null): void {
  if (checkpoint === null || checkpoint.expected === undefined) return
  const stored = checkpointOf(state.metadata, checkpoint.sink)
  if (stored === checkpoint.expected) return
  throw new HemlineError('HEM_LAKE_CHECKPOINT_MOVED', {
    subject: `${textOf(state.name)} sink "${checkpoint.sink}"`,
    expected: String(checkpoint.expected),
    got: String(stored),
    remedy: 'read the checkpoint again and continue from it',
  })
}

interface NextMetadata {
  readonly metadata: TableMetadata
  readonly snapshot: Snapshot | null
}

async function nextMetadata(
  context: CommitContext,
  state: TableState,
  builder: ManifestBuilder,
  change: Change,
): Promise<NextMetadata | null> {
  const nowMs = context.clock.nowMs()
  const before = state.metadata
  const built = await builder.build(state, nowMs)
  if (built === null && change.checkpoint === null) return null
  const { checkpoint } = change
  const properties =
    checkpoint === null
      ? before.properties
      : { ...before.properties, [CHECKPOINT_PREFIX + checkpoint.sink]: checkpoint.value }
  const base = {
    properties,
    'metadata-log': (before['metadata-log'] ?? []).slice(1 - PREVIOUS_VERSIONS_MAX),
  }
  if (built === null) {
    return { metadata: nextVersion(before, state.metadataLocation, nowMs, base), snapshot: null }
  }
  const parent = currentSnapshot(before)
  const snapshot: Snapshot = {
    'snapshot-id': builder.snapshotId,
    ...(parent === null ? {} : { 'parent-snapshot-id': parent['snapshot-id'] }),
    'sequence-number': before['last-sequence-number'] + 1,
    'timestamp-ms': Math.max(nowMs, before['last-updated-ms']),
    'manifest-list': built.manifestListLocation,
    'schema-id': before['current-schema-id'],
    summary: summaryOf(change, built.manifests, built.removedFiles),
  }
  const metadata = nextVersion(before, state.metadataLocation, nowMs, { ...base, ...withSnapshot(before, snapshot) })
  return { metadata, snapshot }
}

function summaryOf(
  change: Change,
  manifests: readonly ManifestFile[],
  removed: readonly DataFile[],
): Readonly<Record<string, string>> {
  const sum = (list: readonly number[]): number => list.reduce((total, value) => total + value, 0)
  const data = manifests.filter((manifest) => manifest.content === 'data')
  const changes = {
    'added-data-files': change.added.length,
    'added-records': sum(change.added.map((file) => file.rows)),
    'added-files-size': sum(change.added.map((file) => file.bytes)),
    'deleted-data-files': removed.length,
    'deleted-records': sum(removed.map((file) => file.rows)),
    'removed-files-size': sum(removed.map((file) => file.bytes)),
    'changed-partition-count': new Set([...change.added, ...removed].map((file) => file.partition)).size,
  }
  const totals = {
    'total-data-files': sum(data.map((manifest) => manifest.addedFiles + manifest.existingFiles)),
    'total-records': sum(data.map((manifest) => Number(manifest.addedRows + manifest.existingRows))),
  }
  // As other engines do, what did not change is not said: a table keeps many summaries.
  const said = Object.entries(changes).filter(([, count]) => count > 0)
  return {
    // In the specification's words: a delete adds no file.
    operation: change.operation === 'overwrite' && change.added.length === 0 ? 'delete' : change.operation,
    ...Object.fromEntries([...said, ...Object.entries(totals)].map(([key, count]) => [key, String(count)])),
    ...(change.checkpoint === null ? {} : { [CHECKPOINT_PREFIX + change.checkpoint.sink]: change.checkpoint.value }),
  }
}

/** Only after the commit is certain, and only versions that it no longer names. */
async function deleteForgottenMetadata(
  context: CommitContext,
  before: TableState,
  after: TableMetadata,
): Promise<void> {
  const kept = new Set((after['metadata-log'] ?? []).map((entry) => entry['metadata-file']))
  for (const entry of before.metadata['metadata-log'] ?? []) {
    if (kept.has(entry['metadata-file'])) continue
    await context.reader.files.delete(metadataPathOf(before, entry['metadata-file']))
  }
}

function resultOf(found: Snapshot | 'properties only' | null, change: Change, attempts: number): CommitResult {
  const snapshot = found === 'properties only' ? null : found
  return {
    snapshotId: snapshot?.['snapshot-id'] ?? null,
    addedRows: change.added.reduce((total, file) => total + file.rows, 0),
    addedFiles: change.added.length,
    removedRows: Number(snapshot?.summary['deleted-records'] ?? 0),
    removedFiles: Number(snapshot?.summary['deleted-data-files'] ?? 0),
    attempts,
  }
}
