/**
 * deploy/catalogue: the table catalogue, and the workgroup that asks its tables.
 *
 * In: names.
 * Out: Glue databases landing, clean and mart; an Athena workgroup whose queries scan at most 10 GB.
 * Invariant: CloudFormation makes databases only. Hemline's own code makes tables, since an update by CloudFormation
 *   would drop the pointer to their data (decision 32).
 */
import { aws_athena as athena, aws_glue as glue, aws_s3 as s3, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib'
import { closed, type Buckets } from './key-and-buckets.ts'
import type { Names } from './names.ts'
import { ZONES } from './settings.ts'

const SCANNED_BYTES_MAX = 10 * 1024 ** 3
const ANSWERS_KEPT = Duration.days(7)

export function addCatalogue(stack: Stack, names: Names, { key, logs }: Buckets): void {
  for (const zone of ZONES) {
    const database = new glue.CfnDatabase(stack, `Database-${zone}`, {
      catalogId: stack.account,
      databaseInput: { name: zone, locationUri: `s3://${names.buckets[zone]}/${zone}/` },
    })
    database.applyRemovalPolicy(RemovalPolicy.RETAIN)
  }
  const answers = new s3.Bucket(stack, 'Queries', {
    ...closed,
    bucketName: names.queryBucket,
    encryption: s3.BucketEncryption.KMS,
    encryptionKey: key,
    bucketKeyEnabled: true,
    serverAccessLogsBucket: logs,
    serverAccessLogsPrefix: 's3/queries/',
    lifecycleRules: [{ expiration: ANSWERS_KEPT }],
  })
  new athena.CfnWorkGroup(stack, 'Workgroup', {
    name: names.workgroup,
    description: 'Questions to the lake of Hemline',
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      bytesScannedCutoffPerQuery: SCANNED_BYTES_MAX,
      engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
      publishCloudWatchMetricsEnabled: true,
      resultConfiguration: {
        outputLocation: answers.s3UrlForObject('answers/'),
        encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: key.keyArn },
      },
    },
  })
}
