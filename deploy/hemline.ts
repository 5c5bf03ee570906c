/**
 * deploy/hemline: the whole deployment as one CDK app.
 *
 * In: settings, and the code that runs.
 * Out: an app of two stacks, or three with the firewall.
 * Invariant: needs neither network nor account to be made; an error of cdk-nag or of CloudFormation's rules ends synthesis.
 */
import { App, Tags, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { addAppStack, type Artifacts } from './app-stack.ts'
import { addDataStack } from './data-stack.ts'
import { addFirewall } from './firewall.ts'
import { namesOf } from './names.ts'
import type { Settings } from './settings.ts'

export interface HemlineOptions {
  readonly settings: Settings
  readonly artifacts: Artifacts
  /** Folder for the templates; the CDK's own choice where it is left out. */
  readonly outFolder?: string
}

export function hemlineApp({ settings, artifacts, outFolder }: HemlineOptions): App {
  const app = new App({
    ...(outFolder === undefined ? {} : { outdir: outFolder }),
    analyticsReporting: false,
    context: {
      '@aws-cdk/core:validateAgainstDefaultRules': true,
      // Else the flow log's own service changes the policy of the bucket of logs.
      '@aws-cdk/aws-s3:createDefaultLoggingPolicy': true,
    },
  })
  const names = namesOf(settings)
  const data = addDataStack(app, names, settings)
  const webAclArn = settings.waf ? addFirewall(app, settings) : null
  addAppStack(app, { names, settings, data, artifacts, webAclArn })
  Tags.of(app).add('application', 'hemline')
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  return app
}
