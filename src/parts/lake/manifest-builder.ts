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
import type { FailpointName } from './port.ts'
import { entriesOf, folderOf, keepCached, liveEntries, manifestsOf, textOf, type TableState } from './table-state.ts'

const MANIFESTS_MAX = 50
/** A merged manifest this large is left alone. */
const MERGED_MANIFEST_BYTES_MAX = 8 * 1024 * 1024
/** A manifest joins a merge unless it holds this many times what is merged already: so each entry is rewritten seldom. */
const MERGE_GROWTH = 2

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
  #count = 0
  readonly #writes: Promise<void>[] = []
  readonly #lists = new Map<string, readonly ManifestFile[]>()
  readonly #entries = new Map<string, readonly ManifestEntry[]>()
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
    this.#refuseUnappliedDeletes(state, before)
    const inPlace = this.#change.forgetsRemoved ? await this.#withoutDeleted(state, before, numbers) : before
    const kept = this.#change.removal === null ? inPlace : await this.#withoutRemoved(state, inPlace, numbers, removed)
    this.#refuseMissing(state, removed)
    const isUnchanged = this.#change.added.length === 0 && removed.length === 0
    if (isUnchanged && (!this.#change.forgetsRemoved || isSame(inPlace, inherited))) return null
    const added = this.#change.added.length === 0 ? [] : [this.#addedManifest(state, numbers)]
    const merged = await this.#merge(state, withoutSpentDeletes(kept, this.#change), numbers, added.length)
    const manifests = [...added, ...merged]
    const manifestListLocation = this.#writeList(state, manifests, numbers, nowMs)
    // They name each other but need no order: nothing names the list before all are durable.
    await Promise.all([...this.#writes, this.#change.adopted])
    return { manifestListLocation, manifests, removedFiles: removed }
  }

  /** After the commit: what was written need not be read back by the next one. */
  remember(sequenceNumber: bigint): void {
    const { lists, entries } = this.#context.reader.cache
    for (const [location, manifests] of this.#lists) keepCached(lists, location, manifests)
    for (const [location, written] of this.#entries) {
      const numbered = written.map((entry) => ({
        ...entry,
        sequenceNumber: entry.sequenceNumber ?? sequenceNumber,
        fileSequenceNumber: entry.fileSequenceNumber ?? sequenceNumber,
      }))
      keepCached(entries, location, numbered)
    }
  }

  #startWrite(path: string, bytes: Uint8Array, failpoint: FailpointName): void {
    const write = this.#context.reader.files.write(path, bytes).then(() => this.#context.failpoint(failpoint))
    // Heard when all are awaited; another may fail before.
    write.catch(() => undefined)
    this.#writes.push(write)
  }

  #addedManifest(state: TableState, numbers: CommitNumbers): ManifestFile {
    const entries = this.#change.added.map((file) => addedEntry(file, this.snapshotId))
    this.#added ??= this.#writeManifest(state, entries)
    return describeManifest(this.#added, numbers, entries, isPartitioned(state))
  }

  #writeManifest(
    state: TableState,
    entries: readonly ManifestEntry[],
  ): { readonly location: string; readonly bytes: number; readonly specId: number } {
    const shape = { schema: currentSchema(state.metadata), spec: currentSpec(state.metadata) }
    const bytes = writeManifest(shape, entries, this.#context.entropy(16))
    const path = `metadata/${hexOf(this.snapshotId)}-m${this.#count++}.avro`
    const location = `${state.metadata.location}/${path}`
    this.#entries.set(location, entries)
    this.#startWrite(`${folderOf(state.name)}/${path}`, bytes, 'manifest written')
    return { location, bytes: bytes.length, specId: shape.spec['spec-id'] }
  }

  #writeList(state: TableState, manifests: readonly ManifestFile[], numbers: CommitNumbers, nowMs: number): string {
    const parentSnapshotId = currentSnapshot(state.metadata)?.['snapshot-id'] ?? null
    const bytes = writeManifestList({ ...numbers, parentSnapshotId }, manifests, this.#context.entropy(16))
    const path = `metadata/snap-${this.snapshotId}-${nowMs}-${this.#count++}.avro`
    const location = `${state.metadata.location}/${path}`
    this.#lists.set(location, manifests)
    this.#startWrite(`${folderOf(state.name)}/${path}`, bytes, 'manifest list written')
    return location
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
      if (manifest.content === 'deletes') {
        kept.push(manifest)
        continue
      }
      if (manifest.specId !== state.metadata['default-spec-id']) throw unsupportedReplace(state)
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
    return [...kept, describeManifest(this.#writeManifest(state, rewritten), numbers, rewritten, isPartitioned(state))]
  }

  /** Manifests that tell of files that are gone, written anew without them. */
  async #withoutDeleted(
    state: TableState,
    manifests: readonly ManifestFile[],
    numbers: CommitNumbers,
  ): Promise<readonly ManifestFile[]> {
    const kept: ManifestFile[] = []
    for (const manifest of manifests) {
      const isOurs = manifest.content === 'data' && manifest.specId === state.metadata['default-spec-id']
      if (manifest.deletedFiles === 0 || !isOurs) {
        kept.push(manifest)
        continue
      }
      const entries = await entriesOf(this.#context.reader, state, manifest)
      const live: readonly ManifestEntry[] = entries
        .filter((entry) => entry.status !== 'deleted')
        .map((entry) => ({ ...entry, status: 'existing' }))
      kept.push(describeManifest(this.#writeManifest(state, live), numbers, live, isPartitioned(state)))
    }
    return kept
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
    const small = worthMerging(manifests.filter(isSmall))
    if (small.size < 2) return manifests
    const entries: ManifestEntry[] = []
    for (const manifest of small) {
      for (const entry of await entriesOf(this.#context.reader, state, manifest)) {
        if (entry.status !== 'deleted') entries.push({ ...entry, status: 'existing' })
      }
    }
    const others = manifests.filter((manifest) => !small.has(manifest))
    if (entries.length === 0) return others
    return [...others, describeManifest(this.#writeManifest(state, entries), numbers, entries, isPartitioned(state))]
  }

  #refuseMissing(state: TableState, removed: readonly DataFile[]): void {
    const { removal } = this.#change
    if (removal === null || 'partitions' in removal || removal.locations.size === removed.length) return
    throw conflict(state.name, 'a file that this change rewrites is gone')
  }

  /** Rows that another engine deleted meanwhile would return with the files that replace theirs. */
  #refuseUnappliedDeletes(state: TableState, manifests: readonly ManifestFile[]): void {
    const { removal } = this.#change
    if (removal === null || 'partitions' in removal) return
    const isUnapplied = (manifest: ManifestFile): boolean =>
      manifest.content === 'deletes' && !removal.appliedDeletes.has(manifest.location)
    if (manifests.some(isUnapplied)) throw conflict(state.name, 'rows deleted since they were read')
  }

  async #refuseChangedBasis(state: TableState): Promise<void> {
    const { basedOn } = this.#change
    if (basedOn === undefined) return
    const current = currentSnapshot(state.metadata)
    if ((current?.['snapshot-id'] ?? 'none') === basedOn) return
    const basis = snapshotsOf(state.metadata).find((snapshot) => snapshot['snapshot-id'] === basedOn) ?? null
    if (basis === null && basedOn !== 'none') throw conflict(state.name, 'a snapshot that has expired')
    const filesOf = async (snapshot: typeof basis): Promise<string> => {
      const { data, deletes } = await liveEntries(this.#context.reader, state, snapshot)
      const touched = [...data, ...deletes].filter((entry) => isRemoved(entry.file, this.#change))
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

function isSame(left: readonly ManifestFile[], right: readonly ManifestFile[]): boolean {
  return left.length === right.length && left.every((manifest, nth) => manifest === right[nth])
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

/** Small manifests, fewest files first, as long as none outweighs those before it. */
function worthMerging(small: readonly ManifestFile[]): ReadonlySet<ManifestFile> {
  const filesIn = (manifest: ManifestFile): number => manifest.addedFiles + manifest.existingFiles
  const merged = new Set<ManifestFile>()
  let files = 0
  for (const manifest of small.toSorted((a, b) => filesIn(a) - filesIn(b))) {
    if (merged.size > 1 && filesIn(manifest) > files * MERGE_GROWTH) break
    merged.add(manifest)
    files += filesIn(manifest)
  }
  return merged
}

/** Delete files older than every data file left apply to none of them. */
function withoutSpentDeletes(manifests: readonly ManifestFile[], change: Change): readonly ManifestFile[] {
  if (change.removal === null) return manifests
  const data = manifests.filter((manifest) => manifest.content === 'data')
  const isSpent = (manifest: ManifestFile): boolean =>
    manifest.content === 'deletes' && data.every((other) => other.minSequenceNumber > manifest.sequenceNumber)
  return manifests.filter((manifest) => !isSpent(manifest))
}

function hexOf(snapshotId: bigint): string {
  return snapshotId.toString(16).padStart(16, '0')
}

function unsupportedReplace(state: TableState): HemlineError {
  return new HemlineError('HEM_LAKE_UNSUPPORTED', {
    subject: textOf(state.name),
    expected: 'data files of one partition spec',
    got: 'another partition spec',
    remedy: 'compact the table with the engine that wrote them',
  })
}
