/**
 * app/visit-by-http: simulated shoppers who visit a running Hemline as browsers do.
 *
 * In: where it runs, a key, and how fast the shop's time passes.
 * Out: events over HTTP, one request a visitor's step, and how many were accepted; orders where there is a storefront.
 * Invariant: the shop's time never runs ahead of the real one, and waits for what is slow; a request that fails ends
 *   the visits with its fault.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { HemlineError, messageOf } from '../std/errors.ts'
import { demoShop } from '../tools/simulate/demo-shop.ts'
import { liveVisitors, type LiveBatch } from '../tools/simulate/live.ts'
import { simulatePeople } from '../tools/simulate/people.ts'

const HOUR_MS = 3_600_000
const SLATE_LIMIT = 12
const REQUESTS_AT_ONCE = 16
const PRODUCTS_AT_ONCE = 500
const AGENT = 'hemline'

export interface VisitOptions {
  readonly url: string
  readonly key: string
  readonly seed: number
  readonly timeZone: string
  readonly ratePerSecond: number
  readonly speed: number
  readonly pastHours: number
  /** Whether the shop there lacks the products. */
  readonly putsProducts: boolean
  /** Whether its storefront takes orders, and a demo's users and products: tables of the shop's database. */
  readonly hasStorefront: boolean
  readonly nowMs: () => number
  readonly signal: AbortSignal
  /** How calls are made; by the machine's own network where absent. */
  readonly fetch?: (request: Request) => Response | Promise<Response>
  readonly onProgress: (progress: { readonly label: string; readonly done: number; readonly total: number }) => void
}

export async function visitByHttp(options: VisitOptions): Promise<number> {
  const { signal } = options
  const clock = shopClock(options)
  const shop = demoShop({ seed: options.seed, nowMs: clock.nowMs(), timeZone: options.timeZone })
  const call = caller(options)
  if (options.putsProducts) {
    for (let from = 0; from < shop.products.length; from += PRODUCTS_AT_ONCE) {
      await call('PUT', '/v1/products', {
        body: shop.products.slice(from, from + PRODUCTS_AT_ONCE),
        userAgent: AGENT,
      })
    }
  }
  if (options.hasStorefront) {
    for (const [table, body] of [
      ['users', simulatePeople(shop)],
      ['products', shop.products],
    ] as const) {
      await call('PUT', `/shop/${table}`, { body, userAgent: AGENT })
    }
  }
  let orders = 0
  const visits = liveVisitors({
    shop,
    ratePerSecond: options.ratePerSecond,
    clock,
    signal,
    fetchSlate: (visitorId) =>
      call('GET', `/v1/recommendations?visitor_id=${encodeURIComponent(visitorId)}&limit=${SLATE_LIMIT}`, null),
    placeOrder: (order) =>
      options.hasStorefront
        ? call('POST', '/shop/orders', { body: order, userAgent: AGENT })
        : Promise.resolve({ order_id: `sim-${options.seed}-${clock.nowMs()}-${++orders}` }),
    wait: (ms) => clock.pass(ms, signal),
  })
  const underWay = new Set<Promise<unknown>>()
  let sent = 0
  let fault: unknown = null
  const send = async ({ events, user_agent: userAgent }: LiveBatch) => {
    const body = { events, sent_at: new Date(clock.nowMs()).toISOString() }
    try {
      sent += (await call<{ accepted: number }>('POST', '/v1/events', { body, userAgent }))?.accepted ?? 0
    } catch (error) {
      fault ??= error
    }
    options.onProgress({
      label: `until ${new Date(clock.nowMs()).toISOString().slice(0, 16)}`,
      done: sent,
      total: sent,
    })
  }
  for await (const batch of visits) {
    const sending = send(batch).finally(() => underWay.delete(sending))
    underWay.add(sending)
    if (underWay.size >= REQUESTS_AT_ONCE) await Promise.race(underWay)
    if (fault !== null) break
  }
  await Promise.all(underWay)
  if (fault !== null && !signal.aborted) throw fault
  return sent
}

/** Starts in the past and moves only by what the visitors wait, faster than real time, until it meets that. */
function shopClock({ nowMs, pastHours, speed }: VisitOptions) {
  let shopMs = nowMs() - pastHours * HOUR_MS
  return {
    nowMs: () => Math.floor(shopMs),
    async pass(ms: number, signal: AbortSignal) {
      const isPast = shopMs + ms < nowMs()
      await sleep(isPast ? ms / speed : ms, undefined, { signal }).catch(() => undefined)
      shopMs = isPast ? shopMs + ms : nowMs()
    },
  }
}

interface Sent {
  readonly body: unknown
  readonly userAgent: string
}

function caller({ url, key, signal, fetch: send = fetch }: VisitOptions) {
  return async <Answer>(method: 'GET' | 'POST' | 'PUT', path: string, sent: Sent | null): Promise<Answer | null> => {
    const request = new Request(new URL(path, url), {
      method,
      signal,
      headers: {
        authorization: `Bearer ${key}`,
        ...(sent === null ? {} : { 'content-type': 'application/json', 'user-agent': sent.userAgent }),
      },
      ...(sent === null ? {} : { body: JSON.stringify(sent.body) }),
    })
    const response = await reach(send, request, signal)
    if (response === null) return null
    if (response.ok) return (await response.json()) as Answer
    if (method === 'GET') return null
    throw refused(path, `${response.status} ${(await response.text()).slice(0, 200)}`)
  }
}

/** Null where the visits were ended meanwhile. */
async function reach(
  send: NonNullable<VisitOptions['fetch']>,
  request: Request,
  signal: AbortSignal,
): Promise<Response | null> {
  try {
    return await send(request)
  } catch (cause) {
    if (signal.aborted) return null
    throw refused(request.url, messageOf(cause), cause)
  }
}

function refused(subject: string, got: string, cause?: unknown): HemlineError {
  return new HemlineError('HEM_SIMULATE_REFUSED', {
    subject,
    expected: 'an answer of 200 or 202',
    got,
    remedy: 'start Hemline there, or check --url and --key',
    ...(cause === undefined ? {} : { cause }),
  })
}
