/**
 * lake/verify: whether a table holds what was written, down to the last bit.
 *
 * In: a table's name.
 * Out: how much was read, and what is damaged: metadata, manifests, files.
 * Invariant: everything is read from the disk anew; nothing is changed.
 */
import { stat } from 'node:fs/promises'
import { messageOf } from '../../std/errors.ts'
import type { CommitContext } from './change.ts'
import type { DataFile, ManifestFile } from './manifest.ts'
import { currentSnapshot, snapshotsOf, type Snapshot } from './metadata.ts'
import { promisedSha256, sha256Of } from './parquet.ts'
import type { TableName } from './port.ts'
import { entriesOf, loadTable, manifestsOf, newManifestCache, pathOf, textOf } from './table-state.ts'
import type { TableReader, TableState } from './table-state.ts'

export interface Damage {
  readonly table: string
  /** What is damaged: without metadata or manifests it is not known which files a table has. */
  readonly part: 'metadata' | 'manifest' | 'file'
  /** As the table names it. */
  readonly location: string
  readonly found: string
  /** False where only older snapshots need it. */
  readonly isCurrent: boolean
}

export interface TableCheck {
  readonly table: string
  readonly snapshots: number
  readonly files: number
  readonly bytes: number
  /** Files of other engines, whose names promise nothing. */
  readonly unpromised: number
  readonly damages: readonly Damage[]
}

export async function verifyTable(context: CommitContext, name: TableName): Promise<TableCheck> {
  const table = textOf(name)
  const damages: Damage[] = []
  let state: TableState | null
  try {
    state = await loadTable({ catalogue: context.catalogue, states: new Map() }, name)
    if (state === null) throw new Error('no metadata')
  } catch (fault) {
    damages.push({ table, part: 'metadata', location: 'newest version', found: messageOf(fault), isCurrent: true })
    return { table, snapshots: 0, files: 0, bytes: 0, unpromised: 0, damages }
  }
  const reader: TableReader = { files: context.reader.files, cache: newManifestCache() }
  const files = await namedFiles(reader, state, damages)
  const counts = { bytes: 0, unpromised: 0 }
  for (const { file, isCurrent } of files) {
    const found = await faultOf(reader, state, file)
    counts.bytes += file.bytes
    if (promisedSha256(file.location) === null) counts.unpromised++
    if (found !== null) damages.push({ table, part: 'file', location: file.location, found, isCurrent })
  }
  return { table, snapshots: snapshotsOf(state.metadata).length, files: files.length, ...counts, damages }
}

interface NamedFile {
  readonly file: DataFile
  readonly isCurrent: boolean
}

/** Files of all snapshots, those of the newest first, each once. */
async function namedFiles(reader: TableReader, state: TableState, damages: Damage[]): Promise<readonly NamedFile[]> {
  const current = currentSnapshot(state.metadata)
  const older = snapshotsOf(state.metadata).filter((snapshot) => snapshot !== current)
  const named = new Map<string, NamedFile>()
  const seen = new Set<string>()
  for (const snapshot of current === null ? older : [current, ...older]) {
    const isCurrent = snapshot === current
    const damage = (location: string, found: string): unknown =>
      damages.push({ table: textOf(state.name), part: 'manifest', location, found, isCurrent })
    for (const manifest of await manifestsIn(reader, state, snapshot, damage)) {
      if (seen.has(manifest.location)) continue
      seen.add(manifest.location)
      for (const file of await filesIn(reader, state, manifest, damage)) {
        if (!named.has(file.location)) named.set(file.location, { file, isCurrent })
      }
    }
  }
  return [...named.values()]
}

type Tell = (location: string, found: string) => unknown

async function manifestsIn(
  reader: TableReader,
  state: TableState,
  snapshot: Snapshot,
  tell: Tell,
): Promise<readonly ManifestFile[]> {
  try {
    const manifests = await manifestsOf(reader, state, snapshot)
    const rows = manifests
      .filter((manifest) => manifest.content === 'data')
      .reduce((total, manifest) => total + manifest.addedRows + manifest.existingRows, 0n)
    const promised = snapshot.summary['total-records']
    if (promised !== undefined && BigInt(promised) !== rows)
      tell(snapshot['manifest-list'], `${rows} rows, where the snapshot says ${promised}`)
    return manifests
  } catch (fault) {
    tell(snapshot['manifest-list'], messageOf(fault))
    return []
  }
}

async function filesIn(
  reader: TableReader,
  state: TableState,
  manifest: ManifestFile,
  tell: Tell,
): Promise<readonly DataFile[]> {
  try {
    const { length } = await reader.files.read(pathOf(state, manifest.location))
    if (length !== manifest.bytes) throw new Error(`${length} bytes, where the list says ${manifest.bytes}`)
    const entries = await entriesOf(reader, state, manifest)
    return entries.filter((entry) => entry.status !== 'deleted').map((entry) => entry.file)
  } catch (fault) {
    tell(manifest.location, messageOf(fault))
    return []
  }
}

/** What is wrong with a file, or null. DuckDB itself would not notice every flipped bit. */
async function faultOf(reader: TableReader, state: TableState, file: DataFile): Promise<string | null> {
  let localPath: string
  try {
    localPath = await reader.files.localPath(pathOf(state, file.location))
  } catch (fault) {
    return messageOf(fault)
  }
  const { size } = await stat(localPath)
  if (size !== file.bytes) return `${size} bytes, where the manifest says ${file.bytes}`
  const promised = promisedSha256(file.location)
  if (promised === null || (await sha256Of(localPath)) === promised) return null
  return 'other bytes than were written: their SHA-256 is not that of the name'
}
