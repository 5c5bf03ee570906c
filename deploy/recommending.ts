/**
 * deploy/recommending: from a click to the list that the website reads.
 *
 * In: the stream.
 * Out: `recommend`, its first consumer, and `learn`, which teaches the model every five minutes.
 * Invariant: of two learners at once the slower changes nothing; a batch that keeps failing ends in S3 and never blocks its shard for good.
 */
import {
  aws_kinesis as kinesis,
  aws_lambda as lambda,
  aws_lambda_event_sources as sources,
  aws_scheduler as scheduler,
  Duration,
} from 'aws-cdk-lib'
import { addFunction, type FunctionContext } from './function.ts'
import { objects } from './lake-grants.ts'
import { PREFIXES } from './names.ts'
import { scheduled } from './scheduled.ts'
import { followsStream, readsModelBucket, readsSeed, usesTable, writesModelBucket } from './service-grants.ts'

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
  const deadLetters = {
    bucket: names.buckets.landing,
    prefix: PREFIXES.deadLetters,
    actions: ['s3:GetObject', 's3:PutObject'],
  }
  const recommend = addFunction(context, 'recommend', {
    grants: [
      ...usesTable(context, ['BatchGetItem', 'UpdateItem']),
      ...readsModelBucket(context, 'model/'),
      ...objects(context, deadLetters),
      ...objects(context, { bucket: names.buckets.landing, prefix: PREFIXES.failedBatches, actions: ['s3:PutObject'] }),
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
    grants: [
      ...followsStream(context),
      ...usesTable(context, ['BatchGetItem', 'BatchWriteItem']),
      ...writesModelBucket(context, 'model/'),
      ...writesModelBucket(context, 'serving/'),
      ...readsSeed(context),
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
