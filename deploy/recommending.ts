/**
 * deploy/recommending: from a click to the list that the website reads.
 *
 * In: the stream.
 * Out: `recommend`, its first consumer, and `learn`, which teaches the model every five minutes.
 * Invariant: one learner writes the model; a batch that keeps failing ends in S3 and never blocks its shard for good.
 */
import {
  aws_kinesis as kinesis,
  aws_lambda as lambda,
  aws_lambda_event_sources as sources,
  aws_scheduler as scheduler,
  Duration,
} from 'aws-cdk-lib'
import { addFunction, type FunctionContext } from './function.ts'
import type { Grant } from './grants.ts'
import { objects } from './lake-grants.ts'
import { PREFIXES, type Names } from './names.ts'
import { scheduled } from './scheduled.ts'

/** Longer than an outage of the table; shorter than the stream keeps records. */
const RECORD_AGE_MAX = Duration.hours(6)
const BATCH_RECORDS = 100
/** Batches of one shard at a time; one visitor's records stay in order. */
const BATCHES_AT_ONCE = 4
const LEARN_EVERY = Duration.minutes(5)

export interface Recommending {
  readonly recommend: lambda.Function
  readonly learn: lambda.Function
}

export function addRecommending(context: FunctionContext): Recommending {
  const { stack, names } = context
  const model = { bucket: names.modelBucket, prefix: 'model/' }
  const deadLetters = {
    bucket: names.buckets.landing,
    prefix: PREFIXES.deadLetters,
    actions: ['s3:GetObject', 's3:PutObject'],
  }
  const recommend = addFunction(context, 'recommend', {
    grants: [
      ...readsStream(names),
      {
        actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem'],
        resources: [names.tableArn],
      },
      ...objects(context, { ...model, actions: ['s3:GetObject'] }),
      { actions: ['s3:ListBucket'], resources: [names.bucketArn(names.modelBucket)] },
      ...objects(context, deadLetters),
      // Lambda looks whether the bucket is there before it writes a failed batch.
      { actions: ['s3:ListBucket'], resources: [names.bucketArn(names.buckets.landing)] },
    ],
  })
  recommend.addEventSource(
    new sources.KinesisEventSource(kinesis.Stream.fromStreamArn(stack, 'RecommendStream', names.streamArn), {
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      batchSize: BATCH_RECORDS,
      parallelizationFactor: BATCHES_AT_ONCE,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      // No count of retries: five quick ones would put good records aside during a throttle.
      maxRecordAge: RECORD_AGE_MAX,
      onFailure: { bind: () => ({ destination: names.bucketArn(names.buckets.landing) }) },
    }),
  )
  const learn = addFunction(context, 'learn', {
    concurrencyMax: 1,
    grants: [
      ...readsStream(names),
      ...objects(context, { ...model, actions: ['s3:GetObject', 's3:PutObject'] }),
      ...objects(context, { ...model, prefix: 'serving/', actions: ['s3:GetObject', 's3:PutObject'] }),
      // Without it S3 says of a missing object that it is forbidden.
      { actions: ['s3:ListBucket'], resources: [names.bucketArn(names.modelBucket)] },
      {
        actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:BatchWriteItem'],
        resources: [names.tableArn],
      },
    ],
  })
  scheduled(context, learn, {
    id: 'LearnSchedule',
    description: 'Hemline: teaches the model',
    schedule: scheduler.ScheduleExpression.rate(LEARN_EVERY),
    // The next run takes over what one has missed.
    retriesMax: 0,
  })
  return { recommend, learn }
}

function readsStream(names: Names): Grant[] {
  return [
    {
      actions: [
        'kinesis:DescribeStreamSummary',
        'kinesis:ListShards',
        'kinesis:GetShardIterator',
        'kinesis:GetRecords',
      ],
      resources: [names.streamArn],
    },
  ]
}
