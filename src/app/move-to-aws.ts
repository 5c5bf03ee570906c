/**
 * app/move-to-aws: the lake of a data folder moves to S3 and Glue.
 *
 * In: a data folder that nobody uses, and where to.
 * Out: what was moved of each table.
 * Invariant: the data folder is only read.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { HemlineError } from '../std/errors.ts'
import { moveLake, type MovedTable, type MoveOptions } from '../tools/move/move-lake.ts'
import { openS3FileStore } from '../wings/aws/lake/file-store.ts'
import { openGlueCatalogue } from '../wings/aws/lake/table-catalogue.ts'
import { openFolderFileStore } from '../wings/embedded/lake/file-store.ts'
import { openFolderCatalogue } from '../wings/embedded/lake/table-catalogue.ts'
import { dataPaths, lockFolder } from './data-folder.ts'

export interface MoveTarget extends Pick<MoveOptions, 'isDryRun' | 'onProgress'> {
  readonly region: string
  readonly bucketOf: (zone: string) => string
}

/** @throws HEM_FILE_UNREADABLE where the folder holds no lake, HEM_DATA_FOLDER_IN_USE */
export async function moveToAws(dataFolder: string, target: MoveTarget): Promise<readonly MovedTable[]> {
  if (!existsSync(dataPaths(dataFolder).lake)) throw noLake(dataFolder)
  const { region, bucketOf, ...how } = target
  // Whoever runs on the folder would commit while it is copied.
  const lock = await lockFolder(dataFolder)
  const cacheFolder = join(lock.paths.work, 'move')
  try {
    const access = { region, random: Math.random }
    const clock = { nowMs: () => Date.now() }
    // What is moved lies on this machine already.
    const store = { access, bucketOf, cacheFolder, cacheBytes: 0, clock, entropy: randomBytes }
    const files = await openS3FileStore(store)
    const to = { files, catalogue: openGlueCatalogue({ access, files, entropy: randomBytes }) }
    const from = {
      files: await openFolderFileStore(lock.paths.lake),
      catalogue: openFolderCatalogue(lock.paths.lake),
    }
    return await moveLake({ from, to, ...how })
  } finally {
    rmSync(cacheFolder, { recursive: true, force: true })
    await lock.release()
  }
}

function noLake(dataFolder: string): HemlineError {
  return new HemlineError('HEM_FILE_UNREADABLE', {
    subject: `data folder ${dataFolder}`,
    expected: 'a lake that Hemline has written',
    got: 'none',
    remedy: 'name the folder with --data or HEMLINE_DATA',
  })
}
