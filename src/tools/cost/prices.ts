/**
 * cost/prices: what Amazon asks for what Hemline uses, on one day.
 *
 * In: nothing; this is a table.
 * Out: US dollars in us-east-1.
 * Invariant: each price has its unit in its name; when one changes, so does `PRICES_AS_OF`.
 */

export const PRICES_AS_OF = '2026-11-24'
export const PRICES_REGION = 'us-east-1'
/** List prices without free tier, savings plan or tax. They were written down, not fetched: check the pages before you rely on them. */
export const PRICES_SOURCE =
  'list prices of aws.amazon.com/{kinesis/data-streams,lambda,dynamodb,api-gateway,firehose,s3,kms,cloudwatch,rds,personalize}/pricing'

export const PRICES = {
  kinesis: {
    shardHour: 0.015,
    millionPutUnits: 0.014,
    onDemandHour: 0.04,
    onDemandGbIn: 0.08,
    onDemandGbOut: 0.04,
  },
  lambda: { millionCalls: 0.2, armGbSecond: 0.0000133334, x86GbSecond: 0.0000166667 },
  dynamodb: { millionWriteUnits: 0.625, millionReadUnits: 0.125, gbMonth: 0.25, recoveryGbMonth: 0.2 },
  api: { millionCalls: 1 },
  firehose: { gb: 0.029 },
  s3: { gbMonth: 0.023, thousandPuts: 0.005, thousandGets: 0.0004 },
  /** A key, two secrets, five alarms on eight metrics. */
  fixed: { key: 1, secret: 0.4, secrets: 2, alarmMetric: 0.1, alarmMetrics: 8 },
  logs: { gb: 0.25 },
  athena: { tbScanned: 5 },
  rds: {
    small: { instanceHour: 0.016, storageGb: 20, gbMonth: 0.115 },
    /** Two zones. */
    large: { instanceHour: 0.337, storageGb: 100, gbMonth: 0.23 },
  },
  personalize: {
    v1: {
      thousandRecommendations: 0.0556,
      /** Above 72 million a month. */
      thousandMore: 0.0278,
      fullPriceRecommendations: 72_000_000,
      trainingHour: 0.24,
      gbIn: 0.05,
    },
    v2: { thousandRecommendations: 0.15, thousandTrained: 0.002, gbIn: 0.05 },
  },
} as const
