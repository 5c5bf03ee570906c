/**
 * app/live-visitors: simulated shoppers who click on the running demo.
 *
 * In: a shop and a rate.
 * Out: events through the collector, orders in the shop's database.
 * Invariant: a visitor that fails is logged and the others go on.
 */
import type { Position } from '../parts/stream/position.ts'
import { messageOf } from '../std/errors.ts'
import { readSlate } from '../steps/respond/recommendations.ts'
import type { DemoShop } from '../tools/simulate/demo-shop.ts'
import { liveVisitors, type LiveOrder } from '../tools/simulate/live.ts'
import { postgresShopWriter } from '../wings/embedded/shopdb/writer.ts'
import type { RunningServer } from './server.ts'

const SLATE_LIMIT = 12

export function startLiveVisitors(server: RunningServer, shop: DemoShop, ratePerSecond: number) {
  const { clock, collector, log, serving, shopdb } = server.pipeline
  const ending = new AbortController()
  const onFault = (error: unknown) => log.warn({ fault: messageOf(error) }, 'a simulated visitor failed')

  const placeOrder = async (order: LiveOrder) => {
    const placed = await postgresShopWriter(await shopdb.url()).placeOrder({
      userId: order.user_id,
      orderDate: new Date(clock.nowMs()).toISOString(),
      currency: shop.currency,
      lines: order.lines.map(({ product_id, variant_id, quantity }) => ({
        productId: product_id,
        variantId: variant_id,
        quantity,
      })),
    })
    return { order_id: placed.orderId }
  }
  const run = async (): Promise<Position | null> => {
    let last: Position | null = null
    const fetchSlate = async (visitorKey: string) =>
      readSlate(
        serving,
        { placements: ['home'], visitorKey, productId: null, limit: SLATE_LIMIT, locale: null },
        { nowMs: clock.nowMs() },
      )
    const visits = liveVisitors({ shop, ratePerSecond, clock, signal: ending.signal, fetchSlate, placeOrder, onFault })
    for await (const batch of visits) {
      try {
        ;({ last } = await collector.collect({ events: batch.events, origin: 'live', userAgent: batch.user_agent }))
      } catch (error) {
        if (!ending.signal.aborted) onFault(error)
      }
    }
    return last
  }
  const running = run().catch(onFault)
  return {
    async stop() {
      ending.abort()
      await running
    },
  }
}
