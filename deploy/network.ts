/**
 * deploy/network: the VPC of the shop's database, without a way to the internet.
 *
 * In: settings; an existing database brings its own VPC.
 * Out: isolated subnets in two zones, gateway endpoints for S3 and DynamoDB, the group of what may reach the database.
 * Invariant: no NAT and no interface endpoint, which cost by the hour; what runs inside reaches S3 and the database alone.
 */
import { aws_ec2 as ec2, aws_s3 as s3, Fn, type Stack } from 'aws-cdk-lib'
import type { Settings } from './settings.ts'

export interface Network {
  readonly vpc: ec2.IVpc
  readonly subnets: ec2.SubnetSelection
  /** Security group of the functions that speak to the database. */
  readonly clients: ec2.SecurityGroup
}

export function addNetwork(stack: Stack, settings: Settings, logs: s3.IBucket): Network {
  const { database } = settings.existing
  const vpc = database === undefined ? newVpc(stack, logs) : existingVpc(stack, database)
  const clients = new ec2.SecurityGroup(stack, 'DatabaseClients', {
    vpc,
    description: 'Functions of Hemline that speak to the database of the shop',
    // What goes out is listed by `shop-database.ts`, and S3 below.
    allowAllOutbound: false,
  })
  // Security groups know no service names, so the port is what limits it; the subnets route nowhere but to S3.
  clients.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'S3 by its gateway endpoint')
  const subnets = { subnets: database === undefined ? vpc.isolatedSubnets : vpc.privateSubnets }
  return { vpc, subnets, clients }
}

function newVpc(stack: Stack, logs: s3.IBucket): ec2.Vpc {
  return new ec2.Vpc(stack, 'Vpc', {
    // Chosen as it is deployed, not looked up: synthesis needs no account.
    availabilityZones: [0, 1].map((index) => Fn.select(index, Fn.getAzs())),
    natGateways: 0,
    subnetConfiguration: [{ name: 'database', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
    gatewayEndpoints: {
      S3: { service: ec2.GatewayVpcEndpointAwsService.S3 },
      DynamoDb: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB },
    },
    restrictDefaultSecurityGroup: false,
    flowLogs: {
      Rejected: { destination: ec2.FlowLogDestination.toS3(logs, 'vpc/'), trafficType: ec2.FlowLogTrafficType.REJECT },
    },
  })
}

function existingVpc(stack: Stack, database: NonNullable<Settings['existing']['database']>): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: database.vpcId,
    availabilityZones: [...database.availabilityZones],
    privateSubnetIds: [...database.subnetIds],
  })
}
