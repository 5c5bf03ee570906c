/**
 * lake/table-state: one version of a table, and the data files it holds.
 *
 * In: a wing's files and catalogue, and a table's name.
 * Out: the metadata, the manifests and the live entries of a snapshot.
 * Invariant: a state never changes; what was read from immutable files is kept and not read again.
 */
import { HemlineError } from '../../std/errors.ts'
import { readManifest, readManifestList, type ManifestEntry, type ManifestFile } from './manifest.ts'
import { parseTableMetadata, specWithId, type Snapshot, type TableMetadata } from './metadata.ts'
import type { FileStore, TableCatalogue, TableName } from './port.ts'

export interface TableState {
  readonly name: TableName
  readonly version: string
  readonly metadataLocation: string
  readonly metadata: TableMetadata
}

/** "clean.orders" */
export function textOf(name: TableName): string {
  return `${name.namespace}.${name.table}`
}

/** The folder of a table, relative to the lake's root. */
export function folderOf(name: TableName): string {
  return `${name.namespace}/${name.table}`
}

/** The newest state of each table that was seen, by its text. Only ever a shortcut: the catalogue is asked each time. */
export type KnownStates = Map<string, TableState>

export interface StateSource {
  readonly catalogue: TableCatalogue
  readonly states: KnownStates
}

export async function loadTable(source: StateSource, name: TableName): Promise<TableState | null> {
  const text = textOf(name)
  const known = source.states.get(text)
  if (known !== undefined && (await source.catalogue.version(name)) === known.version) return known
  const found = await source.catalogue.load(name)
  if (found === null) return null
  const metadata = parseTableMetadata(text, found.metadataJson)
  const state = { name, version: found.version, metadataLocation: found.metadataLocation, metadata }
  source.states.set(text, state)
  return state
}

/**
 * The path below the root of a file that a table names. Goes by the table's own location, so that a lake folder
 * that was moved still opens.
 *
 * @throws HEM_LAKE_UNSUPPORTED for a file outside the table
 */
export function pathOf(state: TableState, location: string): string {
  const prefix = `${state.metadata.location}/`
  if (location.startsWith(prefix) && !location.includes('/../')) {
    return `${folderOf(state.name)}/${location.slice(prefix.length)}`
  }
  throw new HemlineError('HEM_LAKE_UNSUPPORTED', {
    subject: textOf(state.name),
    expected: `files below ${state.metadata.location}`,
    got: location,
    remedy: 'rewrite the table into its own folder',
  })
}

/** The path below the root of a version of the metadata, wherever the lake's folder was when it was written. */
export function metadataPathOf(state: TableState, location: string): string {
  return `${folderOf(state.name)}/metadata/${location.slice(location.lastIndexOf('/') + 1)}`
}

/** Manifests read before, newest use last. They are immutable, so a hit is always right. */
export interface ManifestCache {
  readonly lists: Map<string, readonly ManifestFile[]>
  readonly entries: Map<string, readonly ManifestEntry[]>
}

/** Entries kept of all manifests together, and as many lines of lists; an entry with its statistics takes some 20 KB. */
const CACHED_ITEMS_MAX = 2500

export function newManifestCache(): ManifestCache {
  return { lists: new Map(), entries: new Map() }
}

type Cache<Item> = Map<string, readonly Item[]>

async function cached<Item>(
  cache: Cache<Item>,
  key: string,
  read: () => Promise<readonly Item[]>,
): Promise<readonly Item[]> {
  const value = cache.get(key) ?? (await read())
  keepCached(cache, key, value)
  return value
}

/** Of immutable files, so that what was written is what would be read. */
export function keepCached<Item>(cache: Cache<Item>, key: string, value: readonly Item[]): void {
  cache.delete(key)
  cache.set(key, value)
  let items = 0
  for (const kept of cache.values()) items += kept.length
  for (const [oldest, kept] of cache) {
    if (items <= CACHED_ITEMS_MAX || oldest === key) return
    cache.delete(oldest)
    items -= kept.length
  }
}

export interface TableReader {
  readonly files: FileStore
  readonly cache: ManifestCache
}

export async function manifestsOf(
  reader: TableReader,
  state: TableState,
  snapshot: Snapshot | null,
): Promise<readonly ManifestFile[]> {
  if (snapshot === null) return []
  const location = snapshot['manifest-list']
  return cached(reader.cache.lists, location, async () =>
    readManifestList(location, await reader.files.read(pathOf(state, location))),
  )
}

export async function entriesOf(
  reader: TableReader,
  state: TableState,
  manifest: ManifestFile,
): Promise<readonly ManifestEntry[]> {
  return cached(reader.cache.entries, manifest.location, async () => {
    const bytes = await reader.files.read(pathOf(state, manifest.location))
    return readManifest(manifest, specWithId(state.metadata, manifest.specId), bytes)
  })
}

export interface LiveEntries {
  /** Files that hold the snapshot's rows. */
  readonly data: readonly ManifestEntry[]
  /** Files of another engine that say which of these rows are deleted. */
  readonly deletes: readonly ManifestEntry[]
  readonly deleteManifests: ReadonlySet<string>
}

/** The entries a snapshot's rows are in. */
export async function liveEntries(
  reader: TableReader,
  state: TableState,
  snapshot: Snapshot | null,
): Promise<LiveEntries> {
  const data: ManifestEntry[] = []
  const deletes: ManifestEntry[] = []
  const deleteManifests = new Set<string>()
  for (const manifest of await manifestsOf(reader, state, snapshot)) {
    if (manifest.content === 'deletes') deleteManifests.add(manifest.location)
    for (const entry of await entriesOf(reader, state, manifest)) {
      if (entry.status === 'deleted') continue
      if (entry.file.content === 'data') data.push(entry)
      else deletes.push(entry)
    }
  }
  return { data, deletes, deleteManifests }
}
