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
import { problemResponse } from '../std/problem.ts'
import { postgresShopWriter } from '../wings/embedded/shopdb/writer.ts'
import { openStreamReader } from '../wings/embedded/stream/lmdb-reader.ts'
import type { Pipeline } from './pipeline.ts'
import { shopRoutes } from './shop-routes.ts'
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
  const writer = async () => postgresShopWriter(await pipeline.shopdb.url())
  app.route('/', shopRoutes({ writer, authorize: options.authorize, clock: pipeline.clock }))
  return app
}
