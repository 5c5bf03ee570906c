/**
 * collect/routes: the writing half of the HTTP interface.
 *
 * In: POST /v1/events with a write key, PUT /v1/products with a server key.
 * Out: counts and refusals, once everything accepted is on disk; faults as problem+json.
 * Guarantee: a 2xx means on disk; a 503 or 429 may be sent again unchanged.
 * Invariant: an unknown query parameter is a 400; a parsable body of events is a 202 whatever it holds.
 */
import { Hono } from 'hono'
import { keyOf, type Authorize } from '../../parts/access/authorize.ts'
import { readJson } from '../../parts/event/json-body.ts'
import type { Clock } from '../../std/clock.ts'
import { HemlineError } from '../../std/errors.ts'
import { problemResponse } from '../../std/problem.ts'
import { strictQuery } from '../../std/query.ts'
import { entriesOf } from './batch-body.ts'
import type { Collector } from './collector.ts'
import { createRateLimit, DEFAULT_RATE_LIMITS, type RateLimits } from './rate-limit.ts'

const MAX_EVENTS_PER_REQUEST = 500
const MAX_EVENTS_BODY_BYTES = 1024 * 1024
const MAX_PRODUCTS_PER_REQUEST = 1000
const MAX_PRODUCTS_BODY_BYTES = 4 * 1024 * 1024

export interface CollectRoutesOptions {
  readonly collector: Collector
  readonly authorize: Authorize
  readonly clock: Clock
  /** The caller's address, or null where unknown. */
  readonly addressOf: (request: Request) => string | null
  /** Told of every fault that is ours. */
  readonly onFault: (error: unknown) => void
  readonly rateLimits?: RateLimits
  /** Origins a browser may send events from; every origin where absent. */
  readonly allowedOrigins?: readonly string[]
}

/** Any page may send events; none may send cookies along. */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type, content-encoding, x-retry-count',
  'access-control-max-age': '86400',
}

export function collectRoutes(options: CollectRoutesOptions): Hono {
  const { collector, authorize } = options
  const takesMore = createRateLimit(options.clock, options.rateLimits ?? DEFAULT_RATE_LIMITS)
  const app = new Hono()

  app.options('/v1/events', () => new Response(null, { status: 204, headers: CORS }))

  app.post('/v1/events', async (c) => {
    const request = c.req.raw
    if (request.url.includes('?')) strictQuery(request.url, ['key'])
    authorize(request, 'write')
    refuseOrigin(request.headers.get('origin'), options.allowedOrigins)
    const { entries: events, sentAt } = entriesOf(await readJson(request, MAX_EVENTS_BODY_BYTES), {
      name: 'events',
      most: MAX_EVENTS_PER_REQUEST,
    })
    if (!takesMore(keyOf(request) ?? '', events.length)) throw rateLimited(events.length)
    const answer = await collector.collect({
      events,
      sentAt,
      origin: 'live',
      userAgent: request.headers.get('user-agent'),
      ip: options.addressOf(request),
      globalPrivacyControl: request.headers.get('sec-gpc') === '1',
    })
    return c.json(answer, 202, CORS)
  })

  app.put('/v1/products', async (c) => {
    const request = c.req.raw
    strictQuery(request.url, ['key'])
    authorize(request, 'server')
    const { entries } = entriesOf(await readJson(request, MAX_PRODUCTS_BODY_BYTES), {
      name: 'products',
      most: MAX_PRODUCTS_PER_REQUEST,
    })
    return c.json(await collector.putProducts(entries))
  })

  app.onError((error, c) => {
    if (!(error instanceof HemlineError) || error.code === 'HEM_STREAM_WRITE_FAILED') options.onFault(error)
    return problemResponse(error, c.req.path === '/v1/events' ? CORS : {})
  })
  return app
}

function refuseOrigin(origin: string | null, allowed: readonly string[] | undefined): void {
  if (origin === null || allowed === undefined || allowed.includes(origin)) return
  throw new HemlineError('HEM_KEY_FORBIDDEN', {
    subject: 'the page that sends',
    expected: 'one of the origins allowed for the write key',
    got: `"${origin.slice(0, 128)}"`,
    remedy: 'add the origin to the allowed ones',
  })
}

function rateLimited(events: number): HemlineError {
  return new HemlineError('HEM_RATE_LIMITED', {
    subject: 'the key',
    expected: 'events within its rate',
    got: `${events} more`,
    remedy: 'send them again after the time in Retry-After',
  })
}
