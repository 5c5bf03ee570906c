/**
 * deploy/grants: roles that may do exactly what is listed.
 *
 * In: actions, the resources they reach, and why where a resource is a pattern.
 * Out: a role with these statements and no others.
 * Invariant: no action is a pattern; every pattern of resources is acknowledged by itself, with its reason.
 */
import { aws_iam as iam, type Stack } from 'aws-cdk-lib'
import { acknowledge } from './acknowledge.ts'

export interface Grant {
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  /** Why a resource ends in `*`; needed where one does. */
  readonly because?: string
}

export function roleWith(stack: Stack, id: string, service: string, grants: readonly Grant[]): iam.Role {
  const role = new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal(service) })
  for (const grant of grants) allow(role, grant)
  return role
}

export function allow(role: iam.Role, { actions, resources, because }: Grant): void {
  role.addToPolicy(new iam.PolicyStatement({ actions: [...actions], resources: [...resources] }))
  for (const resource of resources.filter((name) => name.includes('*'))) {
    if (because === undefined) throw new Error(`${role.node.id}: say why ${actions.join(', ')} reaches ${resource}`)
    acknowledge(role, { [`IAM5[Resource::${resource}]`]: because })
  }
}
