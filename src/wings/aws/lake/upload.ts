/**
 * aws/lake/upload: a local file becomes one object, whatever its size.
 *
 * In: a file of this machine and a key that must be free.
 * Out: an object that is whole, or none; in parts where the file is large.
 * Invariant: parts of an upload that failed are given back, since S3 would keep and charge for them.
 */
import { open, readFile, stat } from 'node:fs/promises'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3'
import { repeated } from '../calls.ts'
import { putWhere, writeWhere, type S3Target, type S3WriteOutcome } from '../s3.ts'

export interface UploadLimits {
  /** A larger file goes up in parts of this size, at least 5 MiB; S3 takes 10,000 of them. */
  readonly partBytes: number
}

export const DEFAULT_UPLOAD_LIMITS: UploadLimits = { partBytes: 16 * 1024 * 1024 }
const PARTS_MAX = 10_000
const PARTS_AT_ONCE = 4
const CONDITION = { IfNoneMatch: '*' } as const

/** @param mark differs for each upload */
export async function uploadNew(
  target: S3Target,
  key: string,
  file: { readonly path: string; readonly mark: string; readonly limits: UploadLimits },
): Promise<S3WriteOutcome> {
  const { size } = await stat(file.path)
  if (size <= file.limits.partBytes) {
    return putWhere(target, key, await readFile(file.path), { condition: CONDITION, mark: file.mark })
  }
  const partBytes = Math.max(file.limits.partBytes, Math.ceil(size / PARTS_MAX))
  return uploadInParts(target, key, { ...file, bytes: size, partBytes })
}

interface PartedFile {
  readonly path: string
  readonly mark: string
  readonly bytes: number
  readonly partBytes: number
}

async function uploadInParts(target: S3Target, key: string, file: PartedFile): Promise<S3WriteOutcome> {
  const { client, access, bucket } = target
  const at = { Bucket: bucket, Key: key }
  let upload: string | undefined
  const giveBack = async (): Promise<void> => {
    const abort = new AbortMultipartUploadCommand({ ...at, UploadId: upload })
    // What cannot be given back is removed by the bucket's own rule.
    if (upload !== undefined) await repeated(access, () => client.send(abort)).catch(() => undefined)
    upload = undefined
  }
  const write = async (metadata: Record<string, string>): Promise<string | undefined> => {
    await giveBack()
    // Marks are set when an upload begins, long before its condition is looked at.
    const begin = new CreateMultipartUploadCommand({ ...at, Metadata: metadata })
    upload = (await client.send(begin)).UploadId
    const Parts = await sendParts(target, key, { ...file, upload })
    const complete = { ...at, UploadId: upload, MultipartUpload: { Parts }, ...CONDITION }
    const { ETag } = await client.send(new CompleteMultipartUploadCommand(complete))
    upload = undefined
    return ETag
  }
  try {
    return await writeWhere(target, key, write, file.mark)
  } finally {
    await giveBack()
  }
}

async function sendParts(
  { client, access, bucket }: S3Target,
  key: string,
  file: PartedFile & { readonly upload: string | undefined },
): Promise<CompletedPart[]> {
  const count = Math.ceil(file.bytes / file.partBytes)
  const parts: CompletedPart[] = []
  const handle = await open(file.path, 'r')
  try {
    const sendPart = async (number: number): Promise<void> => {
      const start = (number - 1) * file.partBytes
      const body = Buffer.alloc(Math.min(file.partBytes, file.bytes - start))
      await handle.read(body, 0, body.length, start)
      const part = { Bucket: bucket, Key: key, UploadId: file.upload, PartNumber: number, Body: body }
      const { ETag, ChecksumCRC32 } = await repeated(access, () => client.send(new UploadPartCommand(part)))
      parts[number - 1] = { PartNumber: number, ETag, ChecksumCRC32 }
    }
    for (let first = 1; first <= count; first += PARTS_AT_ONCE) {
      const last = Math.min(first + PARTS_AT_ONCE - 1, count)
      await Promise.all(Array.from({ length: last - first + 1 }, (_, index) => sendPart(first + index)))
    }
  } finally {
    await handle.close()
  }
  return parts
}
