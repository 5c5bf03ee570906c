/**
 * deploy/acknowledge: findings of cdk-nag that stand on purpose, each with its reason.
 *
 * In: a construct, and reasons by the rule's name.
 * Out: nothing; the construct carries the acknowledgement.
 * Invariant: a rule is acknowledged for one construct and what lies within it, never for a stack.
 */
import { Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

export function acknowledge(scope: IConstruct, reasons: Readonly<Record<string, string>>): void {
  for (const [rule, reason] of Object.entries(reasons)) {
    Validations.of(scope).acknowledge({ id: `AwsSolutions-${rule}`, reason })
  }
}
