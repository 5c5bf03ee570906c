/**
 * deploy/service-grants: what a function may do with the stream, the serving table, the model's bucket and the keys.
 *
 * In: names.
 * Out: statements with exactly the calls that src/wings/aws makes.
 * Invariant: one purpose each; a function lists those it has.
 */
import type { FunctionContext } from './function.ts'
import type { Grant } from './grants.ts'
import { objects } from './lake-grants.ts'

/** Folders of the model's bucket: the image, what all pages share, who has been erased. */
type ModelFolder = 'model/' | 'serving/' | 'erasures/'

export function followsStream({ names }: FunctionContext): Grant[] {
  const actions = ['DescribeStreamSummary', 'ListShards', 'GetShardIterator', 'GetRecords']
  return [{ actions: actions.map((action) => `kinesis:${action}`), resources: [names.streamArn] }]
}

export function appendsToStream({ names }: FunctionContext): Grant[] {
  return [{ actions: ['kinesis:PutRecord', 'kinesis:PutRecords'], resources: [names.streamArn] }]
}

/** Of DynamoDB's calls, without `dynamodb:`. */
export function usesTable(
  { names }: FunctionContext,
  calls: readonly ('BatchGetItem' | 'BatchWriteItem' | 'UpdateItem')[],
): Grant[] {
  return [{ actions: calls.map((call) => `dynamodb:${call}`), resources: [names.tableArn] }]
}

export function readsModelBucket(context: FunctionContext, prefix: ModelFolder): Grant[] {
  const bucket = context.names.modelBucket
  return [
    ...objects(context, { bucket, prefix, actions: ['s3:GetObject'] }),
    // Without it S3 says of a missing object that it is forbidden.
    { actions: ['s3:ListBucket'], resources: [context.names.bucketArn(bucket)] },
  ]
}

export function writesModelBucket(context: FunctionContext, prefix: ModelFolder): Grant[] {
  const { modelBucket: bucket } = context.names
  return [...readsModelBucket(context, prefix), ...objects(context, { bucket, prefix, actions: ['s3:PutObject'] })]
}

/** The secret from which keys and pseudonyms are made. */
export function readsSeed({ keysSecretArn, key }: FunctionContext): Grant[] {
  return [
    { actions: ['secretsmanager:GetSecretValue'], resources: [keysSecretArn] },
    { actions: ['kms:Decrypt'], resources: [key.keyArn] },
  ]
}

/** Takes a person out of the table, tells the learner, and keeps the list of who was erased. The lake comes on top. */
export function erasesPeople(context: FunctionContext): Grant[] {
  return [
    ...usesTable(context, ['BatchGetItem', 'BatchWriteItem']),
    ...appendsToStream(context),
    ...writesModelBucket(context, 'erasures/'),
    ...readsSeed(context),
  ]
}
