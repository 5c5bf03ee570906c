/**
 * aws/lake/file-cache: copies of lake files on this machine, so that DuckDB can read them.
 *
 * In: files of the bucket, as they are asked for or written.
 * Out: their local paths.
 * Invariant: a copy is whole or absent; one handed out within the last quarter of an hour, the longest life of a
 *   function, is not removed, so that a query never loses a file it has open.
 */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { HemlineError } from '../../../std/errors.ts'
import type { Clock } from '../../../std/clock.ts'

export interface FileCacheOptions {
  readonly folder: string
  readonly maxBytes: number
  readonly clock: Clock
}

export interface FileCache {
  /** Where the copy lies, or null. */
  find(path: string): Promise<string | null>
  /**
   * Fills a copy; who asks for the same file meanwhile waits for it.
   *
   * @param fetch writes the file to a temporary path once there is room for its bytes
   * @throws HEM_LAKE_CACHE_FULL
   */
  fill(
    path: string,
    fetch: (temporary: string, makeRoom: (bytes: number) => Promise<void>) => Promise<void>,
  ): Promise<string>
  /** Takes over a file that is durable elsewhere, if there is room for it. */
  keep(path: string, localFile: string): Promise<void>
  drop(path: string): Promise<void>
}

interface Copy {
  readonly bytes: number
  readonly usedMs: number
}

const IN_USE_MS = 900_000

export async function openFileCache(options: FileCacheOptions): Promise<FileCache> {
  const { folder, maxBytes, clock } = options
  const kept = keptCopies(options, await copiesIn(folder, clock.nowMs()))
  const filling = new Map<string, Promise<string>>()
  let temporaries = 0

  const fetchInto = async (path: string, fetch: Parameters<FileCache['fill']>[1]): Promise<string> => {
    const temporary = `${kept.place(path)}.${temporaries++}.part`
    await mkdir(dirname(temporary), { recursive: true })
    let takenBytes = 0
    try {
      await fetch(temporary, async (bytes) => {
        if (!(await kept.takeRoom(bytes))) throw cacheFull(path, maxBytes)
        takenBytes = bytes
      })
      await rename(temporary, kept.place(path))
      return kept.remember(path, takenBytes)
    } catch (thrown) {
      kept.giveRoom(takenBytes)
      await rm(temporary, { force: true })
      throw thrown
    }
  }

  return {
    async find(path) {
      const copy = kept.copies.get(path)
      if (copy === undefined) return filling.get(path) ?? null
      const isThere = await stat(kept.place(path)).then(
        () => true,
        () => false,
      )
      if (isThere) return kept.remember(path, copy.bytes)
      await kept.forget(path)
      return null
    },
    fill(path, fetch) {
      const begun = filling.get(path)
      if (begun !== undefined) return begun
      const filled = fetchInto(path, fetch).finally(() => filling.delete(path))
      filling.set(path, filled)
      return filled
    },
    async keep(path, localFile) {
      const { size } = await stat(localFile)
      if (!(await kept.takeRoom(size))) return
      await mkdir(dirname(kept.place(path)), { recursive: true })
      await rename(localFile, kept.place(path))
      kept.remember(path, size)
    },
    drop: kept.forget,
  }
}

/** @param copies least recently used first */
function keptCopies({ folder, maxBytes, clock }: FileCacheOptions, copies: Map<string, Copy>) {
  const place = (path: string): string => join(folder, path)
  let totalBytes = [...copies.values()].reduce((total, copy) => total + copy.bytes, 0)
  const forget = async (path: string): Promise<void> => {
    totalBytes -= copies.get(path)?.bytes ?? 0
    copies.delete(path)
    await rm(place(path), { force: true })
  }
  return {
    copies,
    place,
    forget,
    remember(path: string, bytes: number): string {
      copies.delete(path)
      copies.set(path, { bytes, usedMs: clock.nowMs() })
      return place(path)
    },
    /** Room is taken before the bytes come, so that files fetched at once do not share one gap. */
    async takeRoom(bytes: number): Promise<boolean> {
      totalBytes += bytes
      const usedBeforeMs = clock.nowMs() - IN_USE_MS
      for (const [path, copy] of copies) {
        if (totalBytes <= maxBytes) break
        if (copy.usedMs < usedBeforeMs) await forget(path)
      }
      if (totalBytes <= maxBytes) return true
      totalBytes -= bytes
      return false
    },
    giveRoom(bytes: number): void {
      totalBytes -= bytes
    },
  }
}

/** What an earlier process left; half-written copies are removed. */
async function copiesIn(folder: string, nowMs: number): Promise<Map<string, Copy>> {
  await mkdir(folder, { recursive: true })
  const found = new Map<string, Copy>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const full = join(entry.parentPath, entry.name)
    if (full.endsWith('.part')) await rm(full, { force: true })
    else
      found.set(relative(folder, full).replaceAll(sep, '/'), {
        bytes: (await stat(full)).size,
        usedMs: nowMs - IN_USE_MS - 1,
      })
  }
  return found
}

function cacheFull(path: string, maxBytes: number): HemlineError {
  return new HemlineError('HEM_LAKE_CACHE_FULL', {
    subject: path,
    expected: `the files of one run to fit into ${maxBytes} bytes`,
    got: 'more',
    remedy: 'give the cache more bytes, or read fewer days at a time',
  })
}
