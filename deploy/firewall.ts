/**
 * deploy/firewall: `HemlineEdge`, a web application firewall before CloudFront. By flag.
 *
 * In: settings.
 * Out: an access control list with Amazon's common rules and a limit for each address.
 * Invariant: it lies in us-east-1, where CloudFront looks for it, wherever the rest is.
 */
import { aws_wafv2 as waf, Stack, type App } from 'aws-cdk-lib'
import type { Settings } from './settings.ts'

/** Within five minutes. A page sends a handful. */
const CALLS_PER_ADDRESS_MAX = 2_000
const EDGE_REGION = 'us-east-1'

/** @returns ARN of the list */
export function addFirewall(app: App, { account, region }: Settings): string {
  const stack = new Stack(app, 'HemlineEdge', {
    env: { account, region: EDGE_REGION },
    crossRegionReferences: region !== EDGE_REGION,
    description: 'Hemline: web application firewall of the website',
  })
  const visibility = (metricName: string) => ({
    cloudWatchMetricsEnabled: true,
    sampledRequestsEnabled: true,
    metricName,
  })
  const list = new waf.CfnWebACL(stack, 'Firewall', {
    name: 'hemline',
    scope: 'CLOUDFRONT',
    defaultAction: { allow: {} },
    visibilityConfig: visibility('hemline'),
    rules: [
      {
        name: 'per-address',
        priority: 0,
        action: { block: {} },
        statement: { rateBasedStatement: { aggregateKeyType: 'IP', limit: CALLS_PER_ADDRESS_MAX } },
        visibilityConfig: visibility('hemline-per-address'),
      },
      {
        name: 'common',
        priority: 1,
        overrideAction: { none: {} },
        statement: { managedRuleGroupStatement: { vendorName: 'AWS', name: 'AWSManagedRulesCommonRuleSet' } },
        visibilityConfig: visibility('hemline-common'),
      },
    ],
  })
  return list.attrArn
}
