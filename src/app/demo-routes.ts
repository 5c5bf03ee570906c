/**
 * app/demo-routes: what the page at `/` needs beyond the public interface.
 *
 * In: an order from the page; a look at the pipeline.
 * Out: a real row in the shop's database; the last events, counts and lags.
 * Invariant: orders are written through the shop's own connection, never by the pipeline.
 */
import { Hono } from 'hono'
import type { Authorize } from '../parts/access/authorize.ts'
import { embeddedPosition } from '../parts/stream/position.ts'
import { HemlineError } from '../std/errors.ts'
import { problemResponse } from '../std/problem.ts'
import { postgresShopWriter } from '../wings/embedded/shopdb/writer.ts'
import { openStreamReader } from '../wings/embedded/stream/lmdb-reader.ts'
import type { Pipeline } from './pipeline.ts'
import type { StageStatusReader } from './stage-status.ts'

export interface DemoRouteOptions {
  readonly authorize: Authorize
  readonly stages: StageStatusReader
  readonly isDemo: boolean
}

const LAST_EVENTS = 12
/** Records looked back through for the last events; product changes lie between them. */
const LAST_RECORDS = 40

export function demoRoutes(pipeline: Pipeline, options: DemoRouteOptions): Hono {
  const app = new Hono()
  const reader = openStreamReader({
    folder: pipeline.lock.paths.stream,
    doorbell: pipeline.stream.doorbell.memory,
  })

  app.onError((error) => problemResponse(error))

  app.get('/demo/status', async (c) => {
    options.authorize(c.req.raw, 'read')
    const from = Math.max(0, pipeline.stream.doorbell.tail() - LAST_RECORDS)
    const records = await reader.read(embeddedPosition(from), LAST_RECORDS)
    const events = records.flatMap(({ record }) => (record.kind === 'events' ? record.events : []))
    return c.json({
      last_events: events
        .slice(-LAST_EVENTS)
        .toReversed()
        .map(({ event_type, product_id, visitor_id, user_id, received_at }) => ({
          event_type,
          product_id,
          visitor_id: visitor_id ?? `user ${user_id}`,
          received_at,
        })),
      stages: options.stages.read(),
      shop: { database: pipeline.shopdb.name, products: pipeline.serving.productCount(), demo: options.isDemo },
    })
  })

  // A public key must not write to a shop that is not a demo.
  if (!options.isDemo) return app
  app.post('/shop/orders', async (c) => {
    options.authorize(c.req.raw, 'read')
    const order = orderOf(await c.req.json().catch(() => null))
    const placed = await postgresShopWriter(await pipeline.shopdb.url()).placeOrder({
      userId: order.user_id,
      orderDate: new Date(pipeline.clock.nowMs()).toISOString(),
      currency: 'EUR',
      lines: order.lines.map((line) => ({
        productId: line.product_id,
        variantId: line.variant_id ?? null,
        quantity: line.quantity,
      })),
    })
    return c.json({ order_id: placed.orderId, total_price: placed.totalPrice }, 201)
  })

  return app
}

interface PageOrder {
  readonly user_id: string | null
  readonly lines: readonly {
    readonly product_id: string
    readonly variant_id?: string | null
    readonly quantity: number
  }[]
}

/** @throws HEM_SHOPDB_ORDER */
function orderOf(body: unknown): PageOrder {
  const order = body as Partial<PageOrder> | null
  const isLine = (line: unknown) => {
    const { product_id, quantity } = (line ?? {}) as Record<string, unknown>
    return (
      typeof product_id === 'string' && Number.isInteger(quantity) && Number(quantity) >= 1 && Number(quantity) <= 99
    )
  }
  if (order === null || !Array.isArray(order.lines) || !order.lines.every(isLine)) {
    throw new HemlineError('HEM_SHOPDB_ORDER', {
      subject: 'order',
      expected: '{"visitor_id","user_id"?,"lines":[{"product_id","quantity"}]}, quantities 1 to 99',
      got: 'something else',
      remedy: 'correct it and send it again',
    })
  }
  const userId = typeof order.user_id === 'string' && /^\d{1,18}$/.test(order.user_id) ? order.user_id : null
  return { user_id: userId, lines: order.lines }
}
