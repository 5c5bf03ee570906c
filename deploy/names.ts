/**
 * deploy/names: what everything is called, worked out from the settings alone.
 *
 * In: the settings.
 * Out: names and ARNs.
 * Invariant: a name never depends on what CloudFormation answers, so policies can be exact and stacks need few exports.
 */
import { RegionInfo } from 'aws-cdk-lib/region-info'
import type { HandlerName } from './handlers.ts'
import { ZONES, type Settings, type Zone } from './settings.ts'

const STREAM_NAME = 'fashion-ds'
export const TABLE_NAME = 'fashion-rcm-table'
/** Prefixes of the landing bucket. The tables' own files lie under `landing/`. */
export const PREFIXES = {
  delivered: 'firehose/',
  undelivered: 'firehose-failed/',
  extracted: 'extract/',
  deadLetters: 'dead-letter/',
  /** Chosen by Lambda: batches of the stream that failed for too long. */
  failedBatches: 'aws/lambda/',
} as const
/** Users of the shop's database who log in with an IAM token. */
export const DATABASE_USERS = { extract: 'hemline_reader', shop: 'hemline_shop' } as const

export interface Names {
  readonly streamArn: string
  readonly streamName: string
  readonly tableArn: string
  readonly buckets: { readonly [zone in Zone]: string }
  readonly modelBucket: string
  readonly logBucket: string
  readonly siteBucket: string
  readonly queryBucket: string
  readonly workgroup: string
  readonly workgroupArn: string
  readonly keysSecret: string
  functionName(handler: HandlerName): string
  /** A bucket, or what lies below a prefix of it. */
  bucketArn(name: string, prefix?: string): string
  /** `arn:<partition>:<service>:<region>:<account>:<resource>` */
  arn(service: string, resource: string): string
}

export function namesOf({ account, region, existing }: Settings): Names {
  const partition = RegionInfo.get(region).partition ?? 'aws'
  const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${account}:${resource}`
  // Bucket names are global, so the account and region make them the shop's own.
  const bucket = (purpose: string) => `hemline-${purpose}-${account}-${region}`
  const streamArn = existing.streamArn ?? arn('kinesis', `stream/${STREAM_NAME}`)
  const workgroup = 'hemline'
  return {
    streamArn,
    streamName: streamArn.slice(streamArn.lastIndexOf('/') + 1),
    tableArn: arn('dynamodb', `table/${TABLE_NAME}`),
    buckets: Object.fromEntries(
      ZONES.map((zone) => [zone, existing.buckets?.[zone] ?? bucket(zone)]),
    ) as Names['buckets'],
    modelBucket: bucket('model'),
    logBucket: bucket('logs'),
    siteBucket: bucket('site'),
    queryBucket: bucket('queries'),
    workgroup,
    workgroupArn: arn('athena', `workgroup/${workgroup}`),
    keysSecret: 'hemline/keys',
    functionName: (handler) => `hemline-${handler}`,
    bucketArn: (name, prefix) => `arn:${partition}:s3:::${name}${prefix === undefined ? '' : `/${prefix}*`}`,
    arn,
  }
}
