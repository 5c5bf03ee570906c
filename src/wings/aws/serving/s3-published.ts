/**
 * aws/serving/s3-published: published objects on S3.
 *
 * In: bytes under a name.
 * Out: the newest; a new one in the place of the one that was read, by its ETag.
 * Invariant: an answer that was lost is looked up, so a replacement is never taken for another's.
 */
import { GetObjectCommand } from '@aws-sdk/client-s3'
import type { Entropy } from '../../../parts/lake/port.ts'
import type { PublishedObject, PublishedObjects } from '../../../parts/serving/published.ts'
import type { AwsAccess } from '../access.ts'
import { repeated, serviceFault } from '../calls.ts'
import { isNamed, statusOf } from '../faults.ts'
import { openS3, putWhere } from '../s3.ts'

export interface S3PublishedOptions {
  readonly access: AwsAccess
  readonly bucket: string
  /** Before every name, such as "serving/". */
  readonly prefix: string
  readonly entropy: Entropy
}

const MARK_BYTES = 16

export function openS3Published({ access, bucket, prefix, entropy }: S3PublishedOptions): PublishedObjects {
  const client = openS3(access)
  return {
    async read(name, knownTag) {
      const asked = { Bucket: bucket, Key: prefix + name, ...(knownTag === null ? {} : { IfNoneMatch: knownTag }) }
      try {
        return await repeated(access, async (): Promise<PublishedObject> => {
          const { Body, ETag = '' } = await client.send(new GetObjectCommand(asked))
          return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), tag: ETag }
        })
      } catch (fault) {
        if (statusOf(fault) === 304) return 'unchanged'
        if (isNamed(fault, 'NoSuchKey')) return null
        throw serviceFault(`s3://${bucket}/${prefix}${name}`, fault)
      }
    },
    async replace(name, bytes, instead) {
      const condition = instead === null ? ({ IfNoneMatch: '*' } as const) : { IfMatch: instead }
      const mark = Buffer.from(entropy(MARK_BYTES)).toString('hex')
      const outcome = await putWhere({ client, access, bucket }, prefix + name, bytes, { condition, mark })
      return outcome === 'refused' ? null : outcome.etag
    },
  }
}
