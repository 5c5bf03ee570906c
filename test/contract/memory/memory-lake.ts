/**
 * test/contract/memory/memory-lake: lake files and table pointers in memory.
 *
 * In: a clock.
 * Out: a `FileStore` and a `TableCatalogue` that pass the contract suites.
 * Invariant: DuckDB needs real paths, so files it reads are copied out to a folder that `dispose` removes.
 */
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { FileStore, TableCatalogue, TableName } from '../../../src/parts/lake/port.ts'
import type { Clock } from '../../../src/std/clock.ts'
import { HemlineError } from '../../../src/std/errors.ts'

export interface MemoryLake {
  readonly files: FileStore
  readonly catalogue: TableCatalogue
  dispose(): void
}

export function openMemoryLake(clock: Clock): MemoryLake {
  const folder = mkdtempSync(join(tmpdir(), 'hemline-memory-lake-'))
  const stored = new Map<string, { readonly bytes: Uint8Array; readonly modifiedMs: number }>()
  const found = (path: string) => {
    const file = stored.get(path)
    if (file !== undefined) return file
    throw new HemlineError('HEM_LAKE_FILE_MISSING', detail(path, 'a file'))
  }
  const put = (path: string, bytes: Uint8Array) => {
    if (stored.has(path)) throw new HemlineError('HEM_LAKE_FILE_EXISTS', detail(path, 'a new file'))
    stored.set(path, { bytes: Uint8Array.from(bytes), modifiedMs: clock.nowMs() })
  }
  let stagings = 0
  const files: FileStore = {
    location: (path) => `memory://lake/${path}`,
    write: async (path, bytes) => put(path, bytes),
    read: async (path) => found(path).bytes,
    list: async (under) =>
      [...stored]
        .filter(([path]) => path.startsWith(`${under}/`))
        .map(([path, file]) => ({ path, bytes: file.bytes.length, modifiedMs: file.modifiedMs })),
    delete: async (path) => void stored.delete(path),
    async localPath(path) {
      const local = join(folder, 'copies', path)
      mkdirSync(dirname(local), { recursive: true })
      writeFileSync(local, found(path).bytes)
      return local
    },
    async stagingFolder() {
      const staging = join(folder, `staging-${stagings++}`)
      mkdirSync(staging)
      return staging
    },
    adopt: async (stagedPath, path) => put(path, readFileSync(stagedPath)),
    dropStaging: async (staging) => rmSync(staging, { recursive: true, force: true }),
  }
  return { files, catalogue: memoryCatalogue(), dispose: () => rmSync(folder, { recursive: true, force: true }) }
}

function memoryCatalogue(): TableCatalogue {
  const pointers = new Map<string, { readonly version: number; readonly metadataJson: string }>()
  const history = new Map<string, readonly string[]>()
  const keyOf = (name: TableName) => `${name.namespace}/${name.table}`
  const locationOf = (name: TableName, version: number) =>
    `memory://lake/${keyOf(name)}/metadata/v${version}.metadata.json`
  return {
    namespaces: async () => [...new Set([...pointers.keys()].map((key) => key.split('/')[0]))],
    tables: async (namespace) =>
      [...pointers.keys()].filter((key) => key.startsWith(`${namespace}/`)).map((key) => key.split('/')[1]),
    async load(name) {
      const pointer = pointers.get(keyOf(name))
      if (pointer === undefined) return null
      const metadataLocation = locationOf(name, pointer.version)
      return { version: String(pointer.version), metadataLocation, metadataJson: pointer.metadataJson }
    },
    async discard(name) {
      const kept = history.get(keyOf(name))?.slice(0, -1) ?? []
      history.set(keyOf(name), kept)
      const newest = kept.at(-1)
      if (newest === undefined) pointers.delete(keyOf(name))
      else pointers.set(keyOf(name), { version: kept.length, metadataJson: newest })
    },
    async version(name) {
      const pointer = pointers.get(keyOf(name))
      return pointer === undefined ? null : String(pointer.version)
    },
    async commit(name, expectedVersion, metadataJson) {
      const current = pointers.get(keyOf(name))?.version ?? 0
      if (current !== Number(expectedVersion ?? 0)) return { outcome: 'conflict' }
      const version = current + 1
      pointers.set(keyOf(name), { version, metadataJson })
      history.set(keyOf(name), [...(history.get(keyOf(name)) ?? []), metadataJson])
      return { outcome: 'committed', version: String(version), metadataLocation: locationOf(name, version) }
    },
  }
}

const detail = (subject: string, expected: string) => ({ subject, expected, got: 'another', remedy: 'see the test' })
