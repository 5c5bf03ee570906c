/**
 * respond/routes: the reading half of the HTTP interface.
 *
 * In: requests with a read, server or admin key.
 * Out: slates, products, trends and SQL rows as JSON; faults as problem+json.
 * Guarantee: reads change nothing and go on while writers are down. Only a read within milliseconds of its visitor's own click
 *   waits for a writer: for the slate made with it, 5 ms at most.
 * Invariant: an unknown query parameter is a 400.
 */
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Authorize } from '../../parts/access/authorize.ts'
import type { Experiment } from '../../parts/serving/experiment.ts'
import type { ServingReader } from '../../parts/serving/port.ts'
import type { Ranking } from '../../parts/serving/ranking.ts'
import type { SqlRunner } from '../../parts/sql/port.ts'
import type { Clock } from '../../std/clock.ts'
import { HemlineError } from '../../std/errors.ts'
import { problemResponse } from '../../std/problem.ts'
import { oneOf, strictQuery } from '../../std/query.ts'
import { readExperimentPage } from './experiment-page.ts'
import { explainSlate } from './explain.ts'
import { PAGE_PARAMETERS, pageRequest, readSlate, requireProduct, SLATE_PARAMETERS } from './recommendations.ts'
import type { JustActed } from './just-acted.ts'
import { rankRoutes } from './rank-routes.ts'
import type { SlateWatch } from './slate-watch.ts'
import { sqlRoutes } from './sql-routes.ts'
import { readTrending, readTrends, TRENDING_PARAMETERS, TRENDS_PARAMETERS } from './trends.ts'

export interface RespondOptions {
  readonly serving: ServingReader
  /** What some visitors see otherwise, if anything. */
  readonly experiment: Experiment | null
  readonly ranking: Ranking
  readonly sql: SqlRunner
  readonly watch: SlateWatch
  readonly justActed: JustActed
  readonly clock: Clock
  /** Refuses a request whose key does not reach the role, by throwing a coded error. */
  readonly authorize: Authorize
  /** Told of every fault that is ours. */
  readonly onFault: (error: unknown) => void
}

const EXPLAINABLE_PARAMETERS = [...PAGE_PARAMETERS, 'explain']
const LIST_PARAMETERS = ['limit', 'locale', 'key']
const PRODUCT_LISTS = { similar: 'product', 'goes-with': 'goes_with' } as const
/** A comment line this often keeps proxies from closing an idle stream. */
const HEARTBEAT_MS = 15_000

/**
 * Shop pages on other origins read slates; nothing here goes by cookies. Given as plain headers of the answer, since a
 * middleware that sets them afterwards makes the server build a whole web Response, five times the cost of the read.
 */
const CORS = { 'access-control-allow-origin': '*' }
const PREFLIGHT = {
  ...CORS,
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type',
  'access-control-max-age': '86400',
}
const SHOP_PAGE_PATHS = [
  '/v1/recommendations',
  '/v1/recommendations/*',
  '/v1/products/*',
  '/v1/trending',
  '/v1/trends',
  '/v1/rank',
]

export function respondRoutes(options: RespondOptions): Hono {
  const { serving, experiment, authorize, clock } = options
  const app = new Hono()

  for (const path of SHOP_PAGE_PATHS) app.options(path, () => new Response(null, { status: 204, headers: PREFLIGHT }))

  app.get('/v1/recommendations', async (c) => {
    const query = strictQuery(c.req.url, EXPLAINABLE_PARAMETERS)
    const isExplained = oneOf(query, 'explain', { choices: ['true', 'false'], fallback: 'false' }) === 'true'
    authorize(c.req.raw, query.has('user_id') || isExplained ? 'server' : 'read')
    const request = pageRequest(serving, query, c.req.header('accept-language') ?? null)
    if (isExplained) return c.json(await explainSlate(options, request, clock.nowMs()), 200, CORS)
    // Awaited only where there is something to wait for: a turn of the event loop is a good part of a read.
    const served = request.visitorKey === null ? undefined : options.justActed.served(request.visitorKey)
    if (served !== undefined) await served
    const slates = readExperimentPage(serving, request, { experiment, nowMs: clock.nowMs() })
    return c.json(query.has('placements') ? { slates } : slates[0], 200, CORS)
  })

  app.get('/v1/recommendations/stream', (c) => {
    const query = strictQuery(c.req.url, SLATE_PARAMETERS)
    authorize(c.req.raw, query.has('user_id') ? 'server' : 'read')
    // Looked up anew each time: a user may be seen as another visitor, or for the first time, while the stream is open.
    const request = () => pageRequest(serving, query, c.req.header('accept-language') ?? null)
    request()
    c.header('access-control-allow-origin', '*')
    return streamSSE(c, async (stream) => {
      let sent = ''
      const send = async () => {
        const [answer] = readExperimentPage(serving, request(), { experiment, nowMs: clock.nowMs() })
        const items = answer.items.map((item) => item.product_id).join(' ')
        if (items === sent) return
        sent = items
        await stream.writeSSE({ event: 'slate', data: JSON.stringify(answer), id: answer.slate_id })
      }
      while (!stream.aborted && !stream.closed) {
        // Wait before reading, so that a change between the two is not missed.
        const change = options.watch.changed(query.get('visitor_id') ?? '', HEARTBEAT_MS)
        await send()
        if (!(await change) && !stream.aborted) await stream.write(': still here\n\n')
      }
    })
  })

  app.get('/v1/products/:id', (c) => {
    strictQuery(c.req.url, ['key'])
    authorize(c.req.raw, 'read')
    return c.json(requireProduct(serving, c.req.param('id')), 200, CORS)
  })

  for (const [path, placement] of Object.entries(PRODUCT_LISTS)) {
    app.get(`/v1/products/:id/${path}`, (c) => {
      const query = strictQuery(c.req.url, LIST_PARAMETERS)
      authorize(c.req.raw, 'read')
      const asked = new Map([...query, ['placement', placement], ['product_id', c.req.param('id')]])
      const request = pageRequest(serving, asked, c.req.header('accept-language') ?? null)
      return c.json(readSlate(serving, request, { nowMs: clock.nowMs() }), 200, CORS)
    })
  }

  app.get('/v1/trending', (c) => {
    const query = strictQuery(c.req.url, TRENDING_PARAMETERS)
    authorize(c.req.raw, 'read')
    return c.json(readTrending(serving, query), 200, CORS)
  })

  app.get('/v1/trends', (c) => {
    const query = strictQuery(c.req.url, TRENDS_PARAMETERS)
    authorize(c.req.raw, 'read')
    return c.json(readTrends(serving, query), 200, CORS)
  })

  app.route('/', rankRoutes({ ...options, headers: CORS }))
  app.route('/', sqlRoutes({ sql: options.sql, clock: options.clock, authorize }))

  app.onError((error, c) => {
    if (!(error instanceof HemlineError) || error.status >= 500) options.onFault(error)
    return problemResponse(error, c.req.path === '/v1/sql' ? {} : CORS)
  })
  return app
}
