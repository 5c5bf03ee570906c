/**
 * embedded/lake/file-store: the lake's files in a folder of this machine.
 *
 * In: bytes, or files that DuckDB wrote into a staging folder.
 * Out: files that survive a power cut once written.
 * Invariant: a file appears under its name whole or not at all, and is never overwritten.
 */
import { link, mkdir, mkdtemp, open, readdir, readFile, rm, stat, unlink } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { assert } from '../../../std/assert.ts'
import { HemlineError } from '../../../std/errors.ts'
import type { FileStore, StoredFile } from '../../../parts/lake/port.ts'

/** Begins with a dot, so that it is no namespace. */
export const STAGING_FOLDER = '.staging'
/** No write takes this long. */
const LEFT_BEHIND_MS = 86_400_000

export async function openFolderFileStore(rootFolder: string): Promise<FileStore> {
  const root = resolve(rootFolder)
  const staging = join(root, STAGING_FOLDER)
  const newTemporary = await openTemporaries(root)
  const place = (path: string): string => {
    const full = resolve(root, path)
    assert(full.startsWith(root + sep), `path ${path} leaves the lake`)
    return full
  }
  return {
    location: place,
    async write(path, bytes) {
      const temporary = await newTemporary()
      await writeDurably(temporary, bytes)
      try {
        await publish(temporary, place(path), path)
      } catch (cause) {
        await rm(temporary, { force: true })
        throw cause
      }
    },
    async read(path) {
      try {
        return await readFile(place(path))
      } catch (cause) {
        throw missingOr(path, cause)
      }
    },
    list: (folder) => listFiles(root, place(folder)),
    async delete(path) {
      await rm(place(path), { force: true })
    },
    async localPath(path) {
      try {
        await stat(place(path))
      } catch (cause) {
        throw missingOr(path, cause)
      }
      return place(path)
    },
    stagingFolder: () => mkdtemp(join(staging, 'rows-')),
    async adopt(stagedPath, path) {
      await syncPath(stagedPath)
      await publish(stagedPath, place(path), path)
    },
    async dropStaging(folder) {
      assert(resolve(folder).startsWith(staging + sep), 'only staging folders are dropped')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Names for temporary files in a folder of the caller's own, below the lake so that a link can reach them. What
 * crashes left behind a day ago is removed, by the file system's own clock.
 */
export async function openTemporaries(root: string): Promise<() => Promise<string>> {
  const staging = join(root, STAGING_FOLDER)
  await mkdir(staging, { recursive: true })
  const own = await mkdtemp(join(staging, 'own-'))
  const { mtimeMs: nowMs } = await stat(own)
  for (const name of await readdir(staging)) {
    const left = join(staging, name)
    const found = await stat(left).catch(() => null)
    if (found !== null && found.mtimeMs < nowMs - LEFT_BEHIND_MS) await rm(left, { recursive: true, force: true })
  }
  let count = 0
  return async () => {
    // Another process may have taken the folder of one long idle for left behind.
    await mkdir(own, { recursive: true })
    return join(own, String(count++))
  }
}

export async function writeDurably(path: string, bytes: Uint8Array | string): Promise<void> {
  const handle = await open(path, 'wx')
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Flushes a file, or the names in a folder. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Creates a folder and flushes every name that leads to it. */
export async function ensureFolder(folder: string): Promise<void> {
  const firstCreated = await mkdir(folder, { recursive: true })
  if (firstCreated === undefined) return
  for (let child = folder; child.length >= firstCreated.length; child = dirname(child)) await syncPath(dirname(child))
}

/** Gives a durable file its final name; unlike a rename, a link never overwrites. */
async function publish(from: string, to: string, path: string): Promise<void> {
  try {
    await linkInto(from, to)
  } catch (cause) {
    if (!isErrno(cause, 'EEXIST')) throw cause
    throw new HemlineError('HEM_LAKE_FILE_EXISTS', {
      subject: path,
      expected: 'a new file',
      got: 'one that is there already',
      remedy: 'write under another name',
      cause,
    })
  }
  await syncPath(dirname(to))
  await unlink(from)
}

/** Folders are nearly always there, so they are made only where the link fails without them. */
async function linkInto(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (cause) {
    if (!isErrno(cause, 'ENOENT')) throw cause
    await ensureFolder(dirname(to))
    await link(from, to)
  }
}

async function listFiles(root: string, folder: string): Promise<readonly StoredFile[]> {
  const found: StoredFile[] = []
  let entries
  try {
    entries = await readdir(folder, { recursive: true, withFileTypes: true })
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return found
    throw cause
  }
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const full = join(entry.parentPath, entry.name)
    try {
      const { size, mtimeMs } = await stat(full)
      found.push({ path: relative(root, full).replaceAll(sep, '/'), bytes: size, modifiedMs: mtimeMs })
    } catch (cause) {
      // Another writer may have removed it since the folder was read.
      if (!isErrno(cause, 'ENOENT')) throw cause
    }
  }
  return found
}

function missingOr(path: string, cause: unknown): unknown {
  if (!isErrno(cause, 'ENOENT')) return cause
  return new HemlineError('HEM_LAKE_FILE_MISSING', {
    subject: path,
    expected: 'a file of the lake',
    got: 'nothing under that name',
    remedy: 'restore it from a backup; a snapshot that was just expired is read again from the newest',
    cause,
  })
}

export function isErrno(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code
}
