/**
 * app/lake-access: opens the lake of a data folder, in whichever thread asks.
 *
 * In: the folder's paths.
 * Out: a lake over files and pointer files of this machine.
 * Invariant: threads share the lake through its commits alone.
 */
import { randomBytes } from 'node:crypto'
import { openLake, type Lake } from '../parts/lake/lake.ts'
import { LAKE_TABLES } from '../parts/lake/tables.ts'
import type { Clock } from '../std/clock.ts'
import { openFolderFileStore } from '../wings/embedded/lake/file-store.ts'
import { openFolderCatalogue } from '../wings/embedded/lake/table-catalogue.ts'
import type { DataPaths } from './data-folder.ts'

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
