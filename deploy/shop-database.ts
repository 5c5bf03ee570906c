/**
 * deploy/shop-database: the shop's PostgreSQL on RDS, which the night copies from.
 *
 * In: the network; settings.
 * Out: a database, or access to the existing one.
 * Invariant: it is reached from Hemline's functions alone, over TLS, by IAM tokens; it outlives the stack.
 */
import { aws_ec2 as ec2, aws_rds as rds, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib'
import { acknowledge } from './acknowledge.ts'
import type { Buckets } from './key-and-buckets.ts'
import type { Names } from './names.ts'
import type { Network } from './network.ts'
import type { Settings } from './settings.ts'

/** Not PostgreSQL's usual one, which every scanner tries first. */
const PORT = 5433
const DATABASE_NAME = 'shop'
const BACKUPS_KEPT = Duration.days(7)
const OWNER = 'hemline_owner'

export interface ShopDatabase {
  readonly host: string
  readonly port: string
  readonly name: string
  /** ARN of a login, for `rds-db:connect`. */
  loginArn(user: string): string
}

export function addShopDatabase(
  stack: Stack,
  names: Names,
  settings: Settings,
  { network, buckets }: { readonly network: Network; readonly buckets: Buckets },
): ShopDatabase {
  const given = settings.existing.database
  if (given !== undefined) {
    const group = ec2.SecurityGroup.fromSecurityGroupId(stack, 'ExistingDatabase', given.securityGroupId)
    admit(network, group, ec2.Port.tcp(given.port))
    return {
      host: given.host,
      port: String(given.port),
      name: given.name,
      loginArn: (user) => names.arn('rds-db', `dbuser:${given.resourceId}/${user}`),
    }
  }
  const database = newDatabase(stack, settings, network, buckets)
  admit(network, database.connections.securityGroups[0], ec2.Port.tcp(PORT))
  return {
    host: database.dbInstanceEndpointAddress,
    port: String(PORT),
    name: DATABASE_NAME,
    loginArn: (user) => names.arn('rds-db', `dbuser:${database.instanceResourceId}/${user}`),
  }
}

/** Rules by id, so that neither stack has to know the other's groups. */
function admit({ clients }: Network, database: ec2.ISecurityGroup, port: ec2.Port): void {
  database.addIngressRule(clients, port, 'functions of Hemline')
  clients.addEgressRule(database, port, 'the database of the shop')
}

function newDatabase(stack: Stack, { size }: Settings, network: Network, { key }: Buckets): rds.DatabaseInstance {
  const engine = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 })
  const group = new ec2.SecurityGroup(stack, 'DatabaseGroup', {
    vpc: network.vpc,
    description: 'The database of the shop',
    allowAllOutbound: false,
  })
  const owner = new rds.DatabaseSecret(stack, 'DatabaseOwner', {
    username: OWNER,
    secretName: 'hemline/database-owner',
    encryptionKey: key,
  })
  owner.applyRemovalPolicy(RemovalPolicy.RETAIN)
  acknowledge(owner, {
    SMG4: 'A person uses it once, to make the users that log in by IAM token; rotating would need a function in the VPC.',
  })
  const database = new rds.DatabaseInstance(stack, 'Database', {
    engine,
    vpc: network.vpc,
    vpcSubnets: network.subnets,
    securityGroups: [group],
    instanceType:
      size === 'small'
        ? ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MICRO)
        : ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.LARGE),
    multiAz: size === 'large',
    allocatedStorage: 20,
    maxAllocatedStorage: size === 'small' ? 100 : 1_000,
    storageType: rds.StorageType.GP3,
    storageEncrypted: true,
    storageEncryptionKey: key,
    databaseName: DATABASE_NAME,
    port: PORT,
    publiclyAccessible: false,
    iamAuthentication: true,
    credentials: rds.Credentials.fromSecret(owner),
    parameterGroup: new rds.ParameterGroup(stack, 'DatabaseParameters', {
      engine,
      parameters: { 'rds.force_ssl': '1' },
    }),
    backupRetention: BACKUPS_KEPT,
    autoMinorVersionUpgrade: true,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  })
  if (size === 'small') acknowledge(database, { RDS3: 'A small shop runs in one zone; --size large has two.' })
  return database
}
