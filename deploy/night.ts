/**
 * deploy/night: at 00:01 shop time the day's orders are copied, cleaned and looked at.
 *
 * In: the shop's database; the schedule `cron(1 0 * * ? *)` in the shop's time zone.
 * Out: `extract`, then `refine`, then `forecast`, each called once the one before has succeeded.
 * Invariant: what is called twice or late changes nothing; `extract` itself finds the dates that are due.
 */
import { aws_lambda as lambda, aws_scheduler as scheduler, SecretValue, TimeZone } from 'aws-cdk-lib'
import { addFunction, type FunctionContext } from './function.ts'
import { objects, readsZones, writesZones } from './lake-grants.ts'
import { DATABASE_USERS, PREFIXES } from './names.ts'
import { scheduled } from './scheduled.ts'
import { erasesPeople, readsModelBucket } from './service-grants.ts'
import { ZONES } from './settings.ts'
import type { ShopDatabase } from './shop-database.ts'

const AT_00_01 = 'cron(1 0 * * ? *)'
const RETRIES_MAX = 2

export interface Night {
  readonly extract: lambda.Function
  readonly refine: lambda.Function
  readonly forecast: lambda.Function
}

export function addNight(context: FunctionContext, database: ShopDatabase, timeZone: string): Night {
  const extracted = { bucket: context.names.buckets.landing, prefix: PREFIXES.extracted }
  const forecast = addFunction(context, 'forecast', {
    unattended: { retriesMax: RETRIES_MAX },
    grants: [...readsZones(context, ['clean']), ...writesZones(context, ['mart'])],
  })
  const refine = addFunction(context, 'refine', {
    unattended: { retriesMax: RETRIES_MAX, next: forecast },
    grants: [
      ...objects(context, { ...extracted, actions: ['s3:GetObject'] }),
      ...writesZones(context, ZONES),
      // Finishes erasures whose events had not landed yet.
      ...erasesPeople(context),
    ],
  })
  const extract = addFunction(context, 'extract', {
    unattended: { retriesMax: RETRIES_MAX, next: refine },
    environment: databaseEnvironment(context, database, DATABASE_USERS.extract),
    grants: [
      { actions: ['rds-db:connect'], resources: [database.loginArn(DATABASE_USERS.extract)] },
      ...objects(context, { ...extracted, actions: ['s3:GetObject', 's3:PutObject'] }),
      ...readsModelBucket(context, 'erasures/'),
      { actions: ['s3:ListBucket'], resources: [context.names.bucketArn(extracted.bucket)] },
    ],
  })
  scheduled(context, extract, {
    id: 'NightSchedule',
    description: "Hemline: copies the shop's day once it is over",
    schedule: scheduler.ScheduleExpression.expression(AT_00_01, TimeZone.of(timeZone)),
    retriesMax: RETRIES_MAX,
  })
  return { extract, refine, forecast }
}

export function databaseAddress({ host, port, name }: ShopDatabase): Record<string, string> {
  return { HEMLINE_SHOPDB_HOST: host, HEMLINE_SHOPDB_PORT: port, HEMLINE_SHOPDB_NAME: name }
}

export function databaseEnvironment(
  { keysSecretArn }: FunctionContext,
  database: ShopDatabase,
  user: string,
): Record<string, string> {
  return {
    ...databaseAddress(database),
    HEMLINE_SHOPDB_USER: user,
    // Secrets Manager is out of reach from the VPC. CloudFormation fills this in; the template holds a reference.
    HEMLINE_KEYS_SEED: SecretValue.secretsManager(keysSecretArn, { jsonField: 'seed' }).unsafeUnwrap(),
  }
}
