/**
 * deploy/key-and-buckets: where the lake, the model and the logs rest.
 *
 * In: names and settings.
 * Out: one rotating key, and buckets that only this account reaches, over TLS, encrypted and versioned.
 * Invariant: deleting the stack deletes no bucket that holds data.
 */
import { aws_iam as iam, aws_kms as kms, aws_s3 as s3, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib'
import { acknowledge } from './acknowledge.ts'
import { PREFIXES, type Names } from './names.ts'
import { ZONES, type Settings, type Zone } from './settings.ts'

/** An older version of an object, and a person erased from the lake, can be brought back this long. */
const OLD_VERSIONS_KEPT = Duration.days(7)
const RAW_KEPT = Duration.days(30)
const LOGS_KEPT = Duration.days(90)

export interface Buckets {
  readonly key: kms.Key
  readonly logs: s3.Bucket
  readonly zones: { readonly [zone in Zone]: s3.IBucket }
}

export function addKeyAndBuckets(stack: Stack, names: Names, { existing }: Settings): Buckets {
  const key = new kms.Key(stack, 'Key', {
    alias: 'hemline',
    description: 'Encrypts what Hemline keeps: buckets, database, alarms',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  })
  allowServices(key)
  const logs = new s3.Bucket(stack, 'Logs', {
    ...closed,
    bucketName: names.logBucket,
    // The logs of S3 and CloudFront can be written with S3's own key only.
    encryption: s3.BucketEncryption.S3_MANAGED,
    objectOwnership: s3.ObjectOwnership.OBJECT_WRITER,
    lifecycleRules: [{ expiration: LOGS_KEPT }],
  })
  acknowledge(logs, { S1: 'This is the bucket that access logs are written to; it does not log itself.' })
  const bucket = (id: string, name: string, extra: Partial<s3.BucketProps> = {}) =>
    new s3.Bucket(stack, id, {
      ...closed,
      bucketName: name,
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      versioned: true,
      serverAccessLogsBucket: logs,
      serverAccessLogsPrefix: `s3/${id.toLowerCase()}/`,
      ...extra,
      lifecycleRules: [
        { noncurrentVersionExpiration: OLD_VERSIONS_KEPT, abortIncompleteMultipartUploadAfter: Duration.days(1) },
        ...(extra.lifecycleRules ?? []),
      ],
    })
  const ofZone: { readonly [zone in Zone]: Partial<s3.BucketProps> } = {
    landing: {
      // Committed to tables by then; a dead letter is kept until somebody has looked.
      lifecycleRules: [PREFIXES.delivered, PREFIXES.extracted].map((prefix) => ({ prefix, expiration: RAW_KEPT })),
    },
    clean: {},
    mart: {},
  }
  const zones = Object.fromEntries(
    ZONES.map((zone) => {
      const id = `${zone[0].toUpperCase()}${zone.slice(1)}`
      const name = existing.buckets?.[zone]
      return [zone, name ? s3.Bucket.fromBucketName(stack, id, name) : bucket(id, names.buckets[zone], ofZone[zone])]
    }),
  ) as Record<Zone, s3.IBucket>
  if (existing.buckets?.landing === undefined) tellsOfObjects(zones.landing)
  bucket('Model', names.modelBucket)
  return { key, logs, zones }
}

/** By the resource itself: the construct's own way needs a function that may change any bucket. */
function tellsOfObjects(bucket: s3.IBucket): void {
  const resource = bucket.node.defaultChild as s3.CfnBucket
  resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } }
}

/** What every bucket has. */
export const closed = {
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  removalPolicy: RemovalPolicy.RETAIN,
} as const

/** CloudWatch and EventBridge write to encrypted topics and queues only if the key says that they may. */
function allowServices(key: kms.Key): void {
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: ['cloudwatch', 'budgets', 'events'].map((name) => new iam.ServicePrincipal(`${name}.amazonaws.com`)),
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      // A key's policy can only mean the key itself.
      resources: ['*'],
    }),
  )
}
