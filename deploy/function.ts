/**
 * deploy/function: one Lambda function of the list, with a role and a log of its own.
 *
 * In: its name, what it may do, its code.
 * Out: the function.
 * Invariant: it may write its own log, and beyond that only what the caller lists.
 */
import {
  aws_iam as iam,
  type aws_kms as kms,
  aws_lambda as lambda,
  aws_logs as logs,
  type aws_sqs as sqs,
  Duration,
  RemovalPolicy,
  Size,
  type Stack,
} from 'aws-cdk-lib'
import { acknowledge } from './acknowledge.ts'
import { allow, roleWith, type Grant } from './grants.ts'
import { HANDLERS, type HandlerDefinition, type HandlerEnvironment, type HandlerName } from './handlers.ts'
import type { Names } from './names.ts'
import type { Network } from './network.ts'

/** Gives the code of each function: bundles, or in a test something smaller. */
export interface HandlerCode {
  code(name: HandlerName): lambda.Code
  /** Such as `index.handler`. */
  entry(name: HandlerName): string
}

/** What every function of the stack shares. */
export interface FunctionContext {
  readonly stack: Stack
  readonly names: Names
  readonly code: HandlerCode
  readonly network: Network
  readonly environment: HandlerEnvironment
  readonly memoryTimes: number
  readonly key: kms.IKey
  readonly keysSecretArn: string
  readonly deadLetters: sqs.IQueue
}

export interface FunctionOptions {
  readonly grants: readonly Grant[]
  readonly environment?: Readonly<Record<string, string>>
  /** Called without anybody waiting: what is called next, and how often it is tried again. */
  readonly unattended?: { readonly retriesMax: number; readonly next?: lambda.IFunction }
}

const MEMORY_MB_MAX = 10_240
const CALL_AGE_MAX = Duration.hours(6)

export function addFunction(context: FunctionContext, name: HandlerName, options: FunctionOptions): lambda.Function {
  const { stack, names, code, network } = context
  const definition: HandlerDefinition = HANDLERS[name]
  const id = `${name[0].toUpperCase()}${name.slice(1)}`
  const logGroup = new logs.LogGroup(stack, `${id}Log`, {
    logGroupName: `/hemline/${name}`,
    retention: logs.RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  })
  const role = roleWith(stack, `${id}Role`, 'lambda.amazonaws.com', [
    { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] },
    ...options.grants,
  ])
  if (definition.inVpc) allowNetworkInterfaces(role)
  if (options.unattended) allowHandingOn(context, role, options.unattended.next)
  return new lambda.Function(stack, id, {
    functionName: names.functionName(name),
    description: `Hemline: ${definition.does}`,
    runtime: lambda.Runtime.NODEJS_24_X,
    // DuckDB has no library for Node on arm64 in the version we use; all else runs on the cheaper processors.
    architecture: definition.usesDuckdb ? lambda.Architecture.X86_64 : lambda.Architecture.ARM_64,
    code: code.code(name),
    handler: code.entry(name),
    role,
    logGroup,
    loggingFormat: lambda.LoggingFormat.JSON,
    // Lambda's own lines for each call would cost more than the function.
    systemLogLevelV2: lambda.SystemLogLevel.WARN,
    memorySize: Math.min(definition.memoryMb * context.memoryTimes, MEMORY_MB_MAX),
    timeout: Duration.seconds(definition.timeoutSeconds),
    ...(definition.scratchGib === undefined ? {} : { ephemeralStorageSize: Size.gibibytes(definition.scratchGib) }),
    ...(definition.inVpc ? { vpc: network.vpc, vpcSubnets: network.subnets, securityGroups: [network.clients] } : {}),
    ...(options.unattended ? unattended(context, options.unattended) : {}),
    environment: { ...context.environment, ...options.environment },
  })
}

/** What Lambda itself does after the call, by the function's role. */
function allowHandingOn({ key, deadLetters }: FunctionContext, role: iam.Role, next?: lambda.IFunction): void {
  const grants: Grant[] = [
    { actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] },
    { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key.keyArn] },
    ...(next === undefined ? [] : [{ actions: ['lambda:InvokeFunction'], resources: [next.functionArn] }]),
  ]
  for (const grant of grants) allow(role, grant)
}

function unattended(
  { deadLetters }: FunctionContext,
  { retriesMax, next }: NonNullable<FunctionOptions['unattended']>,
): lambda.EventInvokeConfigOptions {
  return {
    retryAttempts: retriesMax,
    maxEventAge: CALL_AGE_MAX,
    onFailure: { bind: () => ({ destination: deadLetters.queueArn }) },
    ...(next === undefined ? {} : { onSuccess: { bind: () => ({ destination: next.functionArn }) } }),
  }
}

function allowNetworkInterfaces(role: iam.Role): void {
  const policy = 'service-role/AWSLambdaVPCAccessExecutionRole'
  role.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName(policy))
  acknowledge(role, {
    [`IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${policy}]`]:
      'Lambda makes the network interfaces of a function in a VPC itself, and cannot name them beforehand.',
  })
}
