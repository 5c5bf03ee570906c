/**
 * aws/lake/file-store: the lake's files as objects of one bucket.
 *
 * In: bytes, or files that DuckDB wrote into a staging folder.
 * Out: objects, and copies of them on this machine for DuckDB to read.
 * Invariant: an object appears under its name whole or not at all, and is never overwritten.
 */
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import type { Entropy, FileStore, StoredFile } from '../../../parts/lake/port.ts'
import { assert } from '../../../std/assert.ts'
import type { Clock } from '../../../std/clock.ts'
import { HemlineError } from '../../../std/errors.ts'
import type { AwsAccess } from '../access.ts'
import { repeated, serviceFault } from '../calls.ts'
import { isNamed } from '../faults.ts'
import { openS3, putWhere, type S3Target, type S3WriteOutcome } from '../s3.ts'
import { openFileCache, type FileCache } from './file-cache.ts'
import { DEFAULT_UPLOAD_LIMITS, uploadNew, type UploadLimits } from './upload.ts'

export interface S3FileStoreOptions {
  readonly access: AwsAccess
  /** The bucket of a zone; several may lie in one. */
  readonly bucketOf: (zone: string) => string
  /** Where the lake lies in each bucket, such as "lake"; at its root where absent. */
  readonly prefix?: string
  /** A folder of this machine for copies and for files that DuckDB writes. */
  readonly cacheFolder: string
  /** Most bytes of copies. */
  readonly cacheBytes: number
  readonly clock: Clock
  readonly entropy: Entropy
  readonly upload?: UploadLimits
}

/** Ten million objects; a table has some hundreds. */
const LIST_PAGES_MAX = 10_000
const MARK_BYTES = 16

export async function openS3FileStore(options: S3FileStoreOptions): Promise<FileStore> {
  const { access, bucketOf, prefix = '', entropy } = options
  const client = openS3(access)
  const targetOf = (path: string): S3Target => ({ client, access, bucket: bucketOf(path.split('/')[0]) })
  const staging = resolve(options.cacheFolder, 'staging')
  await mkdir(staging, { recursive: true })
  const cache = await openFileCache({
    folder: resolve(options.cacheFolder, 'files'),
    maxBytes: options.cacheBytes,
    clock: options.clock,
  })
  const keyOf = (path: string): string => {
    assert(!path.split('/').includes('..'), `path ${path} leaves the lake`)
    return prefix === '' ? path : `${prefix}/${path}`
  }
  const newMark = (): string => Buffer.from(entropy(MARK_BYTES)).toString('hex')
  return {
    location: (path) => `s3://${targetOf(path).bucket}/${keyOf(path)}`,
    async write(path, bytes) {
      const condition = { IfNoneMatch: '*' } as const
      refuseExisting(path, await putWhere(targetOf(path), keyOf(path), bytes, { condition, mark: newMark() }))
    },
    read: (path) =>
      withObject(targetOf(path), path, keyOf(path), async (body) => {
        const chunks: Buffer[] = []
        for await (const chunk of body) chunks.push(chunk as Buffer)
        return Buffer.concat(chunks)
      }),
    list: (folder) => listObjects(targetOf(folder), `${keyOf(folder)}/`, `${folder}/`),
    async delete(path) {
      await cache.drop(path)
      const { bucket } = targetOf(path)
      try {
        const command = new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(path) })
        await repeated(access, () => client.send(command))
      } catch (cause) {
        throw serviceFault(`s3://${bucket}/${keyOf(path)}`, cause)
      }
    },
    async localPath(path) {
      return (await cache.find(path)) ?? download(targetOf(path), cache, path, keyOf(path))
    },
    stagingFolder: () => mkdtemp(join(staging, 'rows-')),
    async adopt(stagedPath, path) {
      const file = { path: stagedPath, mark: newMark(), limits: options.upload ?? DEFAULT_UPLOAD_LIMITS }
      refuseExisting(path, await uploadNew(targetOf(path), keyOf(path), file))
      await cache.keep(path, stagedPath)
    },
    async dropStaging(folder) {
      assert(resolve(folder).startsWith(staging + sep), 'only staging folders are dropped')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function refuseExisting(path: string, outcome: S3WriteOutcome): void {
  if (outcome !== 'refused') return
  throw new HemlineError('HEM_LAKE_FILE_EXISTS', {
    subject: path,
    expected: 'a new file',
    got: 'one that is there already',
    remedy: 'write under another name',
  })
}

async function withObject<Result>(
  { client, access, bucket }: S3Target,
  path: string,
  key: string,
  use: (body: Readable, bytes: number) => Promise<Result>,
): Promise<Result> {
  try {
    // A body that breaks off is asked for anew, like an answer that does not come.
    return await repeated(access, async () => {
      const { Body, ContentLength } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      assert(Body instanceof Readable, 'an object without a body')
      return use(Body, ContentLength ?? 0)
    })
  } catch (fault) {
    throw isNamed(fault, 'NoSuchKey') ? missing(path, fault) : serviceFault(`s3://${bucket}/${key}`, fault)
  }
}

async function download(target: S3Target, cache: FileCache, path: string, key: string): Promise<string> {
  return cache.fill(path, (temporary, makeRoom) => {
    let hasRoom = false
    return withObject(target, path, key, async (body, bytes) => {
      if (!hasRoom) await makeRoom(bytes)
      hasRoom = true
      const file = createWriteStream(temporary)
      await pipeline(body, file)
      if (file.bytesWritten !== bytes) throw new Error(`${file.bytesWritten} bytes came of ${bytes}`)
    })
  })
}

async function listObjects(
  { client, access, bucket }: S3Target,
  below: string,
  pathBelow: string,
): Promise<readonly StoredFile[]> {
  const found: StoredFile[] = []
  let token: string | undefined
  const subject = `s3://${bucket}/${below}`
  for (let page = 1; page <= LIST_PAGES_MAX; page++) {
    const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: below, ContinuationToken: token })
    try {
      const { Contents = [], NextContinuationToken } = await repeated(access, () => client.send(command))
      for (const { Key = '', Size = 0, LastModified } of Contents) {
        const path = pathBelow + Key.slice(below.length)
        found.push({ path, bytes: Size, modifiedMs: LastModified?.getTime() ?? 0 })
      }
      token = NextContinuationToken
    } catch (fault) {
      throw serviceFault(subject, fault)
    }
    if (token === undefined) return found
  }
  throw serviceFault(subject, new Error(`more than ${LIST_PAGES_MAX} pages of objects`))
}

function missing(path: string, cause: unknown): HemlineError {
  return new HemlineError('HEM_LAKE_FILE_MISSING', {
    subject: path,
    expected: 'a file of the lake',
    got: 'nothing under that name',
    remedy:
      'restore it from a version that the bucket keeps; a snapshot that was just expired is read again from the newest',
    cause,
  })
}
