/**
 * app/lake-access: opens the lake of a data folder, in whichever thread asks.
 *
 * In: the folder's paths.
 * Out: a lake over files and pointer files of this machine; which pointers are unreadable.
 * Invariant: threads share the lake through its commits alone.
 */
import { randomBytes } from 'node:crypto'
import { openLake, type Lake } from '../parts/lake/lake.ts'
import type { MaintenanceLimits } from '../parts/lake/maintain.ts'
import { discardUnreadable, isReadable } from '../parts/lake/reset.ts'
import { LAKE_TABLES } from '../parts/lake/tables.ts'
import type { Clock } from '../std/clock.ts'
import { openFolderFileStore } from '../wings/embedded/lake/file-store.ts'
import { openFolderCatalogue } from '../wings/embedded/lake/table-catalogue.ts'
import type { DataPaths } from './data-folder.ts'

/** What is kept of the past, and when small files are joined, wherever the lake rests. */
export const MAINTENANCE: MaintenanceLimits = {
  keepSnapshotsMs: 60 * 60_000,
  keepHourlyMs: 24 * 60 * 60_000,
  keepSnapshots: 5,
  orphanAgeMs: 24 * 60 * 60_000,
  compactFiles: 30,
  smallFileBytes: 8 * 1024 * 1024,
}

/** Tables whose newest metadata cannot be read. */
export async function unreadablePointers(paths: DataPaths): Promise<readonly string[]> {
  const catalogue = openFolderCatalogue(paths.lake)
  const unreadable: string[] = []
  for (const { namespace, table } of LAKE_TABLES) {
    const found = await catalogue.load({ namespace, table })
    if (found !== null && !isReadable(`${namespace}.${table}`, found.metadataJson))
      unreadable.push(`${namespace}.${table}`)
  }
  return unreadable
}

/** Sets unreadable versions of metadata aside; nobody else may have the folder. */
export async function discardUnreadablePointers(
  paths: DataPaths,
): Promise<readonly { readonly name: string; readonly versions: number }[]> {
  const catalogue = openFolderCatalogue(paths.lake)
  const discarded: { name: string; versions: number }[] = []
  for (const { namespace, table } of LAKE_TABLES) {
    const versions = await discardUnreadable(catalogue, { namespace, table })
    if (versions > 0) discarded.push({ name: `${namespace}.${table}`, versions })
  }
  return discarded
}

/** @param memoryLimit what DuckDB may use, such as "256MB" */
export async function openFolderLake(
  paths: DataPaths,
  options: { readonly clock: Clock; readonly memoryLimit: string; readonly threads: number },
): Promise<Lake> {
  return openLake({
    files: await openFolderFileStore(paths.lake),
    catalogue: openFolderCatalogue(paths.lake),
    entropy: randomBytes,
    tables: LAKE_TABLES,
    spillFolder: paths.work,
    ...options,
  })
}
