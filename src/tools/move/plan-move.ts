/**
 * move/plan-move: what there is to copy of one table, and how it will read where it is going.
 *
 * In: a table of the lake that is to move.
 * Out: its data files, and its documents rewritten for their new place.
 * Invariant: every file of every snapshot is in the plan once.
 */
import { currentSnapshot, parseTableMetadata, snapshotsOf, tableMetadataJson } from '../../parts/lake/metadata.ts'
import type { FileStore, TableCatalogue, TableName } from '../../parts/lake/port.ts'
import { relocatedList, relocatedManifest, relocatedMetadata } from '../../parts/lake/relocate.ts'
import { entriesOf, folderOf, manifestsOf, newManifestCache, pathOf, textOf } from '../../parts/lake/table-state.ts'
import type { TableState } from '../../parts/lake/table-state.ts'
import { HemlineError } from '../../std/errors.ts'

export interface LakePlace {
  readonly files: FileStore
  readonly catalogue: TableCatalogue
}

export interface PlannedFile {
  /** Below the root, the same in both places. */
  readonly path: string
  readonly bytes: number
}

interface PlannedDocument {
  readonly path: string
  readonly content: Uint8Array
}

export interface TablePlan {
  readonly name: TableName
  readonly state: TableState
  readonly rows: number
  readonly files: readonly PlannedFile[]
  /** Manifests before the lists that name them. */
  readonly documents: readonly PlannedDocument[]
  readonly metadataJson: string
}

/** @throws HEM_LAKE_TABLE_MISSING; HEM_LAKE_UNSUPPORTED for a table with rows that another engine deleted by files of its own */
export async function planMove(from: LakePlace, to: LakePlace, name: TableName): Promise<TablePlan> {
  const state = await findState(from.catalogue, name)
  if (state === null) throw tableMissing(name)
  const { metadata } = state
  const relocation = { from: metadata.location, to: to.files.location(folderOf(name)) }
  const reader = { files: from.files, cache: newManifestCache() }
  const files = new Map<string, PlannedFile>()
  const manifests = new Map<string, PlannedDocument>()
  const bytesOf = new Map<string, number>()
  const lists: PlannedDocument[] = []
  for (const snapshot of snapshotsOf(metadata)) {
    for (const manifest of await manifestsOf(reader, state, snapshot)) {
      if (manifest.content === 'deletes') throw foreignDeletes(name)
      if (manifests.has(manifest.location)) continue
      const path = pathOf(state, manifest.location)
      const content = relocatedManifest(path, await from.files.read(path), relocation)
      manifests.set(manifest.location, { path, content })
      bytesOf.set(manifest.location, content.length)
      for (const { status, file } of await entriesOf(reader, state, manifest)) {
        // A file that this snapshot deleted is named by an older one, or is gone.
        if (status !== 'deleted') files.set(file.location, { path: pathOf(state, file.location), bytes: file.bytes })
      }
    }
    const path = pathOf(state, snapshot['manifest-list'])
    lists.push({ path, content: relocatedList(path, await from.files.read(path), { ...relocation, bytesOf }) })
  }
  return {
    name,
    state,
    rows: Number(currentSnapshot(metadata)?.summary['total-records'] ?? 0),
    files: [...files.values()],
    documents: [...manifests.values(), ...lists],
    metadataJson: tableMetadataJson(relocatedMetadata(metadata, relocation)),
  }
}

export async function findState(catalogue: TableCatalogue, name: TableName): Promise<TableState | null> {
  const found = await catalogue.load(name)
  if (found === null) return null
  const { version, metadataLocation, metadataJson } = found
  return { name, version, metadataLocation, metadata: parseTableMetadata(textOf(name), metadataJson) }
}

function tableMissing(name: TableName): HemlineError {
  return new HemlineError('HEM_LAKE_TABLE_MISSING', {
    subject: textOf(name),
    expected: 'a table of the lake',
    got: 'no metadata',
    remedy: 'begin the move again',
  })
}

/** Their Parquet names data files by location, within. */
function foreignDeletes(name: TableName): HemlineError {
  return new HemlineError('HEM_LAKE_UNSUPPORTED', {
    subject: textOf(name),
    expected: 'data files alone',
    got: 'delete files of another engine',
    remedy: 'let Hemline run for an hour, which compacts them, then move',
  })
}
