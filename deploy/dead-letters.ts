/**
 * deploy/dead-letters: one place where whatever could not be done is seen.
 *
 * In: objects of the landing bucket that hold what failed; calls that failed for good.
 * Out: a queue with one message for each; an alarm looks at its length.
 * Invariant: the bytes rest in S3, the queue only says that there are some.
 */
import { aws_events as events, aws_events_targets as targets, aws_sqs as sqs, Duration, type Stack } from 'aws-cdk-lib'
import { acknowledge } from './acknowledge.ts'
import type { Data } from './data-stack.ts'
import { PREFIXES, type Names } from './names.ts'

const KEPT = Duration.days(14)

export function addDeadLetters(stack: Stack, names: Names, { buckets }: Data): sqs.Queue {
  const queue = new sqs.Queue(stack, 'DeadLetters', {
    queueName: 'hemline-dead-letters',
    encryption: sqs.QueueEncryption.KMS,
    encryptionMasterKey: buckets.key,
    enforceSSL: true,
    retentionPeriod: KEPT,
  })
  acknowledge(queue, { SQS3: 'This is the dead-letter queue itself.' })
  new events.Rule(stack, 'DeadLetterArrived', {
    description: 'A record or a batch that could not be processed was put aside',
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: {
        bucket: { name: [names.buckets.landing] },
        object: {
          key: [PREFIXES.deadLetters, PREFIXES.failedBatches, PREFIXES.undelivered].map((prefix) => ({ prefix })),
        },
      },
    },
    targets: [new targets.SqsQueue(queue)],
  })
  return queue
}
