import { expect, test } from 'vitest'
import { manualClock } from '../../../src/std/clock.ts'
import { demoShop } from '../../../src/tools/simulate/demo-shop.ts'
import { liveVisitors, type LiveBatch, type LiveOptions, type LiveOrder } from '../../../src/tools/simulate/live.ts'

const nowMs = Date.parse('2026-11-23T10:15:00Z')
const shop = demoShop({ seed: 7, nowMs, timeZone: 'Europe/Paris', scale: 0.1 })
const slate = {
  slate_id: 's1',
  placement: 'home',
  items: shop.products.slice(0, 10).map((product) => ({ product_id: product.id })),
}

interface Run {
  readonly batches: LiveBatch[]
  readonly orders: LiveOrder[]
  readonly elapsedMs: number
}

async function run(count: number, changes: Partial<LiveOptions> = {}): Promise<Run> {
  const clock = manualClock(nowMs)
  const orders: LiveOrder[] = []
  const batches: LiveBatch[] = []
  const ending = new AbortController()
  const visitors = liveVisitors({
    shop,
    ratePerSecond: 3,
    clock,
    signal: ending.signal,
    fetchSlate: () => Promise.resolve(slate),
    placeOrder: (order) => Promise.resolve({ order_id: String(orders.push(order)) }),
    wait: (ms) => {
      clock.advance(Math.round(ms))
      return Promise.resolve()
    },
    ...changes,
  })
  for await (const batch of visitors) {
    if (batches.push(batch) === count) ending.abort()
  }
  return { batches, orders, elapsedMs: clock.nowMs() - nowMs }
}

test('sends about the events a second it was asked for, each batch of one visitor', async () => {
  const { batches, elapsedMs } = await run(3000)
  const events = batches.reduce((sum, batch) => sum + batch.events.length, 0)
  expect(events / (elapsedMs / 1000)).toBeGreaterThan(2.5)
  expect(events / (elapsedMs / 1000)).toBeLessThan(3.5)
  expect(batches.filter((batch) => batch.events.some((event) => event.visitor_id !== batch.visitor_id))).toEqual([])
})

test('is the same again with the same clock and answers', async () => {
  expect((await run(200)).batches).toEqual((await run(200)).batches)
})

test('a purchase carries the id that the shop gave its order, and the same products', async () => {
  const { batches, orders } = await run(3000)
  const purchases = batches.flatMap((batch) => batch.events).filter((event) => event.event_type === 'purchase')
  expect(purchases.length).toBeGreaterThan(5)
  for (const purchase of purchases) {
    const order = orders[Number(purchase.order_id) - 1]
    expect(purchase.visitor_id).toBe(order.visitor_id)
    expect(purchase.user_id ?? null).toBe(order.user_id)
    expect(purchase.items!.map((item) => item.product_id)).toEqual(order.lines.map((line) => line.product_id))
  }
})

test('a click on a slate names its place, and opens the product', async () => {
  const { batches } = await run(1000)
  const clicked = batches.filter((batch) => batch.events.some((event) => event.event_type === 'recommendation_click'))
  expect(clicked.length).toBeGreaterThan(20)
  for (const { events } of clicked) {
    const click = events.find((event) => event.event_type === 'recommendation_click')!
    expect(slate.items[click.position!].product_id).toBe(click.product_id)
    expect(events.at(-1)).toMatchObject({ event_type: 'product_view', product_id: click.product_id })
  }
})

test('goes on without slates and orders when the shop fails, and says so', async () => {
  const faults: unknown[] = []
  const fail = () => Promise.reject(new Error('down'))
  const { batches } = await run(1000, { fetchSlate: fail, placeOrder: fail, onFault: (error) => faults.push(error) })
  expect(faults.length).toBeGreaterThan(20)
  const types = new Set(batches.flatMap((batch) => batch.events).map((event) => event.event_type))
  expect([types.has('product_view'), types.has('purchase'), types.has('recommendation_click')]).toEqual([
    true,
    false,
    false,
  ])
})
