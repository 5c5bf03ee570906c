/**
 * aws/s3: the client for S3, and conditional writes that survive a lost answer.
 *
 * In: a bucket, a key, bytes, and what must be true of the object for them to be written.
 * Out: an object written whole, or certain knowledge that another is there.
 * Invariant: each write carries a mark of its own, so that a refusal that our own first try caused is told from another's.
 */
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { backOff } from '../../std/retry.ts'
import { backoffOf, clientSettings, type AwsAccess } from './access.ts'
import { repeated, serviceFault } from './calls.ts'
import { faultKindOf, isNamed, isPassing, statusOf } from './faults.ts'

export interface S3Target {
  readonly client: S3Client
  readonly access: AwsAccess
  readonly bucket: string
}

/** What must hold for a write: no object yet, or the one with this ETag. */
export type S3Condition = { readonly IfNoneMatch: '*' } | { readonly IfMatch: string }

/** The object's ETag, or that the condition did not hold. */
export type S3WriteOutcome = { readonly etag: string } | 'refused'

const MARK = 'hemline-write'
/** A part of 16 MiB on a slow line takes longer than the small calls that `clientSettings` is made for. */
const ANSWER_MS = 60_000

export function openS3(access: AwsAccess): S3Client {
  const settings = clientSettings(access)
  return new S3Client({
    ...settings,
    requestHandler: { ...settings.requestHandler, requestTimeout: ANSWER_MS },
    // A server of one's own has no name for each bucket.
    forcePathStyle: access.endpoint !== undefined,
  })
}

/**
 * Runs a conditional write until it is certain what came of it.
 *
 * @param write makes the object with this metadata, and gives its ETag
 * @param mark differs for each write
 * @throws HEM_AWS_UNAVAILABLE, HEM_AWS_REFUSED; the object may then still appear
 */
export async function writeWhere(
  target: S3Target,
  key: string,
  write: (metadata: Record<string, string>) => Promise<string | undefined>,
  mark: string,
): Promise<S3WriteOutcome> {
  const backoff = backoffOf(target.access)
  let mayHaveHappened = false
  for (let tries = 1; ; tries++) {
    try {
      return { etag: (await write({ [MARK]: mark })) ?? '' }
    } catch (fault) {
      // An object that should be there and is not answers 404.
      const isRefused = statusOf(fault) === 412 || isNamed(fault, 'NoSuchKey')
      // Two conditional writes at the same moment: S3 asks one of them to come again.
      const isAskedAgain = isPassing(fault) || statusOf(fault) === 409
      mayHaveHappened ||= faultKindOf(fault) === 'unanswered'
      if (isRefused || !isAskedAgain || tries >= backoff.attempts) {
        const found = mayHaveHappened ? await markOf(target, key) : null
        if (found?.mark === mark) return { etag: found.etag }
        if (isRefused) return 'refused'
        throw serviceFault(`s3://${target.bucket}/${key}`, fault)
      }
    }
    await backOff(backoff, tries)
  }
}

export async function putWhere(
  target: S3Target,
  key: string,
  bytes: Uint8Array,
  { condition, mark }: { readonly condition: S3Condition; readonly mark: string },
): Promise<S3WriteOutcome> {
  const put = async (metadata: Record<string, string>): Promise<string | undefined> => {
    const command = { Bucket: target.bucket, Key: key, Body: bytes, Metadata: metadata, ...condition }
    return (await target.client.send(new PutObjectCommand(command))).ETag
  }
  return writeWhere(target, key, put, mark)
}

async function markOf(
  { client, access, bucket }: S3Target,
  key: string,
): Promise<{ readonly etag: string; readonly mark: string | undefined } | null> {
  try {
    const head = await repeated(access, () => client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })))
    return { etag: head.ETag ?? '', mark: head.Metadata?.[MARK] }
  } catch (fault) {
    if (statusOf(fault) === 404) return null
    throw serviceFault(`s3://${bucket}/${key}`, fault)
  }
}
