/**
 * deploy/delivery: from the stream to the lake, every five minutes.
 *
 * In: the stream.
 * Out: Firehose, which `deliver` hands lines and which writes them to landing; `land`, which commits them to tables.
 * Invariant: an object is committed once, whoever is told of it; a commit that fails is tried again, then seen as dead letter.
 */
import {
  aws_events as events,
  aws_events_targets as targets,
  aws_kinesis as kinesis,
  aws_kinesisfirehose as firehose,
  aws_lambda as lambda,
  aws_lambda_event_sources as sources,
  aws_logs as logs,
  aws_s3 as s3,
  aws_sqs as sqs,
  Duration,
  RemovalPolicy,
  Size,
} from 'aws-cdk-lib'
import { acknowledge } from './acknowledge.ts'
import { addFunction, type FunctionContext } from './function.ts'
import { roleWith } from './grants.ts'
import { HANDLERS } from './handlers.ts'
import { objects, writesZones } from './lake-grants.ts'
import { PREFIXES } from './names.ts'

const DELIVER_EVERY = Duration.seconds(300)
const BUFFER = Size.mebibytes(64)
const COMMIT_ATTEMPTS = 5
/** A failed call is over by then. Later objects bring its work along before that. */
const HIDDEN_FOR = Duration.seconds(HANDLERS.land.timeoutSeconds + 60)
/** The least there is. Two at once change nothing (`land-objects.ts`); a limit on the function would lose messages. */
const LANDS_AT_ONCE = 2
const GATHER = Duration.seconds(30)

export interface Delivery {
  readonly firehoseName: string
  readonly land: lambda.Function
  readonly landQueue: sqs.Queue
}

export function addDelivery(context: FunctionContext): Delivery {
  const { stack, names } = context
  const deliver = addFunction(context, 'deliver', { grants: [] })
  const firehoseName = 'hemline-delivery'
  addFirehose(context, deliver, firehoseName)
  const landQueue = new sqs.Queue(stack, 'Delivered', {
    queueName: 'hemline-delivered',
    encryption: sqs.QueueEncryption.KMS,
    encryptionMasterKey: context.key,
    enforceSSL: true,
    visibilityTimeout: HIDDEN_FOR,
    deadLetterQueue: { queue: context.deadLetters, maxReceiveCount: COMMIT_ATTEMPTS },
  })
  new events.Rule(stack, 'ObjectDelivered', {
    description: 'Firehose has written an object to landing',
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [names.buckets.landing] }, object: { key: [{ prefix: PREFIXES.delivered }] } },
    },
    targets: [new targets.SqsQueue(landQueue)],
  })
  const land = addFunction(context, 'land', {
    grants: [
      ...objects(context, {
        bucket: names.buckets.landing,
        prefix: PREFIXES.delivered,
        actions: ['s3:GetObject', 's3:DeleteObject'],
      }),
      ...writesZones(context, ['landing', 'clean']),
      {
        actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        resources: [landQueue.queueArn],
      },
    ],
  })
  land.addEventSource(
    new sources.SqsEventSource(landQueue, {
      batchSize: 100,
      maxBatchingWindow: GATHER,
      maxConcurrency: LANDS_AT_ONCE,
      reportBatchItemFailures: true,
    }),
  )
  return { firehoseName, land, landQueue }
}

function addFirehose(context: FunctionContext, deliver: lambda.Function, name: string): void {
  const { stack, names } = context
  const logGroup = new logs.LogGroup(stack, 'DeliveryLog', {
    logGroupName: '/hemline/firehose',
    retention: logs.RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  })
  const bucket = names.buckets.landing
  const role = roleWith(stack, 'DeliveryRole', 'firehose.amazonaws.com', [
    {
      actions: ['kinesis:DescribeStream', 'kinesis:GetShardIterator', 'kinesis:GetRecords', 'kinesis:ListShards'],
      resources: [names.streamArn],
    },
    { actions: ['lambda:InvokeFunction', 'lambda:GetFunctionConfiguration'], resources: [deliver.functionArn] },
    {
      actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
      resources: [names.bucketArn(bucket, PREFIXES.delivered), names.bucketArn(bucket, PREFIXES.undelivered)],
      because: 'Firehose names its objects by the hour; bucket and prefix are named.',
    },
    {
      actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      resources: [names.bucketArn(bucket)],
    },
    { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [context.key.keyArn] },
    { actions: ['logs:PutLogEvents'], resources: [logGroup.logGroupArn] },
  ])
  // The role has all it needs; the construct's own statements would be wider.
  const fixed = role.withoutPolicyUpdates()
  const delivery = new firehose.DeliveryStream(stack, 'Delivery', {
    deliveryStreamName: name,
    role: fixed,
    source: new firehose.KinesisStreamSource(kinesis.Stream.fromStreamArn(stack, 'DeliveryStream', names.streamArn)),
    destination: new firehose.S3Bucket(s3.Bucket.fromBucketName(stack, 'LandingOfDelivery', bucket), {
      role: fixed,
      bufferingInterval: DELIVER_EVERY,
      bufferingSize: BUFFER,
      compression: firehose.Compression.GZIP,
      encryptionKey: context.key,
      dataOutputPrefix: PREFIXES.delivered,
      errorOutputPrefix: PREFIXES.undelivered,
      processors: [new firehose.LambdaFunctionProcessor(deliver, { bufferSize: Size.mebibytes(1) })],
      loggingConfig: new firehose.EnableLogging(logGroup),
    }),
  })
  delivery.node.addDependency(role)
  acknowledge(delivery, { KDF1: 'Its source, the Kinesis stream, is encrypted, so Firehose keeps nothing in clear.' })
}
