/**
 * embedded/lake/table-catalogue: which metadata file of a table is the newest, in a folder.
 *
 * In: the next version of a table's metadata.
 * Out: `metadata/vN.metadata.json`, as engines that read tables from folders expect it.
 * Invariant: version N is written once; only the `link` that creates it decides who wrote it.
 */
import { readdir, readFile, rename, writeFile, rm, stat, link } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { CommitOutcome, TableCatalogue, TableName } from '../../../parts/lake/port.ts'
import { ensureFolder, isErrno, openTemporaries, syncPath, writeDurably } from './file-store.ts'

const HINT = 'version-hint.text'
const VERSION_FILE = /^v(\d+)\.metadata\.json$/
/** A table whose metadata vanishes this often while it is read is given up. */
const LOAD_ATTEMPTS_MAX = 10

export function openFolderCatalogue(rootFolder: string): TableCatalogue {
  const root = resolve(rootFolder)
  let temporaries: Promise<() => Promise<string>> | null = null
  const metadataFolder = (name: TableName): string => join(root, name.namespace, name.table, 'metadata')
  return {
    namespaces: () => foldersIn(root),
    async tables(namespace) {
      const names: string[] = []
      for (const table of await foldersIn(join(root, namespace))) {
        if ((await newestVersion(metadataFolder({ namespace, table }))) !== null) names.push(table)
      }
      return names
    },
    async load(name) {
      const folder = metadataFolder(name)
      for (let attempt = 1; ; attempt++) {
        const version = await newestVersion(folder)
        if (version === null) return null
        const metadataLocation = versionPath(folder, version)
        try {
          const metadataJson = await readFile(metadataLocation, 'utf8')
          return { version: String(version), metadataLocation, metadataJson }
        } catch (cause) {
          // The version was current, then grew old and was removed between the two calls.
          if (!isErrno(cause, 'ENOENT') || attempt === LOAD_ATTEMPTS_MAX) throw cause
        }
      }
    },
    async version(name) {
      const version = await newestVersion(metadataFolder(name))
      return version === null ? null : String(version)
    },
    async commit(name, expectedVersion, metadataJson) {
      temporaries ??= openTemporaries(root)
      return commitVersion(await temporaries, metadataFolder(name), Number(expectedVersion ?? 0), metadataJson)
    },
    discard: (name, version) => discardVersion(metadataFolder(name), version),
  }
}

/** The file stays beside the others, under a name that no engine takes for metadata. */
async function discardVersion(folder: string, version: string): Promise<void> {
  await rm(join(folder, HINT), { force: true })
  await rename(versionPath(folder, Number(version)), join(folder, `v${version}.unreadable`))
  await syncPath(folder)
}

async function commitVersion(
  newTemporary: () => Promise<string>,
  folder: string,
  expected: number,
  metadataJson: string,
): Promise<CommitOutcome> {
  await ensureFolder(folder)
  // Old versions are deleted, so a number may be free again that was taken long ago.
  if (((await newestVersion(folder)) ?? 0) !== expected) return { outcome: 'conflict' }
  const temporary = await newTemporary()
  const version = expected + 1
  const metadataLocation = versionPath(folder, version)
  try {
    await writeDurably(temporary, metadataJson)
    try {
      await link(temporary, metadataLocation)
    } catch (cause) {
      if (isErrno(cause, 'EEXIST')) return { outcome: 'conflict' }
      throw cause
    }
    try {
      // A hint of a version that a crash takes back is passed over by readers.
      await Promise.all([syncPath(folder), writeHint(folder, await newTemporary(), version)])
    } catch (cause) {
      return { outcome: 'unknown', cause }
    }
    return { outcome: 'committed', version: String(version), metadataLocation }
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Only a hint: readers look upwards from it and do without it, so it is not flushed and its failure is none of ours. */
async function writeHint(folder: string, temporary: string, version: number): Promise<void> {
  try {
    await writeFile(temporary, String(version))
    await rename(temporary, join(folder, HINT))
  } catch {
    // The next commit writes it again.
  }
}

async function newestVersion(folder: string): Promise<number | null> {
  const hinted = await readHint(folder)
  if (hinted !== null && (await exists(versionPath(folder, hinted)))) {
    let version = hinted
    while (await exists(versionPath(folder, version + 1))) version++
    return version
  }
  const versions = (await namesIn(folder)).map((name) => Number(VERSION_FILE.exec(name)?.[1] ?? 0))
  const newest = versions.reduce((highest, version) => Math.max(highest, version), 0)
  return newest === 0 ? null : newest
}

async function readHint(folder: string): Promise<number | null> {
  try {
    const hint = Number(await readFile(join(folder, HINT), 'utf8'))
    return Number.isSafeInteger(hint) && hint > 0 ? hint : null
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return null
    throw cause
  }
}

function versionPath(folder: string, version: number): string {
  return join(folder, `v${version}.metadata.json`)
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return false
    throw cause
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return []
    throw cause
  }
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map((entry) => entry.name)
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return []
    throw cause
  }
}
