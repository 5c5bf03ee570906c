/**
 * app/server: the HTTP server around a pipeline.
 *
 * In: settings.
 * Out: every call of the interface, the page, health and metrics, on one port.
 * Guarantee: stopping takes no new request, finishes those under way, then lets the pipeline drain.
 * Invariant: a call nobody knows is a 404 with a code, never an empty answer.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { serve, type ServerType } from '@hono/node-server'
import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { createAuthorize, keyOf } from '../parts/access/authorize.ts'
import { HemlineError, messageOf } from '../std/errors.ts'
import { problemResponse } from '../std/problem.ts'
import { strictQuery } from '../std/query.ts'
import type { Collector } from '../steps/collect/collector.ts'
import { collectRoutes } from '../steps/collect/routes.ts'
import { ruleRoutes } from '../steps/collect/rule-routes.ts'
import { respondRoutes } from '../steps/respond/routes.ts'
import { ruleReadRoutes } from '../steps/respond/rule-routes.ts'
import { openFolderCatalogue } from '../wings/embedded/lake/table-catalogue.ts'
import { commandRoutes } from './command-routes.ts'
import type { Config } from './config.ts'
import { demoRoutes } from './demo-routes.ts'
import { forgetRoutes } from './forget-routes.ts'
import { icebergRoutes } from './iceberg-routes.ts'
import { createMetrics } from './metrics.ts'
import { nightRoutes } from './night-routes.ts'
import { pageRoutes } from './page-routes.ts'
import { openPipeline, type Pipeline } from './pipeline.ts'
import { openPostgres } from './postgres/open-postgres.ts'
import type { PostgresServer } from './postgres/server.ts'
import { startSchedule, type Schedule } from './schedule.ts'
import { createStageStatus } from './stage-status.ts'

export interface ServerOptions {
  /** Whether this is the demo: its key, its page's orders. */
  readonly demo: boolean
  /** Folder of <id>.jpg pictures, or null. */
  readonly images: string | null
}

export interface RunningServer {
  readonly url: string
  readonly pipeline: Pipeline
  /** What runs where, a line each. */
  whatRuns(): readonly string[]
  /** Runs the nights that were missed while nothing ran, if any. */
  catchUp(): void
  stop(): Promise<void>
}

/** Open streams are cut when the server stops; other requests get this long. */
const DRAIN_MS = 10_000
const HEADERS_TIMEOUT_MS = 3000
const REQUEST_TIMEOUT_MS = 10_000
const CONNECTION_CHECK_MS = 500

export async function startServer(config: Config, options: ServerOptions): Promise<RunningServer> {
  const pipeline = await openPipeline(config, { demoKey: options.demo })
  const token = randomBytes(24).toString('base64url')
  const addresses = new WeakMap<Request, string>()
  const app = routes(pipeline, { ...options, token, addresses })
  let http: ServerType
  let postgres: PostgresServer | null
  try {
    postgres = await openPostgres(pipeline)
    http = await listen(config, app)
  } catch (error) {
    await pipeline.stop()
    throw error
  }
  const url = `http://${config.host}:${(http.address() as AddressInfo).port}`
  pipeline.lock.announce({ pid: process.pid, url, token })
  const schedule = startSchedule(pipeline)
  return {
    url,
    pipeline,
    whatRuns: () => whatRuns(pipeline, { url, schedule, postgres, isDemo: options.demo }),
    catchUp: schedule.catchUp,
    async stop() {
      schedule.stop()
      await Promise.all([close(http), postgres?.close()])
      await pipeline.stop()
    },
  }
}

interface RouteContext extends ServerOptions {
  readonly token: string
  readonly addresses: WeakMap<Request, string>
}

function routes(pipeline: Pipeline, context: RouteContext): Hono<{ Bindings: HttpBindings }> {
  const { clock, collector, experiment, keys, log, ranking, rules, serving, sql, watch, justActed } = pipeline
  const addressOf = (request: Request) => context.addresses.get(request) ?? null
  const authorizeKey = createAuthorize(keys, addressOf)
  const onFault = (error: unknown) => log.error({ err: error }, 'a request failed')
  const stages = createStageStatus(pipeline)
  const metrics = createMetrics({ ledger: collector.ledger, stages: stages.read })
  const app = new Hono<{ Bindings: HttpBindings }>()

  app.use(async (c, next) => {
    const address = c.env.incoming?.socket.remoteAddress
    if (address !== undefined) context.addresses.set(c.req.raw, address)
    await next()
  })
  for (const path of ['/healthz', '/readyz', '/metrics', '/demo/*', '/shop/*']) {
    app.use(path, async (c, next) => {
      strictQuery(c.req.url, ['key'])
      await next()
    })
  }
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', (c) => (pipeline.isReady() ? c.json({ status: 'ready' }) : problemResponse(notReady())))
  app.get('/metrics', async (c) => c.text(await metrics.metrics(), 200, { 'content-type': metrics.contentType }))
  app.route(
    '/',
    commandRoutes(pipeline, (request) => requireToken(request, context.token)),
  )
  app.route('/', pageRoutes(context.images))
  app.route(
    '/iceberg',
    icebergRoutes({ catalogue: openFolderCatalogue(pipeline.lock.paths.lake), authorize: authorizeKey, onFault }),
  )
  app.route('/', forgetRoutes({ erasures: pipeline.erasures, authorize: authorizeKey, onFault }))
  app.route('/', nightRoutes({ sql, authorize: authorizeKey }))
  app.route('/', demoRoutes(pipeline, { authorize: authorizeKey, stages, isDemo: context.demo }))
  app.route('/', collectRoutes({ collector: seenAtOnce(pipeline), authorize: authorizeKey, clock, addressOf, onFault }))
  app.route('/', ruleRoutes({ desk: rules, authorize: authorizeKey, onFault }))
  app.route(
    '/',
    respondRoutes({ serving, experiment, ranking, sql, watch, justActed, clock, authorize: authorizeKey, onFault }),
  )
  app.route('/', ruleReadRoutes({ serving, clock, readRule: rules.read, authorize: authorizeKey, onFault }))
  app.notFound((c) => problemResponse(notFound(c.req.method, c.req.path)))
  app.onError((error) => {
    if (!(error instanceof HemlineError)) onFault(error)
    return problemResponse(error)
  })
  return app
}

/** Products are answered for once pages show them, so that who puts one can read it; open streams are told. */
function seenAtOnce({ collector, untilServed, watch }: Pipeline): Collector {
  return {
    ...collector,
    async putProducts(products) {
      const answer = await collector.putProducts(products)
      await untilServed(answer.last)
      watch.announceAll()
      return answer
    },
  }
}

/** @throws HEM_KEY_WRONG unless the caller could read server.json */
function requireToken(request: Request, token: string): void {
  const given = Buffer.from(keyOf(request) ?? '')
  const expected = Buffer.from(token)
  if (given.length === expected.length && timingSafeEqual(given, expected)) return
  throw new HemlineError('HEM_KEY_WRONG', {
    subject: 'the call',
    expected: 'the token of server.json in the data folder',
    got: 'another one',
    remedy: 'run the command as the user that runs Hemline',
  })
}

function listen(config: Config, app: Hono<{ Bindings: HttpBindings }>): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve(
      {
        fetch: app.fetch,
        hostname: config.host,
        port: config.port,
        serverOptions: {
          headersTimeout: HEADERS_TIMEOUT_MS,
          requestTimeout: REQUEST_TIMEOUT_MS,
          connectionsCheckingInterval: CONNECTION_CHECK_MS,
        },
      },
      () => resolve(server),
    )
    server.once('error', (cause) => reject(portProblem(config, cause)))
  })
}

async function close(http: ServerType): Promise<void> {
  const closed = new Promise<void>((resolve) => http.close(() => resolve()))
  const cut = () => 'closeAllConnections' in http && http.closeAllConnections()
  if ('closeIdleConnections' in http) http.closeIdleConnections()
  // Streams of slates never end by themselves.
  const soon = setTimeout(cut, 500)
  const late = setTimeout(cut, DRAIN_MS)
  await closed
  clearTimeout(soon)
  clearTimeout(late)
}

function whatRuns(
  pipeline: Pipeline,
  running: {
    readonly url: string
    readonly schedule: Schedule
    readonly postgres: PostgresServer | null
    readonly isDemo: boolean
  },
): string[] {
  const { config, keys, lock, shopdb } = pipeline
  const { isDemo, postgres } = running
  const lines = [
    '',
    `Hemline is up at ${running.url}`,
    '',
    `  page      ${running.url}/`,
    `  events    POST ${running.url}/v1/events`,
    `  slates    GET  ${running.url}/v1/recommendations?visitor_id=…`,
    `  stream    ${lock.paths.stream}`,
    `  lake      ${lock.paths.lake}, new events every ${config.deliverSeconds} s`,
    `  shop      ${shopdb.name}`,
    `  night     ${running.schedule.nextText()}`,
    `  health    ${running.url}/readyz, ${running.url}/metrics, ${running.url}/nights`,
    `  keys      npx hemline keys${isDemo ? '; "demo" works from this machine' : ''}`,
  ]
  if (postgres !== null) lines.push(`  sql       ${postgres.url}, password: the admin key`)
  if (keys.freshAdminKey !== null) {
    lines.push(
      '',
      `  admin key (shown once; \`npx hemline keys --rotate admin\` makes a new one): ${keys.freshAdminKey}`,
    )
  }
  return [...lines, '', 'Ctrl-C stops it; what was accepted is finished first.', '']
}

function notReady(): HemlineError {
  return new HemlineError('HEM_SERVING_NOT_READY', {
    subject: 'the pipeline',
    expected: 'the log replayed',
    got: 'a replay under way',
    remedy: 'ask again in a second',
  })
}

function notFound(method: string, path: string): HemlineError {
  return new HemlineError('HEM_HTTP_NOT_FOUND', {
    subject: `${method} ${path.slice(0, 128)}`,
    expected: 'a call of the HTTP interface',
    got: 'another one',
    remedy: 'see the README for the calls there are',
  })
}

function portProblem(config: Config, cause: Error): HemlineError {
  return new HemlineError('HEM_PORT_IN_USE', {
    subject: `port ${config.port} on ${config.host}`,
    expected: 'a free port',
    got: messageOf(cause),
    remedy: 'stop what uses it, or choose another with HEMLINE_PORT',
    cause,
  })
}
