/**
 * test/smoke/account: what the smoke test makes in an account, and takes away again.
 *
 * In: an access, and a name that nothing else in the account begins with.
 * Out: a bucket and a workgroup; streams and tables as they are asked for.
 * Invariant: `remove` takes away everything of that name, also what a run that was killed has left.
 */
import { AthenaClient, CreateWorkGroupCommand, DeleteWorkGroupCommand } from '@aws-sdk/client-athena'
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { DeleteDatabaseCommand, GetDatabasesCommand, GlueClient } from '@aws-sdk/client-glue'
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  KinesisClient,
  ListStreamsCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  S3Client,
  type BucketLocationConstraint,
} from '@aws-sdk/client-s3'
import type { AwsAccess } from '../../src/wings/aws/access.ts'

export interface SmokePlace {
  readonly region: string
  /** Where services answer that stand in for Amazon's; Amazon itself where absent. */
  readonly endpoint?: string
  /** Such as "hemline-smoke-1a2b3c4d". */
  readonly name: string
}

export interface SmokeAccount {
  readonly access: AwsAccess
  readonly bucket: string
  readonly workgroup: string
  readonly databasePrefix: string
  make(): Promise<void>
  /** A stream of one shard, ready. @returns its name */
  stream(): Promise<string>
  /** @returns the name of an empty table */
  table(): Promise<string>
  remove(): Promise<void>
}

/** The least limit that Athena takes. */
const SCANNED_BYTES_MAX = 10_000_000
const READY_S = 300
const PAGES_MAX = 1000
/** Outside an account any keys will do. */
const STANDIN_KEYS = { accessKeyId: 'key', secretAccessKey: 'secret' }

export function openAccount({ region, endpoint, name }: SmokePlace): SmokeAccount {
  const place = endpoint === undefined ? { region } : { region, endpoint, credentials: STANDIN_KEYS }
  const access: AwsAccess = { ...place, random: Math.random }
  const s3 = new S3Client({ ...place, forcePathStyle: endpoint !== undefined })
  const glue = new GlueClient(place)
  const athena = new AthenaClient(place)
  const kinesis = new KinesisClient(place)
  const dynamo = new DynamoDBClient(place)
  const databasePrefix = `${name.replaceAll('-', '_')}_`
  let made = 0
  return {
    access,
    bucket: name,
    workgroup: name,
    databasePrefix,
    async make() {
      const elsewhere = { LocationConstraint: region as BucketLocationConstraint }
      const at = region === 'us-east-1' ? {} : { CreateBucketConfiguration: elsewhere }
      await s3.send(new CreateBucketCommand({ Bucket: name, ...at }))
      const Configuration = {
        EnforceWorkGroupConfiguration: true,
        BytesScannedCutoffPerQuery: SCANNED_BYTES_MAX,
        ResultConfiguration: { OutputLocation: `s3://${name}/answers/` },
      }
      await athena.send(new CreateWorkGroupCommand({ Name: name, Configuration }))
    },
    async stream() {
      const StreamName = `${name}-${++made}`
      await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }))
      await waitUntilStreamExists({ client: kinesis, maxWaitTime: READY_S }, { StreamName })
      return StreamName
    },
    async table() {
      const TableName = `${name}-${++made}`
      await dynamo.send(
        new CreateTableCommand({
          TableName,
          KeySchema: [{ AttributeName: 'user_id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'user_id', AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
        }),
      )
      await waitUntilTableExists({ client: dynamo, maxWaitTime: READY_S }, { TableName })
      return TableName
    },
    async remove() {
      await emptyBucket(s3, name)
      await s3.send(new DeleteBucketCommand({ Bucket: name }))
      await athena.send(new DeleteWorkGroupCommand({ WorkGroup: name, RecursiveDeleteOption: true }))
      const databases = (await glue.send(new GetDatabasesCommand({}))).DatabaseList ?? []
      for (const { Name = '' } of databases) {
        if (Name.startsWith(databasePrefix)) await glue.send(new DeleteDatabaseCommand({ Name }))
      }
      const { TableNames = [] } = await dynamo.send(new ListTablesCommand({ ExclusiveStartTableName: name }))
      for (const TableName of TableNames) {
        if (TableName.startsWith(name)) await dynamo.send(new DeleteTableCommand({ TableName }))
      }
      // Of what stands in for Amazon, Kinesis is not asked.
      if (endpoint !== undefined) return
      const { StreamNames = [] } = await kinesis.send(new ListStreamsCommand({ ExclusiveStartStreamName: name }))
      for (const StreamName of StreamNames) {
        if (StreamName.startsWith(name)) await kinesis.send(new DeleteStreamCommand({ StreamName }))
      }
    },
  }
}

async function emptyBucket(s3: S3Client, Bucket: string): Promise<void> {
  for (let page = 1; page <= PAGES_MAX; page++) {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
    if (Contents.length === 0) return
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: Contents.map(({ Key }) => ({ Key })) } }))
  }
}
