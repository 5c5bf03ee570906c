/**
 * backup/store-backup: the files of a data folder, as of one moment, into a store.
 *
 * In: a folder that nobody changes any more, and a store: a folder or a bucket.
 * Out: the store's one backup; what was copied and what was there already.
 * Guarantee: the manifest comes last, so a run that dies leaves the backup before it; the next one goes on with what it copied.
 * Replay: equal files are not copied again.
 * Invariant: what no manifest names is removed at the end, so who was erased since leaves the store with the next backup.
 */
import { readdir, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { FileStore } from '../../parts/lake/port.ts'
import { promisedSha256 } from '../../parts/lake/parquet.ts'
import { HemlineError } from '../../std/errors.ts'
import { copyFile, type CopiedFile } from './copy-file.ts'
import { manifestPath, manifestPaths, newestManifest, STORED_FOLDER, storedPath } from './manifest.ts'
import type { BackedFile, BackupManifest } from './manifest.ts'

export type OnFiles = (progress: { readonly label: string; readonly done: number; readonly total: number }) => void

export interface StoreBackupOptions {
  readonly store: FileStore
  /** Holds the files under the paths they have in a data folder. */
  readonly folder: string
  readonly madeAt: string
  readonly owner: string
  readonly onProgress: OnFiles
}

export interface StoredBackup {
  readonly made_at: string
  readonly files: number
  readonly bytes: number
  readonly copied_files: number
  readonly copied_bytes: number
}

/** @throws HEM_BACKUP_OTHER_SHOP where the store holds a backup of another installation */
export async function storeBackup(options: StoreBackupOptions): Promise<StoredBackup> {
  const { store, folder, madeAt, owner, onProgress } = options
  const before = await newestManifest(store)
  if (before !== null && before.owner !== owner) throw otherShop()
  const stored = new Set((await store.list(STORED_FOLDER)).map(({ path }) => path))
  const paths = await pathsIn(folder)
  const files: BackedFile[] = []
  const copied: CopiedFile[] = []
  for (const path of paths) {
    onProgress({ label: 'backup', done: files.length, total: paths.length })
    const known = await knownFile(folder, path, stored)
    if (known !== null) {
      files.push(known)
      continue
    }
    const made = await storeFile(store, join(folder, path), stored)
    files.push({ path, bytes: made.bytes, sha256: made.sha256 })
    if (made.isNew) copied.push(made)
  }
  const manifest: BackupManifest = { format: 1, made_at: madeAt, owner, files }
  await store.write(manifestPath(madeAt), Buffer.from(`${JSON.stringify(manifest)}\n`))
  await removeUnnamed(store, manifest, stored)
  onProgress({ label: 'backup', done: paths.length, total: paths.length })
  return {
    made_at: madeAt,
    files: files.length,
    bytes: bytesOf(files),
    copied_files: copied.length,
    copied_bytes: bytesOf(copied),
  }
}

/** A data file of the lake says in its name what it holds, so that it need not be read where it is stored already. */
async function knownFile(folder: string, path: string, stored: ReadonlySet<string>): Promise<BackedFile | null> {
  const sha256 = promisedSha256(path)
  if (sha256 === null || !stored.has(storedPath(sha256))) return null
  return { path, sha256, bytes: (await stat(join(folder, path))).size }
}

async function storeFile(
  store: FileStore,
  from: string,
  stored: Set<string>,
): Promise<CopiedFile & { readonly isNew: boolean }> {
  const staging = await store.stagingFolder()
  try {
    const staged = join(staging, 'file')
    const copied = await copyFile(from, staged)
    const promised = promisedSha256(from)
    if (promised !== null && promised !== copied.sha256) throw damaged(from)
    const path = storedPath(copied.sha256)
    const isNew = !stored.has(path)
    if (isNew) await store.adopt(staged, path)
    stored.add(path)
    return { ...copied, isNew }
  } finally {
    await store.dropStaging(staging)
  }
}

async function removeUnnamed(store: FileStore, manifest: BackupManifest, stored: ReadonlySet<string>): Promise<void> {
  const newest = manifestPath(manifest.made_at)
  for (const path of await manifestPaths(store)) if (path !== newest) await store.delete(path)
  const named = new Set(manifest.files.map(({ sha256 }) => storedPath(sha256)))
  for (const path of stored) if (!named.has(path)) await store.delete(path)
}

async function pathsIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return files.map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/')).toSorted()
}

function bytesOf(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((total, { bytes }) => total + bytes, 0)
}

function otherShop(): HemlineError {
  return new HemlineError('HEM_BACKUP_OTHER_SHOP', {
    subject: 'the place for the backup',
    expected: 'nothing, or backups of this installation',
    got: 'a backup of another one',
    remedy: 'name a place of its own for each data folder',
  })
}

/** A copy of damage would take the place of sound bytes. */
function damaged(path: string): HemlineError {
  return new HemlineError('HEM_LAKE_FILE_CORRUPT', {
    subject: path,
    expected: 'the bytes whose SHA-256 is in its name',
    got: 'other bytes',
    remedy: 'run "hemline repair", then back up again; the backup before is as it was',
  })
}
