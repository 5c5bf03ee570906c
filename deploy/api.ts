/**
 * deploy/api: the door, over HTTPS.
 *
 * In: calls of the shop's website and server.
 * Out: `collect` for writes, `respond` for reads, `shop` for the storefront's orders, `forget` for erasures.
 * Invariant: a call is throttled before it costs anything; the functions check its key.
 */
import {
  aws_apigateway as rest,
  aws_apigatewayv2 as apigateway,
  aws_apigatewayv2_integrations as integrations,
  aws_lambda as lambda,
  aws_logs as logs,
  RemovalPolicy,
} from 'aws-cdk-lib'
import { acknowledge } from './acknowledge.ts'
import { addFunction, type FunctionContext } from './function.ts'
import { writesZones } from './lake-grants.ts'
import { DATABASE_USERS } from './names.ts'
import { databaseEnvironment } from './night.ts'
import { appendsToStream, erasesPeople, readsModelBucket, readsSeed, usesTable } from './service-grants.ts'
import { ZONES } from './settings.ts'
import type { ShopDatabase } from './shop-database.ts'

const CALLS_PER_SECOND_MAX = { small: 500, large: 5_000 }
const { ANY, DELETE, OPTIONS, POST, PUT } = apigateway.HttpMethod

export interface Api {
  readonly api: apigateway.HttpApi
  readonly functions: {
    readonly [name in 'collect' | 'respond' | 'shop' | 'forget']: lambda.Function
  }
}

export function addApi(context: FunctionContext, database: ShopDatabase, size: 'small' | 'large'): Api {
  const { stack } = context
  const functions = addFunctions(context, database)
  const api = new apigateway.HttpApi(stack, 'Api', {
    apiName: 'hemline',
    description: 'Hemline: events in, recommendations out',
    createDefaultStage: false,
  })
  addStage(context, api, CALLS_PER_SECOND_MAX[size])
  const integration = {
    collect: new integrations.HttpLambdaIntegration('CollectIntegration', functions.collect),
    respond: new integrations.HttpLambdaIntegration('RespondIntegration', functions.respond),
    shop: new integrations.HttpLambdaIntegration('ShopIntegration', functions.shop),
    forget: new integrations.HttpLambdaIntegration('ForgetIntegration', functions.forget),
  }
  const routes: readonly [keyof typeof integration, string, apigateway.HttpMethod[]][] = [
    ['collect', '/v1/events', [POST, OPTIONS]],
    ['collect', '/v1/products', [PUT]],
    ['collect', '/v1/rules', [PUT]],
    ['collect', '/v1/rules/{id}', [DELETE]],
    // Last: whatever else there is to read, and the refusal of what there is not.
    ['respond', '/v1/{proxy+}', [ANY]],
    ['shop', '/shop/{proxy+}', [POST, PUT]],
    ['forget', '/v1/users/{id}', [DELETE]],
    ['forget', '/v1/visitors/{id}', [DELETE]],
  ]
  for (const [name, path, methods] of routes) {
    for (const route of api.addRoutes({ path, methods, integration: integration[name] })) {
      acknowledge(route, { APIG4: 'The function checks the key of the call: a browser has no IAM identity.' })
    }
  }
  return { api, functions }
}

function addStage({ stack }: FunctionContext, api: apigateway.HttpApi, callsPerSecondMax: number): void {
  const logGroup = new logs.LogGroup(stack, 'ApiLog', {
    logGroupName: '/hemline/api',
    // Half the price of the standard class; nothing alarms on it.
    logGroupClass: logs.LogGroupClass.INFREQUENT_ACCESS,
    retention: logs.RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  })
  new apigateway.HttpStage(stack, 'Stage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: callsPerSecondMax, burstLimit: 2 * callsPerSecondMax },
    accessLogSettings: {
      destination: new apigateway.LogGroupLogDestination(logGroup),
      // Neither address nor query, in which a key may stand.
      format: rest.AccessLogFormat.custom(
        JSON.stringify({
          time: '$context.requestTime',
          route: '$context.routeKey',
          status: '$context.status',
          bytes: '$context.responseLength',
          latencyMs: '$context.responseLatency',
          error: '$context.integrationErrorMessage',
          id: '$context.requestId',
        }),
      ),
    },
  })
}

function addFunctions(context: FunctionContext, database: ShopDatabase): Api['functions'] {
  return {
    collect: addFunction(context, 'collect', {
      grants: [...appendsToStream(context), ...readsModelBucket(context, 'serving/'), ...readsSeed(context)],
    }),
    respond: addFunction(context, 'respond', {
      grants: [
        ...usesTable(context, ['BatchGetItem']),
        ...readsModelBucket(context, 'serving/'),
        ...readsSeed(context),
      ],
    }),
    shop: addFunction(context, 'shop', {
      environment: databaseEnvironment(context, database, DATABASE_USERS.shop),
      grants: [{ actions: ['rds-db:connect'], resources: [database.loginArn(DATABASE_USERS.shop)] }],
    }),
    forget: addFunction(context, 'forget', {
      grants: [...erasesPeople(context), ...writesZones(context, ZONES)],
    }),
  }
}
