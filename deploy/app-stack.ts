/**
 * deploy/app-stack: `HemlineApp`, all that runs. It can be deleted and made again at any time.
 *
 * In: what `HemlineData` keeps; code of the functions; settings.
 * Out: functions, schedules, the API, the website, alarms.
 * Invariant: nothing in it holds data that is not also in `HemlineData`.
 */
import { CfnOutput, Stack, type App } from 'aws-cdk-lib'
import { addAlarms } from './alarms.ts'
import { addApi } from './api.ts'
import type { Data } from './data-stack.ts'
import { addDeadLetters } from './dead-letters.ts'
import { addDelivery } from './delivery.ts'
import { addFunction, type FunctionContext, type HandlerCode } from './function.ts'
import type { Names } from './names.ts'
import { addNight, databaseAddress } from './night.ts'
import { addRecommending } from './recommending.ts'
import { addReports } from './reports.ts'
import type { Settings } from './settings.ts'
import { addWarehouse } from './warehouse.ts'
import { addWebsite } from './website.ts'

/** What runs: bundles of the handlers and the website's files. */
export interface Artifacts extends HandlerCode {
  readonly siteFolder: string
}

export interface AppStackOptions {
  readonly names: Names
  readonly settings: Settings
  readonly data: Data
  readonly artifacts: Artifacts
  readonly webAclArn: string | null
}

export function addAppStack(app: App, options: AppStackOptions): Stack {
  const { names, settings, data, artifacts } = options
  const stack = new Stack(app, 'HemlineApp', {
    env: { account: settings.account, region: settings.region },
    description: 'Hemline: what runs. Functions, schedules, API, website, alarms.',
  })
  const context = contextOf(stack, options)
  const recommending = addRecommending(context)
  const delivery = addDelivery(context)
  const night = addNight(context, data.database, settings.timeZone)
  addFunction(context, 'logins', { environment: databaseAddress(data.database), grants: [] })
  const api = addApi(context, data.database, settings.size)
  const website = addWebsite(context, {
    api,
    logs: data.buckets.logs,
    siteFolder: artifacts.siteFolder,
    webAclArn: options.webAclArn,
  })
  addAlarms(context, { ...recommending, ...delivery, ...night, settings })
  if (settings.redshift) addWarehouse(context, data.network)
  if (settings.quicksightUser !== null) addReports(context, settings.quicksightUser)
  new CfnOutput(stack, 'WebsiteAddress', { value: `https://${website.distributionDomainName}` })
  new CfnOutput(stack, 'ApiAddress', { value: api.api.apiEndpoint })
  new CfnOutput(stack, 'KeysAreIn', { value: names.keysSecret })
  return stack
}

function contextOf(stack: Stack, { names, settings, data, artifacts }: AppStackOptions): FunctionContext {
  return {
    stack,
    names,
    code: artifacts,
    network: data.network,
    memoryTimes: settings.size === 'large' ? 2 : 1,
    key: data.buckets.key,
    keysSecretArn: data.keysSecretArn,
    deadLetters: addDeadLetters(stack, names, data),
    environment: {
      HEMLINE_STREAM: names.streamName,
      HEMLINE_TABLE: names.tableArn.slice(names.tableArn.lastIndexOf('/') + 1),
      HEMLINE_LANDING_BUCKET: names.buckets.landing,
      HEMLINE_CLEAN_BUCKET: names.buckets.clean,
      HEMLINE_MART_BUCKET: names.buckets.mart,
      HEMLINE_MODEL_BUCKET: names.modelBucket,
      HEMLINE_KEYS_SECRET: names.keysSecret,
      HEMLINE_TIME_ZONE: settings.timeZone,
      HEMLINE_ATHENA_WORKGROUP: names.workgroup,
    },
  }
}
