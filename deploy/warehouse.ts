/**
 * deploy/warehouse: Redshift Serverless that reads the lake where it lies (Redshift Spectrum). By flag.
 *
 * In: the Glue databases clean and mart.
 * Out: a workgroup that costs only while it is asked; `CREATE EXTERNAL SCHEMA` makes the tables visible (docs/aws.md).
 * Invariant: it reads clean and mart, and changes nothing.
 */
import { aws_ec2 as ec2, aws_redshiftserverless as redshift } from 'aws-cdk-lib'
import type { FunctionContext } from './function.ts'
import { roleWith } from './grants.ts'
import { readsZones } from './lake-grants.ts'
import type { Network } from './network.ts'

/** The least there is: 8 units of 16 GB. */
const CAPACITY_UNITS = 8

export function addWarehouse(context: FunctionContext, { vpc, subnets }: Network): void {
  const { stack, key } = context
  const role = roleWith(stack, 'WarehouseRole', 'redshift.amazonaws.com', readsZones(context, ['clean', 'mart']))
  const namespace = new redshift.CfnNamespace(stack, 'WarehouseNamespace', {
    namespaceName: 'hemline',
    dbName: 'hemline',
    kmsKeyId: key.keyId,
    manageAdminPassword: true,
    adminPasswordSecretKmsKeyId: key.keyId,
    defaultIamRoleArn: role.roleArn,
    iamRoles: [role.roleArn],
    logExports: ['connectionlog', 'userlog', 'useractivitylog'],
  })
  const group = new ec2.SecurityGroup(stack, 'WarehouseGroup', {
    vpc,
    description: 'Redshift over the lake: asked by the query editor, from nowhere else',
    allowAllOutbound: true,
  })
  const workgroup = new redshift.CfnWorkgroup(stack, 'Warehouse', {
    workgroupName: 'hemline',
    namespaceName: namespace.namespaceName,
    baseCapacity: CAPACITY_UNITS,
    maxCapacity: CAPACITY_UNITS,
    publiclyAccessible: false,
    enhancedVpcRouting: false,
    securityGroupIds: [group.securityGroupId],
    subnetIds: vpc.selectSubnets(subnets).subnetIds,
    configParameters: [{ parameterKey: 'require_ssl', parameterValue: 'true' }],
  })
  workgroup.addResourceDependency(namespace)
}
