/**
 * deploy/scheduled: a function that EventBridge Scheduler calls.
 *
 * In: a function, when to call it.
 * Out: the schedule, with a role that may call this function alone.
 * Invariant: a call that cannot be made ends in the dead-letter queue.
 */
import { aws_lambda as lambda, aws_scheduler as scheduler, Duration } from 'aws-cdk-lib'
import type { FunctionContext } from './function.ts'
import { roleWith } from './grants.ts'

const CALL_AGE_MAX = Duration.hours(6)

export interface ScheduledOptions {
  readonly id: string
  readonly description: string
  readonly schedule: scheduler.ScheduleExpression
  readonly retriesMax: number
}

export function scheduled(context: FunctionContext, target: lambda.Function, options: ScheduledOptions): void {
  const { stack, deadLetters } = context
  const role = roleWith(stack, `${options.id}Role`, 'scheduler.amazonaws.com', [
    { actions: ['lambda:InvokeFunction'], resources: [target.functionArn] },
    { actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] },
    { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [context.key.keyArn] },
  ])
  new scheduler.Schedule(stack, options.id, {
    description: options.description,
    schedule: options.schedule,
    target: {
      bind: () => ({
        arn: target.functionArn,
        role,
        deadLetterConfig: { arn: deadLetters.queueArn },
        retryPolicy: { maximumRetryAttempts: options.retriesMax, maximumEventAgeInSeconds: CALL_AGE_MAX.toSeconds() },
      }),
    },
  })
}
