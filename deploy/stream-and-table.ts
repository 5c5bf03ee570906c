/**
 * deploy/stream-and-table: the durable log of what visitors do, and the table the website reads from.
 *
 * In: names and settings.
 * Out: the stream `fashion-ds` and the table `fashion-rcm-table`.
 * Invariant: both are encrypted and outlive the stack; the table can be set back to any second of 35 days.
 */
import { aws_dynamodb as dynamodb, aws_kinesis as kinesis, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib'
import { TABLE_NAME, type Names } from './names.ts'
import type { Settings } from './settings.ts'

/** A weekend to mend what reads the stream. */
const KEPT_HOURS = { small: 24, large: 72 }
/** Ceiling of what on-demand capacity may cost: units a second. */
const UNITS_MAX = { small: { read: 1_000, write: 1_000 }, large: { read: 40_000, write: 40_000 } }

export function addStreamAndTable(stack: Stack, names: Names, { size, existing }: Settings): void {
  if (existing.streamArn === undefined) {
    new kinesis.Stream(stack, 'Stream', {
      streamName: names.streamName,
      ...(size === 'small'
        ? { streamMode: kinesis.StreamMode.PROVISIONED, shardCount: 1 }
        : { streamMode: kinesis.StreamMode.ON_DEMAND }),
      retentionPeriod: Duration.hours(KEPT_HOURS[size]),
      encryption: kinesis.StreamEncryption.MANAGED,
      removalPolicy: RemovalPolicy.RETAIN,
    })
  }
  new dynamodb.TableV2(stack, 'Table', {
    tableName: TABLE_NAME,
    // The visitor key: visitor_id, else "user:" and user_id.
    partitionKey: { name: 'user_id', type: dynamodb.AttributeType.STRING },
    billing: dynamodb.Billing.onDemand({
      maxReadRequestUnits: UNITS_MAX[size].read,
      maxWriteRequestUnits: UNITS_MAX[size].write,
    }),
    timeToLiveAttribute: 'expires_at',
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    encryption: dynamodb.TableEncryptionV2.awsManagedKey(),
    removalPolicy: RemovalPolicy.RETAIN,
  })
}
