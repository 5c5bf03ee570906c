/**
 * deploy/test/template-rules: what must hold for every resource of every template.
 *
 * In: a template as CloudFormation gets it.
 * Out: violations, as sentences.
 * Invariant: each rule has a planted violation in templates.test.ts that it must refuse.
 */
export interface Resource {
  readonly Type: string
  readonly Properties: Record<string, any> // oxlint-disable-line typescript/no-explicit-any -- whatever a template holds
  readonly DeletionPolicy?: string
}
export interface Template {
  readonly Resources: Record<string, Resource>
}

interface Statement {
  readonly Effect: string
  readonly Action: string | readonly string[]
  readonly Resource?: unknown
  readonly Condition?: Record<string, Record<string, string>>
}

type Rule = (id: string, resource: Resource, template: Template) => string | false | undefined

const KEPT =
  /^AWS::(S3::Bucket|Kinesis::Stream|DynamoDB::GlobalTable|RDS::DBInstance|KMS::Key|Glue::Database|SecretsManager::Secret)$/
const OPEN_TO_THE_INTERNET = /^AWS::EC2::(NatGateway|InternetGateway|EIP|TransitGateway)/
/** Empty again after a week, or filled from this checkout. */
const MAY_GO = /^(Site|Queries)/

/** Functions that the CDK brings to carry a value from one region to another while it deploys. */
const OF_THE_CDK = /^CustomCrossRegion/

const RULES: Readonly<Record<string, Rule>> = {
  'public access is blocked': (_, { Type, Properties: { PublicAccessBlockConfiguration: block = {} } }) =>
    Type === 'AWS::S3::Bucket' &&
    !['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].every(
      (name) => block[name],
    ) &&
    'may be opened to the public',
  'only TLS is answered': (id, { Type }, template) =>
    /^AWS::(S3::Bucket|SQS::Queue|SNS::Topic)$/.test(Type) && !refusesPlainText(id, template) && 'answers without TLS',
  'what is stored is encrypted': (_, { Type, Properties }) => !isEncrypted(Type, Properties) && 'is not encrypted',
  'the table can be restored': (_, { Type, Properties: { Replicas, TimeToLiveSpecification: ttl } }) =>
    Type === 'AWS::DynamoDB::GlobalTable' &&
    !(Replicas[0].PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled && ttl?.Enabled) &&
    'has no recovery to a point in time, or keeps visitors for good',
  'the database is closed, backed up and kept': (_, { Type, Properties: database }) =>
    Type === 'AWS::RDS::DBInstance' &&
    !(database.DeletionProtection && database.BackupRetentionPeriod >= 7 && database.EnableIAMDatabaseAuthentication) &&
    'is not protected',
  'the database is not public': (_, { Type, Properties: { PubliclyAccessible } }) =>
    /^AWS::(RDS::DBInstance|RedshiftServerless::Workgroup)$/.test(Type) && PubliclyAccessible !== false && 'is public',
  'actions are named': (_, resource) =>
    statementsOf(resource).some((each) => actionsOf(each).some((action) => action.includes('*'))) &&
    'has a pattern of actions',
  'resources are named': (_, resource) =>
    statementsOf(resource).some(({ Resource }) => [Resource].flat().includes('*')) && 'reaches every resource',
  'nothing leads to the internet': (_, { Type, Properties }) =>
    (OPEN_TO_THE_INTERNET.test(Type) ||
      (Type === 'AWS::EC2::VPCEndpoint' && Properties.VpcEndpointType !== 'Gateway')) &&
    'costs by the hour, or opens the VPC',
  'subnets are isolated': (_, { Type, Properties: { MapPublicIpOnLaunch } }) =>
    Type === 'AWS::EC2::Subnet' && MapPublicIpOnLaunch !== false && 'gives public addresses',
  'logs end': (_, { Type, Properties: { RetentionInDays } }) =>
    Type === 'AWS::Logs::LogGroup' && !(RetentionInDays > 0) && 'is kept for good',
  'a function writes its own log': (id, { Type, Properties: { LoggingConfig } }) =>
    Type === 'AWS::Lambda::Function' &&
    !OF_THE_CDK.test(id) &&
    LoggingConfig?.LogGroup === undefined &&
    'writes to a log that never ends',
  'what holds data is kept': (id, { Type, DeletionPolicy }) =>
    KEPT.test(Type) && !MAY_GO.test(id) && !DeletionPolicy?.startsWith('Retain') && 'goes with its stack',
}

export function violationsOf(template: Template): string[] {
  return Object.entries(template.Resources).flatMap(([id, resource]) =>
    Object.entries(RULES).flatMap(([rule, violated]) => {
      const what = violated(id, { ...resource, Properties: resource.Properties ?? {} }, template)
      return what ? [`${rule}: ${id} (${resource.Type}) ${what}`] : []
    }),
  )
}

export function resourcesOf(template: Template, type: string): Resource[] {
  return Object.values(template.Resources).filter(({ Type }) => Type === type)
}

function refusesPlainText(id: string, { Resources }: Template): boolean {
  return Object.values(Resources).some(
    ({ Type, Properties }) =>
      /^AWS::(S3::BucketPolicy|SQS::QueuePolicy|SNS::TopicPolicy)$/.test(Type) &&
      [Properties.Bucket, Properties.Queues, Properties.Topics].flat().some((target) => target?.Ref === id) &&
      Properties.PolicyDocument.Statement.some(
        (each: Statement) => each.Effect === 'Deny' && each.Condition?.Bool?.['aws:SecureTransport'] === 'false',
      ),
  )
}

function isEncrypted(type: string, properties: Resource['Properties']): boolean {
  switch (type) {
    case 'AWS::S3::Bucket':
      return properties.BucketEncryption !== undefined
    case 'AWS::Kinesis::Stream':
      return properties.StreamEncryption?.EncryptionType === 'KMS'
    case 'AWS::DynamoDB::GlobalTable':
      return properties.SSESpecification?.SSEEnabled === true
    case 'AWS::RDS::DBInstance':
      return properties.StorageEncrypted === true
    case 'AWS::SQS::Queue':
    case 'AWS::SNS::Topic':
      return properties.KmsMasterKeyId !== undefined
    case 'AWS::Athena::WorkGroup':
      return properties.WorkGroupConfiguration.ResultConfiguration.EncryptionConfiguration !== undefined
    case 'AWS::KMS::Key':
      return properties.EnableKeyRotation === true
    default:
      return true
  }
}

/** Statements that give a role something; a key's and a bucket's own policies can only mean themselves. */
function statementsOf({ Type, Properties }: Resource): readonly Statement[] {
  if (Type === 'AWS::IAM::Policy') return allowed(Properties.PolicyDocument.Statement as Statement[])
  if (Type !== 'AWS::IAM::Role') return []
  return allowed((Properties.Policies ?? []).flatMap((each: Resource['Properties']) => each.PolicyDocument.Statement))
}

function allowed(statements: readonly Statement[]): Statement[] {
  return statements.filter(({ Effect }) => Effect === 'Allow')
}

function actionsOf({ Action }: Statement): string[] {
  return typeof Action === 'string' ? [Action] : [...Action]
}

/** The functions whose role may do something, by name: `CollectRoleDefaultPolicy…` is `collect`. */
export function whoMay(template: Template, action: string, resource?: RegExp): string[] {
  return Object.entries(template.Resources)
    .filter(([, each]) =>
      statementsOf(each).some(
        (statement) =>
          actionsOf(statement).includes(action) && (!resource || resource.test(JSON.stringify(statement.Resource))),
      ),
    )
    .map(([id]) => id.replace(/Role.*/, '').toLowerCase())
    .toSorted()
}
