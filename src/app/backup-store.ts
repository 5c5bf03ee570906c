/**
 * app/backup-store: the place that a backup is put at or read from.
 *
 * In: a folder, or an address such as s3://bucket/prefix.
 * Out: a store of files there.
 * Invariant: Amazon's client is loaded only for an address of its own.
 */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve, sep } from 'node:path'
import type { FileStore } from '../parts/lake/port.ts'
import { HemlineError } from '../std/errors.ts'
import { openFolderFileStore } from '../wings/embedded/lake/file-store.ts'

export interface BackupPlace {
  readonly store: FileStore
  close(): Promise<void>
}

export interface BackupPlaceOptions {
  /** Folder or s3:// address. */
  readonly place: string
  /** Of the bucket. */
  readonly region: string | null
  /** Of a server of one's own that speaks S3. */
  readonly endpoint: string | null
  /** A data folder that the place may not lie in. */
  readonly outside: string
  /** Whether a folder is made where there is none. */
  readonly isMade: boolean
}

/** Copies of objects on this machine while one run lasts; the stream is one object. */
const CACHE_BYTES = 64 * 1024 ** 3

/** @throws HEM_BACKUP_PLACE_INVALID */
export async function openBackupPlace(options: BackupPlaceOptions): Promise<BackupPlace> {
  const { place, outside } = options
  if (place.startsWith('s3://')) return openBucket(options)
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(place)) throw invalid(place, 'a folder or s3://bucket/prefix')
  const folder = resolve(place)
  if (`${folder}${sep}`.startsWith(`${resolve(outside)}${sep}`))
    throw invalid(place, 'a place outside of the data folder')
  if (!options.isMade && !existsSync(folder)) throw invalid(place, 'a folder that is there')
  return { store: await openFolderFileStore(folder), close: async () => undefined }
}

async function openBucket({ place, region, endpoint }: BackupPlaceOptions): Promise<BackupPlace> {
  const [bucket = '', ...names] = place.slice('s3://'.length).split('/')
  if (bucket === '') throw invalid(place, 's3://bucket/prefix')
  if (region === null) throw invalid(place, 'the region of the bucket, with --region')
  const { openS3FileStore } = await import('../wings/aws/lake/file-store.ts')
  const cacheFolder = await mkdtemp(join(tmpdir(), 'hemline-backup-'))
  const store = await openS3FileStore({
    access: { region, random: Math.random, ...(endpoint === null ? {} : { endpoint }) },
    bucketOf: () => bucket,
    prefix: names.filter((name) => name !== '').join('/'),
    cacheFolder,
    cacheBytes: CACHE_BYTES,
    clock: { nowMs: () => Date.now() },
    entropy: randomBytes,
  })
  return { store, close: () => rm(cacheFolder, { recursive: true, force: true }) }
}

function invalid(place: string, expected: string): HemlineError {
  return new HemlineError('HEM_BACKUP_PLACE_INVALID', {
    subject: 'the place of the backup',
    expected,
    got: `"${place}"`,
    remedy: 'see "hemline backup --help"',
  })
}
