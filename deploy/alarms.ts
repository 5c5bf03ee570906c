/**
 * deploy/alarms: what somebody must hear of, and what they look at then.
 *
 * In: the functions, queues and the stream.
 * Out: five alarms to one topic, a dashboard, a monthly budget.
 * Invariant: each alarm has its section in the runbook of docs/aws.md; missing figures of what must run alarm too.
 */
import {
  aws_budgets as budgets,
  aws_cloudwatch as cloudwatch,
  aws_cloudwatch_actions as actions,
  aws_sns as sns,
  aws_sns_subscriptions as subscriptions,
  Duration,
} from 'aws-cdk-lib'
import type { Delivery } from './delivery.ts'
import type { FunctionContext } from './function.ts'
import type { Night } from './night.ts'
import type { Recommending } from './recommending.ts'
import type { Settings } from './settings.ts'

const LAG_MAX = Duration.seconds(60)
/** Delivery is due after five minutes, its commit soon after. */
const UNCOMMITTED_MAX = Duration.minutes(15)
const MODEL_AGE_MAX = Duration.minutes(30)
const HOURS_BETWEEN_NIGHTS_MAX = 26
const BUDGET_WARNING_PERCENT = 80

export interface Watched extends Recommending, Delivery, Night {
  readonly settings: Settings
}

export function addAlarms(context: FunctionContext, watched: Watched): void {
  const { stack, key } = context
  const { alarmEmail } = watched.settings
  const topic = new sns.Topic(stack, 'Alarms', { topicName: 'hemline-alarms', masterKey: key, enforceSSL: true })
  if (alarmEmail !== null) topic.addSubscription(new subscriptions.EmailSubscription(alarmEmail))
  const alarms = alarmsOf(context, watched)
  for (const alarm of alarms) {
    alarm.addAlarmAction(new actions.SnsAction(topic))
    alarm.addOkAction(new actions.SnsAction(topic))
  }
  addDashboard(context, watched, alarms)
  addBudget(context, watched.settings)
}

function alarmsOf({ stack, deadLetters }: FunctionContext, watched: Watched): cloudwatch.Alarm[] {
  const { BREACHING, NOT_BREACHING } = cloudwatch.TreatMissingData
  return [
    lag(watched).createAlarm(stack, 'RecommendLags', {
      alarmDescription: 'Clicks wait for their recommendations. docs/aws.md: lag',
      threshold: LAG_MAX.toMilliseconds(),
      evaluationPeriods: 5,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: NOT_BREACHING,
    }),
    waiting(watched).createAlarm(stack, 'LakeIsStale', {
      alarmDescription: 'Events reach the lake too late. docs/aws.md: lag',
      threshold: UNCOMMITTED_MAX.toSeconds(),
      evaluationPeriods: 3,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: NOT_BREACHING,
    }),
    successes(watched.learn, Duration.minutes(5)).createAlarm(stack, 'ModelIsStale', {
      alarmDescription: 'The model has learned nothing for half an hour. docs/aws.md: lag',
      threshold: 1,
      evaluationPeriods: MODEL_AGE_MAX.toMinutes() / 5,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: BREACHING,
    }),
    letters(deadLetters).createAlarm(stack, 'DeadLettersArrived', {
      alarmDescription: 'Something could not be processed and was put aside. docs/aws.md: dead letters',
      threshold: 0,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: NOT_BREACHING,
    }),
    successes(watched.forecast, Duration.hours(1)).createAlarm(stack, 'NightIsMissing', {
      alarmDescription: 'No night came to its end for a day. docs/aws.md: failed night',
      threshold: 1,
      evaluationPeriods: HOURS_BETWEEN_NIGHTS_MAX,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: BREACHING,
    }),
  ]
}

function lag({ recommend }: Watched): cloudwatch.Metric {
  return recommend.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(1) })
}

/** Seconds: whichever is older, what Firehose has not written or what `land` has not committed. */
function waiting({ firehoseName, landQueue }: Watched): cloudwatch.MathExpression {
  const period = Duration.minutes(5)
  return new cloudwatch.MathExpression({
    label: 'oldest event outside the lake, seconds',
    period,
    expression: 'FILL(delivery, 0) + FILL(queue, 0)',
    usingMetrics: {
      delivery: new cloudwatch.Metric({
        namespace: 'AWS/Firehose',
        metricName: 'DeliveryToS3.DataFreshness',
        dimensionsMap: { DeliveryStreamName: firehoseName },
        statistic: 'Maximum',
        period,
      }),
      queue: landQueue.metricApproximateAgeOfOldestMessage({ period }),
    },
  })
}

function successes(of: Watched['learn'], period: Duration): cloudwatch.MathExpression {
  return new cloudwatch.MathExpression({
    label: 'runs without an error',
    period,
    expression: 'calls - errors',
    usingMetrics: { calls: of.metricInvocations({ period }), errors: of.metricErrors({ period }) },
  })
}

function letters(queue: FunctionContext['deadLetters']): cloudwatch.Metric {
  return queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: Duration.minutes(5) })
}

function addDashboard(context: FunctionContext, watched: Watched, alarms: cloudwatch.Alarm[]): void {
  const graph = (title: string, left: cloudwatch.IMetric[]) => new cloudwatch.GraphWidget({ title, left, width: 8 })
  const functions = [watched.recommend, watched.learn, watched.land, watched.extract, watched.refine, watched.forecast]
  new cloudwatch.Dashboard(context.stack, 'Dashboard', {
    dashboardName: 'Hemline',
    widgets: [
      [new cloudwatch.AlarmStatusWidget({ alarms, width: 24 })],
      [
        graph('Clicks wait for their list, ms', [lag(watched)]),
        graph('Events wait for the lake, s', [waiting(watched)]),
        graph('Dead letters', [letters(context.deadLetters)]),
      ],
      [
        graph(
          'Calls',
          functions.map((each) => each.metricInvocations()),
        ),
        graph(
          'Errors',
          functions.map((each) => each.metricErrors()),
        ),
        graph(
          'Duration, ms',
          functions.map((each) => each.metricDuration({ statistic: 'p99' })),
        ),
      ],
    ],
  })
}

function addBudget({ stack }: FunctionContext, { alarmEmail, budgetUsd }: Settings): void {
  const thresholds = ['ACTUAL', 'FORECASTED'] as const
  new budgets.CfnBudget(stack, 'Budget', {
    budget: {
      budgetName: 'hemline',
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      budgetLimit: { amount: budgetUsd, unit: 'USD' },
    },
    ...(alarmEmail === null
      ? {}
      : {
          notificationsWithSubscribers: thresholds.map((notificationType) => ({
            notification: {
              notificationType,
              comparisonOperator: 'GREATER_THAN',
              threshold: BUDGET_WARNING_PERCENT,
              thresholdType: 'PERCENTAGE',
            },
            subscribers: [{ subscriptionType: 'EMAIL', address: alarmEmail }],
          })),
        }),
  })
}
