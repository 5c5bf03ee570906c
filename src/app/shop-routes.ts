/**
 * app/shop-routes: the storefront's own calls, which write to the shop's database.
 *
 * In: POST /shop/orders with a read key; PUT /shop/users and /shop/products with a server key, to fill a demo's empty shop.
 * Out: real rows; faults as problem+json.
 * Invariant: orders are written through the shop's own connection, never by the pipeline; prices are the shop's.
 */
import { Hono } from 'hono'
import type { Authorize } from '../parts/access/authorize.ts'
import { readJson } from '../parts/event/json-body.ts'
import type { FilledRow, ShopWriter } from '../parts/shopdb/postgres-writer.ts'
import type { Clock } from '../std/clock.ts'
import { HemlineError } from '../std/errors.ts'
import { isObject } from '../std/object.ts'
import { problemResponse } from '../std/problem.ts'
import { strictQuery } from '../std/query.ts'

export interface ShopRouteOptions {
  readonly writer: () => Promise<ShopWriter>
  readonly authorize: Authorize
  readonly clock: Clock
}

const MAX_ORDER_BYTES = 64 * 1024
/** What a function is handed at most. */
const MAX_ROWS_BYTES = 5 * 1024 * 1024
const CURRENCY = 'EUR'

export function shopRoutes({ writer, authorize, clock }: ShopRouteOptions): Hono {
  const app = new Hono()

  app.post('/shop/orders', async (c) => {
    strictQuery(c.req.url, ['key'])
    authorize(c.req.raw, 'read')
    const order = orderOf(await readJson(c.req.raw, MAX_ORDER_BYTES))
    const placed = await (
      await writer()
    ).placeOrder({
      userId: order.user_id,
      orderDate: new Date(clock.nowMs()).toISOString(),
      currency: CURRENCY,
      lines: order.lines.map((line) => ({
        productId: line.product_id,
        variantId: line.variant_id ?? null,
        quantity: line.quantity,
      })),
    })
    return c.json({ order_id: placed.orderId, total_price: placed.totalPrice }, 201)
  })

  for (const table of ['users', 'products'] as const) {
    app.put(`/shop/${table}`, async (c) => {
      strictQuery(c.req.url, ['key'])
      authorize(c.req.raw, 'server')
      const rows = rowsOf(await readJson(c.req.raw, MAX_ROWS_BYTES))
      const added = await (await writer()).fill(table, rows)
      return c.json({ rows: rows.length, added })
    })
  }

  app.onError((error) => problemResponse(error))
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
    throw invalid('order', '{"visitor_id","user_id"?,"lines":[{"product_id","quantity"}]}, quantities 1 to 99')
  }
  const userId = typeof order.user_id === 'string' && /^\d{1,18}$/.test(order.user_id) ? order.user_id : null
  return { user_id: userId, lines: order.lines }
}

/** @throws HEM_SHOPDB_ORDER */
function rowsOf(body: unknown): readonly FilledRow[] {
  if (Array.isArray(body) && body.length > 0 && body.every((row) => isObject(row) && typeof row['id'] === 'string')) {
    return body as readonly FilledRow[]
  }
  throw invalid('rows', 'a list of rows, each with an id')
}

function invalid(subject: string, expected: string): HemlineError {
  return new HemlineError('HEM_SHOPDB_ORDER', {
    subject,
    expected,
    got: 'something else',
    remedy: 'correct it and send it again',
  })
}
