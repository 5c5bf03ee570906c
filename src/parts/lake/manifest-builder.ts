/**
 * lake/manifest-builder: from the manifests of one snapshot to those of the next.
 *
 * In: a change, and the state it is to be applied to, once for each attempt.
 * Out: the files of the new snapshot, written: its manifests and its manifest list.
 * Invariant: the manifest of added files is written once and serves every attempt.
 */
import { HemlineError } from '../../std/errors.ts'
import { conflict, type Change, type CommitContext } from './change.ts'
import { describeManifest, writeManifest, writeManifestList } from './manifest.ts'
import type { DataFile, ManifestEntry, ManifestFile, PartitionDay } from './manifest.ts'
import { currentSchema, currentSnapshot, currentSpec, snapshotsOf } from './metadata.ts'
import { entriesOf, folderOf, liveEntries, manifestsOf, textOf, type TableState } from './table-state.ts'

const MANIFESTS_MAX = 50
/** A merged manifest this large is left alone. */
const MERGED_MANIFEST_BYTES_MAX = 8 * 1024 * 1024

export interface BuiltSnapshot {
  readonly manifestListLocation: string
  readonly manifests: readonly ManifestFile[]
  readonly removedFiles: readonly DataFile[]
}

interface CommitNumbers {
  readonly snapshotId: bigint
  readonly sequenceNumber: bigint
}

export class ManifestBuilder {
  readonly snapshotId: bigint
  readonly #context: CommitContext
  readonly #change: Change
  #written = 0
  #added: { readonly location: string; readonly bytes: number; readonly specId: number } | null = null

  constructor(context: CommitContext, snapshotId: bigint, change: Change) {
    this.#context = context
    this.snapshotId = snapshotId
    this.#change = change
  }

  /** Null where the change neither adds nor removes a file. */
  async build(state: TableState, nowMs: number): Promise<BuiltSnapshot | null> {
    const numbers = { snapshotId: this.snapshotId, sequenceNumber: BigInt(state.metadata['last-sequence-number'] + 1) }
    await this.#refuseChangedBasis(state)
    const inherited = await manifestsOf(this.#context.reader, state, currentSnapshot(state.metadata))
    const before = inherited.filter((manifest) => manifest.addedFiles + manifest.existingFiles > 0)
    const removed: DataFile[] = []
    const kept = this.#change.removal === null ? before : await this.#withoutRemoved(state, before, numbers, removed)
    this.#refuseMissing(state, removed)
    if (this.#change.added.length === 0 && removed.length === 0) return null
    const added = this.#change.added.length === 0 ? [] : [await this.#addedManifest(state, numbers)]
    const merged = await this.#merge(state, kept, numbers, added.length)
    const manifests = [...added, ...merged]
    return {
      manifestListLocation: await this.#writeList(state, manifests, numbers, nowMs),
      manifests,
      removedFiles: removed,
    }
  }

  async #addedManifest(state: TableState, numbers: CommitNumbers): Promise<ManifestFile> {
    const entries = this.#change.added.map((file) => addedEntry(file, this.snapshotId))
    this.#added ??= await this.#writeManifest(state, entries)
    this.#context.failpoint('manifest written')
    return describeManifest(this.#added, numbers, entries, isPartitioned(state))
  }

  async #writeManifest(
    state: TableState,
    entries: readonly ManifestEntry[],
  ): Promise<{ readonly location: string; readonly bytes: number; readonly specId: number }> {
    const shape = { schema: currentSchema(state.metadata), spec: currentSpec(state.metadata) }
    const bytes = writeManifest(shape, entries, this.#context.entropy(16))
    const path = `metadata/${hexOf(this.snapshotId)}-m${this.#written++}.avro`
    await this.#context.reader.files.write(`${folderOf(state.name)}/${path}`, bytes)
    return { location: `${state.metadata.location}/${path}`, bytes: bytes.length, specId: shape.spec['spec-id'] }
  }

  async #writeList(
    state: TableState,
    manifests: readonly ManifestFile[],
    numbers: CommitNumbers,
    nowMs: number,
  ): Promise<string> {
    const parentSnapshotId = currentSnapshot(state.metadata)?.['snapshot-id'] ?? null
    const bytes = writeManifestList({ ...numbers, parentSnapshotId }, manifests, this.#context.entropy(16))
    const path = `metadata/snap-${this.snapshotId}-${nowMs}-${this.#written++}.avro`
    await this.#context.reader.files.write(`${folderOf(state.name)}/${path}`, bytes)
    this.#context.failpoint('manifest list written')
    return `${state.metadata.location}/${path}`
  }

  /** What manifests with removed files hold goes into a new one; the others stay as they are. */
  async #withoutRemoved(
    state: TableState,
    before: readonly ManifestFile[],
    numbers: CommitNumbers,
    removed: DataFile[],
  ): Promise<readonly ManifestFile[]> {
    const kept: ManifestFile[] = []
    const rewritten: ManifestEntry[] = []
    for (const manifest of before) {
      if (manifest.content === 'deletes' || manifest.specId !== state.metadata['default-spec-id']) {
        throw unsupportedReplace(state)
      }
      const entries = mayHold(manifest, this.#change) ? await entriesOf(this.#context.reader, state, manifest) : []
      const live = entries.filter((entry) => entry.status !== 'deleted')
      const gone = new Set(live.filter((entry) => isRemoved(entry.file, this.#change)))
      if (gone.size === 0) {
        kept.push(manifest)
        continue
      }
      for (const entry of live) {
        if (gone.has(entry)) rewritten.push({ ...entry, status: 'deleted', snapshotId: this.snapshotId })
        else rewritten.push({ ...entry, status: 'existing' })
      }
      for (const entry of gone) removed.push(entry.file)
    }
    if (rewritten.length === 0) return kept
    return [
      ...kept,
      describeManifest(await this.#writeManifest(state, rewritten), numbers, rewritten, isPartitioned(state)),
    ]
  }

  /** Many small manifests become one, so that a reader opens few files. */
  async #merge(
    state: TableState,
    manifests: readonly ManifestFile[],
    numbers: CommitNumbers,
    addedCount: number,
  ): Promise<readonly ManifestFile[]> {
    if (manifests.length + addedCount <= MANIFESTS_MAX) return manifests
    const isSmall = (manifest: ManifestFile): boolean =>
      manifest.content === 'data' &&
      manifest.specId === state.metadata['default-spec-id'] &&
      manifest.bytes < MERGED_MANIFEST_BYTES_MAX &&
      manifest.addedSnapshotId !== this.snapshotId
    const small = manifests.filter(isSmall)
    if (small.length < 2) return manifests
    const entries: ManifestEntry[] = []
    for (const manifest of small) {
      for (const entry of await entriesOf(this.#context.reader, state, manifest)) {
        if (entry.status !== 'deleted') entries.push({ ...entry, status: 'existing' })
      }
    }
    const others = manifests.filter((manifest) => !isSmall(manifest))
    if (entries.length === 0) return others
    return [
      ...others,
      describeManifest(await this.#writeManifest(state, entries), numbers, entries, isPartitioned(state)),
    ]
  }

  #refuseMissing(state: TableState, removed: readonly DataFile[]): void {
    const { removal } = this.#change
    if (removal === null || 'partitions' in removal || removal.locations.size === removed.length) return
    throw conflict(state.name, 'a file that this change rewrites is gone')
  }

  async #refuseChangedBasis(state: TableState): Promise<void> {
    const { basedOn } = this.#change
    if (basedOn === undefined) return
    const current = currentSnapshot(state.metadata)
    if ((current?.['snapshot-id'] ?? 'none') === basedOn) return
    const basis = snapshotsOf(state.metadata).find((snapshot) => snapshot['snapshot-id'] === basedOn) ?? null
    if (basis === null && basedOn !== 'none') throw conflict(state.name, 'a snapshot that has expired')
    const filesOf = async (snapshot: typeof basis): Promise<string> => {
      const live = await liveEntries(this.#context.reader, state, snapshot)
      const touched = live.filter((entry) => isRemoved(entry.file, this.#change))
      return touched
        .map((entry) => entry.file.location)
        .sort()
        .join('\n')
    }
    if ((await filesOf(basis)) !== (await filesOf(current)))
      throw conflict(state.name, 'rows added since they were read')
  }
}

function addedEntry(file: DataFile, snapshotId: bigint): ManifestEntry {
  return { status: 'added', snapshotId, sequenceNumber: null, fileSequenceNumber: null, file }
}

function isPartitioned(state: TableState): boolean {
  return currentSpec(state.metadata).fields.length > 0
}

function isRemoved(file: DataFile, change: Change): boolean {
  const { removal } = change
  if (removal === null) return false
  if ('locations' in removal) return removal.locations.has(file.location)
  return removal.partitions === 'all' || removal.partitions.has(file.partition ?? null)
}

function mayHold(manifest: ManifestFile, change: Change): boolean {
  const { removal } = change
  const { partition } = manifest
  if (removal === null || 'locations' in removal || removal.partitions === 'all' || partition === null) return true
  const inside = (day: PartitionDay): boolean =>
    day === null
      ? partition.containsNull
      : partition.lower !== null && partition.upper !== null && partition.lower <= day && day <= partition.upper
  return [...removal.partitions].some(inside)
}

function hexOf(snapshotId: bigint): string {
  return snapshotId.toString(16).padStart(16, '0')
}

function unsupportedReplace(state: TableState): HemlineError {
  return new HemlineError('HEM_LAKE_UNSUPPORTED', {
    subject: textOf(state.name),
    expected: 'data files of one partition spec',
    got: 'delete files or another partition spec',
    remedy: 'compact the table with the engine that wrote them',
  })
}
