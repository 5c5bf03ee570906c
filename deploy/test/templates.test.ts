/**
 * deploy/test/templates: what CloudFormation would be given, for the choices a shop has.
 *
 * In: the app, synthesised without network, account or container; functions hold a placeholder for code.
 * Out: rules that hold for all of it, and proof by planted violations that each would be missed.
 * Invariant: cdk-nag ends synthesis with an error, so a template that is here has no finding. CloudFormation's own rules
 *   take longer than all of this; `npm run synth` asks them.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aws_lambda as lambda, aws_s3 as s3, type App } from 'aws-cdk-lib'
import { afterAll, describe, expect, test } from 'vitest'
import { LAKE_TABLES } from '../../src/parts/lake/tables.ts'
import { HANDLER_NAMES, HANDLERS } from '../handlers.ts'
import { hemlineApp } from '../hemline.ts'
import { checkSettings, ZONES, type Settings } from '../settings.ts'
import { resourcesOf, violationsOf, whoMay, type Resource, type Template } from './template-rules.ts'

const PLAIN: Settings = {
  account: '123456789012',
  region: 'eu-central-1',
  timeZone: 'Asia/Ho_Chi_Minh',
  size: 'small',
  redshift: false,
  quicksightUser: null,
  waf: false,
  alarmEmail: 'shop@example.com',
  budgetUsd: 50,
  existing: {},
}
const EXISTING: Settings['existing'] = {
  streamArn: 'arn:aws:kinesis:us-east-1:123456789012:stream/clicks',
  buckets: { landing: 'our-landing', clean: 'our-clean', mart: 'our-mart' },
  database: {
    host: 'db.example',
    port: 5432,
    name: 'shop',
    resourceId: 'db-ABCDEFGHIJKL',
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['us-east-1a'],
    subnetIds: ['subnet-0123456789abcdef0'],
    securityGroupId: 'sg-0123456789abcdef0',
  },
}
process.env['CDK_VALIDATION'] = 'false'
const out = mkdtempSync(join(tmpdir(), 'hemline-cdk-'))
afterAll(() => rmSync(out, { recursive: true, force: true }))

/** Every flag is on in one of these: each way through the stacks is synthesised. */
const plain = synthesised('plain', PLAIN)
const rich = synthesised('rich', {
  ...PLAIN,
  size: 'large',
  redshift: true,
  quicksightUser: 'arn:aws:quicksight:eu-central-1:123456789012:user/default/owner',
  waf: true,
})
const brought = synthesised('brought', { ...PLAIN, region: 'us-east-1', waf: true, existing: EXISTING })

function synthesised(name: string, settings: Settings): Record<string, Template> {
  const { stacks } = unsynthesised(name, settings).synth()
  return Object.fromEntries(stacks.map((stack) => [stack.stackName, stack.template as Template]))
}

function unsynthesised(name: string, settings: Settings): App {
  return hemlineApp({
    settings: checkSettings(settings),
    outFolder: join(out, name),
    artifacts: {
      siteFolder: join(import.meta.dirname, '..', '..', 'src', 'app', 'page'),
      code: () => lambda.Code.fromInline('export const handler = () => {}'),
      entry: () => 'index.handler',
    },
  })
}

const data = plain['HemlineData']
const app = plain['HemlineApp']
const only = (template: Template, type: string): Resource['Properties'] => {
  const found = resourcesOf(template, type)
  expect(found.length, type).toBe(1)
  return found[0].Properties
}

describe('the templates', () => {
  test.each(Object.entries({ plain, rich, brought }))('%s: no resource breaks a rule', (_, stacks) => {
    expect(Object.values(stacks).flatMap(violationsOf)).toEqual([])
  })

  test('name every service that was asked for', () => {
    const types = new Set(
      Object.values(plain).flatMap(({ Resources }) => Object.values(Resources).map(({ Type }) => Type)),
    )
    for (const type of [
      'AWS::Kinesis::Stream',
      'AWS::Lambda::Function',
      'AWS::DynamoDB::GlobalTable',
      'AWS::KinesisFirehose::DeliveryStream',
      'AWS::RDS::DBInstance',
      'AWS::S3::Bucket',
      'AWS::Glue::Database',
      'AWS::Athena::WorkGroup',
      'AWS::Scheduler::Schedule',
      'AWS::ApiGatewayV2::Api',
      'AWS::CloudFront::Distribution',
    ]) {
      expect(types, type).toContain(type)
    }
    expect(only(data, 'AWS::Kinesis::Stream').Name).toBe('fashion-ds')
    expect(only(data, 'AWS::DynamoDB::GlobalTable').TableName).toBe('fashion-rcm-table')
  })

  test('hold a function for each handler, within the limits of Lambda, with native code on x86_64', () => {
    const functions = resourcesOf(app, 'AWS::Lambda::Function').filter(({ Properties }) => Properties.FunctionName)
    expect(functions.map(({ Properties }) => String(Properties.FunctionName)).toSorted()).toEqual(
      HANDLER_NAMES.map((name) => `hemline-${name}`).toSorted(),
    )
    for (const { Properties } of functions) {
      const definition = HANDLERS[Properties.FunctionName.replace('hemline-', '') as keyof typeof HANDLERS]
      expect(Properties.Architectures).toEqual(['usesDuckdb' in definition ? 'x86_64' : 'arm64'])
      expect(Properties.VpcConfig !== undefined).toBe('inVpc' in definition)
      expect(Properties.Runtime).toBe('nodejs24.x')
      expect(Properties.Timeout).toBeLessThanOrEqual(900)
    }
  })

  test('run the night at 00:01 in the zone of the shop, and the learner every five minutes', () => {
    const schedules = resourcesOf(app, 'AWS::Scheduler::Schedule').map(({ Properties }) => [
      Properties.ScheduleExpression,
      Properties.ScheduleExpressionTimezone,
    ])
    expect(schedules).toContainEqual(['cron(1 0 * * ? *)', 'Asia/Ho_Chi_Minh'])
    expect(schedules).toContainEqual(['rate(5 minutes)', 'Etc/UTC'])
  })

  test('deliver to landing every 300 seconds, through the handler', () => {
    const { ExtendedS3DestinationConfiguration: s3 } = only(app, 'AWS::KinesisFirehose::DeliveryStream')
    expect(s3.BufferingHints.IntervalInSeconds).toBe(300)
    expect([s3.Prefix, s3.ErrorOutputPrefix, s3.CompressionFormat]).toEqual(['firehose/', 'firehose-failed/', 'GZIP'])
    expect(s3.ProcessingConfiguration.Processors).toHaveLength(1)
  })

  test('read the stream in batches that can fail in part, and give up a record after hours, never after a count', () => {
    const [mapping] = resourcesOf(app, 'AWS::Lambda::EventSourceMapping').filter(
      ({ Properties }) => Properties.StartingPosition,
    )
    expect(mapping.Properties).toMatchObject({
      BatchSize: 100,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRecordAgeInSeconds: 6 * 3600,
      ParallelizationFactor: 4,
    })
    expect(mapping.Properties.MaximumRetryAttempts).toBeUndefined()
    expect(mapping.Properties.DestinationConfig.OnFailure.Destination).toMatch(/hemline-landing/)
  })

  test('give each function only what it needs', () => {
    expect(whoMay(app, 'kinesis:PutRecord')).toEqual(['collect', 'forget', 'refine'])
    expect(whoMay(app, 'dynamodb:UpdateItem')).toEqual(['recommend'])
    expect(whoMay(app, 'dynamodb:BatchWriteItem')).toEqual(['forget', 'learn', 'refine'])
    expect(whoMay(app, 'dynamodb:BatchGetItem')).toEqual(['forget', 'learn', 'recommend', 'refine', 'respond'])
    expect(whoMay(app, 'rds-db:connect', /hemline_reader/)).toEqual(['extract'])
    expect(whoMay(app, 'rds-db:connect', /hemline_shop/)).toEqual(['shop'])
    expect(whoMay(app, 's3:PutObject', /-model-.*\/model\//)).toEqual(['learn'])
    expect(whoMay(app, 's3:PutObject', /-landing-.*\/landing\//)).toEqual(['forget', 'land', 'refine'])
    expect(whoMay(app, 's3:PutObject', /-clean-/)).toEqual(['forget', 'land', 'refine'])
    expect(whoMay(app, 's3:PutObject', /-mart-/)).toEqual(['forecast', 'forget', 'refine'])
    expect(whoMay(app, 's3:PutObject', /\/extract\//)).toEqual(['extract'])
    // Where Lambda itself puts a batch that failed for too long, by the function's role.
    expect(whoMay(app, 's3:PutObject', /\/aws\/lambda\//)).toEqual(['recommend'])
    expect(whoMay(app, 'glue:UpdateTable', /table\/clean/)).toEqual(['forget', 'land', 'refine'])
    expect(whoMay(app, 's3:PutObject', /erasures/)).toEqual(['forget', 'refine'])
    expect(whoMay(app, 'secretsmanager:GetSecretValue')).toEqual(['collect', 'forget', 'learn', 'refine', 'respond'])
  })

  test('make the databases of the zones that the tables name, and leave the tables to the code', () => {
    const names = resourcesOf(data, 'AWS::Glue::Database').map(({ Properties }) => Properties.DatabaseInput.Name)
    expect(names).toEqual([...ZONES])
    expect(new Set(LAKE_TABLES.map(({ namespace }) => namespace))).toEqual(new Set(names))
    expect(resourcesOf(data, 'AWS::Glue::Table')).toEqual([])
  })

  test('stop a query of Athena that would scan more than 10 GB', () => {
    const { WorkGroupConfiguration } = only(data, 'AWS::Athena::WorkGroup')
    expect(WorkGroupConfiguration.BytesScannedCutoffPerQuery).toBe(10 * 1024 ** 3)
    expect(WorkGroupConfiguration.EnforceWorkGroupConfiguration).toBe(true)
  })

  test('reach S3 and DynamoDB by gateway endpoints, and the database over TLS alone', () => {
    const services = resourcesOf(data, 'AWS::EC2::VPCEndpoint').map(({ Properties }) =>
      JSON.stringify(Properties.ServiceName),
    )
    expect(services.map((name) => (name.includes('.s3') ? 's3' : 'dynamodb')).toSorted()).toEqual(['dynamodb', 's3'])
    expect(only(data, 'AWS::RDS::DBParameterGroup').Parameters).toEqual({ 'rds.force_ssl': '1' })
  })

  test('alarm on lag, a stale lake, a stale model, dead letters and a missing night, and tell somebody', () => {
    const alarms = resourcesOf(app, 'AWS::CloudWatch::Alarm')
    expect(alarms).toHaveLength(5)
    for (const { Properties } of alarms) {
      expect(Properties.AlarmActions).toHaveLength(1)
      expect(Properties.AlarmDescription).toMatch(/docs\/aws\.md: (lag|dead letters|failed night)$/)
    }
    // Their figures are missing when nothing runs at all.
    expect(alarms.filter(({ Properties }) => Properties.TreatMissingData === 'breaching')).toHaveLength(2)
    expect(only(app, 'AWS::SNS::Subscription').Endpoint).toBe('shop@example.com')
    expect(only(app, 'AWS::Budgets::Budget').Budget.BudgetLimit.Amount).toBe(50)
  })
})

describe('choices', () => {
  test('large: stream on demand, database in two zones', () => {
    expect(only(rich['HemlineData'], 'AWS::Kinesis::Stream').StreamModeDetails.StreamMode).toBe('ON_DEMAND')
    expect(only(rich['HemlineData'], 'AWS::RDS::DBInstance').MultiAZ).toBe(true)
  })

  test('redshift: a workgroup that can read clean and mart, and change nothing', () => {
    const all = Object.values(rich['HemlineApp'].Resources).filter(({ Type }) => Type.startsWith('AWS::Redshift'))
    expect(all).toHaveLength(2)
    expect(whoMay(rich['HemlineApp'], 's3:GetObject', /-mart-/)).toContain('warehouse')
    expect(whoMay(rich['HemlineApp'], 's3:PutObject')).not.toContain('warehouse')
    expect(resourcesOf(app, 'AWS::RedshiftServerless::Workgroup')).toEqual([])
  })

  test('quicksight: data sets with the columns that the tables have', () => {
    const sets = resourcesOf(rich['HemlineApp'], 'AWS::QuickSight::DataSet')
    expect(sets.length).toBeGreaterThan(2)
    for (const { Properties } of sets) {
      const [{ RelationalTable: shown }] = Object.values<Resource['Properties']>(Properties.PhysicalTableMap)
      const table = LAKE_TABLES.find((each) => each.namespace === shown.Schema && each.table === shown.Name)
      expect(shown.InputColumns.map((column: { Name: string }) => column.Name)).toEqual(
        table?.columns.map(({ name }) => name),
      )
    }
  })

  test('waf: a list before CloudFront, in us-east-1', () => {
    expect(resourcesOf(rich['HemlineEdge'], 'AWS::WAFv2::WebACL')).toHaveLength(1)
    expect(only(rich['HemlineApp'], 'AWS::CloudFront::Distribution').DistributionConfig.WebACLId).toBeDefined()
    expect(only(app, 'AWS::CloudFront::Distribution').DistributionConfig.WebACLId).toBeUndefined()
  })

  test('what a shop has already is used, not made again', () => {
    const types = Object.values(brought['HemlineData'].Resources).map(({ Type }) => Type)
    for (const type of ['AWS::Kinesis::Stream', 'AWS::RDS::DBInstance', 'AWS::EC2::VPC'])
      expect(types).not.toContain(type)
    expect(whoMay(brought['HemlineApp'], 's3:PutObject', /our-landing/)).toContain('land')
    expect(JSON.stringify(brought['HemlineApp'])).toContain('stream/clicks')
    expect(only(brought['HemlineData'], 'AWS::EC2::SecurityGroupIngress').GroupId).toBe('sg-0123456789abcdef0')
  })

  test.each<[string, Partial<Settings>]>([
    ['--account', { account: '12' }],
    ['--region', { region: 'Frankfurt' }],
    ['--time-zone', { timeZone: 'Mars/Base' }],
    ['--budget-usd', { budgetUsd: Number.NaN }],
    ['streamArn', { existing: { streamArn: 'clicks' } }],
    ['--quicksight-user', { quicksightUser: 'me' }],
  ])('a wrong %s is named', (name, wrong) => {
    expect(() => checkSettings({ ...PLAIN, ...wrong })).toThrow(name)
  })
})

describe('a planted violation is found', () => {
  const planted: readonly [rule: string, type: string, plant: (properties: Resource['Properties']) => void][] = [
    ['public access is blocked', 'AWS::S3::Bucket', (bucket) => delete bucket.PublicAccessBlockConfiguration],
    ['only TLS is answered', 'AWS::S3::BucketPolicy', (policy) => (policy.PolicyDocument.Statement = [])],
    ['what is stored is encrypted', 'AWS::S3::Bucket', (bucket) => delete bucket.BucketEncryption],
    ['what is stored is encrypted', 'AWS::Kinesis::Stream', (stream) => delete stream.StreamEncryption],
    ['what is stored is encrypted', 'AWS::RDS::DBInstance', (database) => (database.StorageEncrypted = false)],
    [
      'the table can be restored',
      'AWS::DynamoDB::GlobalTable',
      (table) => delete table.Replicas[0].PointInTimeRecoverySpecification,
    ],
    ['the database is closed', 'AWS::RDS::DBInstance', (database) => (database.BackupRetentionPeriod = 0)],
    ['the database is not public', 'AWS::RDS::DBInstance', (database) => (database.PubliclyAccessible = true)],
    ['actions are named', 'AWS::IAM::Policy', (policy) => (policy.PolicyDocument.Statement[0].Action = 'dynamodb:*')],
    ['resources are named', 'AWS::IAM::Policy', (policy) => (policy.PolicyDocument.Statement[0].Resource = '*')],
    ['nothing leads to the internet', 'AWS::EC2::VPCEndpoint', (endpoint) => (endpoint.VpcEndpointType = 'Interface')],
    ['subnets are isolated', 'AWS::EC2::Subnet', (subnet) => (subnet.MapPublicIpOnLaunch = true)],
    ['logs end', 'AWS::Logs::LogGroup', (group) => delete group.RetentionInDays],
    ['a function writes its own log', 'AWS::Lambda::Function', (each) => delete each.LoggingConfig],
  ]

  test.each(planted)('%s (%s)', (rule, type, plant) => {
    const copy = structuredClone(resourcesOf(data, type).length > 0 ? data : app)
    plant(resourcesOf(copy, type)[0].Properties)
    expect(violationsOf(copy).join('\n')).toContain(rule)
  })

  test('what holds data is kept', () => {
    const copy = structuredClone(data) as { Resources: Record<string, { Type: string; DeletionPolicy?: string }> }
    const bucket = Object.values(copy.Resources).find(({ Type }) => Type === 'AWS::S3::Bucket')
    if (bucket) bucket.DeletionPolicy = 'Delete'
    expect(violationsOf(copy as Template).join('\n')).toContain('what holds data is kept')
  })

  test('cdk-nag ends synthesis where nobody has acknowledged its finding', () => {
    const leaky = unsynthesised('leaky', PLAIN)
    new s3.CfnBucket(leaky.node.findChild('HemlineApp'), 'Leak')
    expect(() => leaky.synth()).toThrow(/AwsSolutions-S10/)
  })
})
