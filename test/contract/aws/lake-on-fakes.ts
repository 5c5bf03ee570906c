/**
 * test/contract/aws/lake-on-fakes: the wing's files and catalogue over the fakes of S3 and Glue.
 *
 * In: running fakes.
 * Out: stores that begin empty, each with a cache folder of its own.
 * Invariant: all temporary folders are removed with the fakes.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FileStore, TableCatalogue } from '../../../src/parts/lake/port.ts'
import { openS3FileStore, type S3FileStoreOptions } from '../../../src/wings/aws/lake/file-store.ts'
import { openGlueCatalogue } from '../../../src/wings/aws/lake/table-catalogue.ts'
import { startGlueFake, type GlueFake } from './glue-fake.ts'
import { startS3Fake, type S3Fake } from './s3-fake.ts'

export interface LakeFakes {
  readonly s3: S3Fake
  readonly glue: GlueFake
  /** Forgets every object and table. */
  clear(): void
  files(options?: Partial<S3FileStoreOptions>): Promise<FileStore>
  catalogue(files: FileStore): TableCatalogue
  close(): Promise<void>
}

export async function startLakeFakes(): Promise<LakeFakes> {
  const [s3, glue] = await Promise.all([startS3Fake(), startGlueFake()])
  const folder = mkdtempSync(join(tmpdir(), 'hemline-aws-lake-'))
  let caches = 0
  return {
    s3,
    glue,
    clear() {
      s3.objects.clear()
      s3.uploads.clear()
      glue.databases.clear()
      s3.fault = () => null
      glue.fault = () => null
    },
    files: (options = {}) =>
      openS3FileStore({
        access: s3.access,
        bucketOf: (zone) => `shop-${zone}`,
        prefix: 'lake',
        cacheFolder: join(folder, `cache-${caches++}`),
        cacheBytes: 64 * 1024 * 1024,
        clock: { nowMs: () => s3.nowMs() },
        entropy: randomBytes,
        ...options,
      }),
    catalogue: (files) => openGlueCatalogue({ access: glue.access, files, entropy: randomBytes }),
    async close() {
      await Promise.all([s3.close(), glue.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
