/**
 * test/contract/memory/memory-shopdb: a shop database that is four arrays, for tests and simulations.
 *
 * In: rows, which the owner may change between calls.
 * Out: the `ShopDatabase` port.
 * Invariant: answers as the adapter over the wire does (held by the contract suite).
 */
import { decimalOf, minorUnitsOf } from '../../../src/parts/shopdb/money.ts'
import {
  NIGHT_CHUNK_ROWS,
  type DayTotals,
  type NightSpan,
  type ShopDatabase,
  type ShopSources,
} from '../../../src/parts/shopdb/port.ts'
import { addDays, shopDateOf } from '../../../src/parts/shopdb/shop-day.ts'
import type {
  ShopLine,
  ShopOrder,
  ShopProduct,
  ShopReturn,
  ShopStock,
  ShopUser,
} from '../../../src/parts/shopdb/rows.ts'

export interface MemoryShop {
  users: ShopUser[]
  products: ShopProduct[]
  orders: Omit<ShopOrder, 'shop_date'>[]
  lines: Omit<ShopLine, 'order_date' | 'shop_date'>[]
  returns: Omit<ShopReturn, 'shop_date'>[]
  stock: ShopStock[]
  readonly sources: ShopSources
}

export function memoryShopDatabase(shop: MemoryShop, timeZone: string): ShopDatabase {
  return {
    async readNight(span, sink) {
      const seen = structuredClone(shop)
      const orders = seen.orders.flatMap((order): ShopOrder[] => {
        const day = dayOf(order, span)
        return day === null ? [] : [{ ...order, shop_date: addDays(span.firstDate, day) }]
      })
      orders.sort(byDateAndId)
      const byId = new Map(orders.map((order) => [order.order_id, order]))
      const lines = seen.lines.flatMap((line): ShopLine[] => {
        const order = byId.get(line.order_id)
        return order === undefined ? [] : [{ ...line, order_date: order.order_date, shop_date: order.shop_date }]
      })
      lines.sort((left, right) => compare(left.order_date, right.order_date))
      await inChunks(seen.users, (rows) => sink.users(rows))
      await inChunks(seen.products, (rows) => sink.products(rows))
      await sink.orders(jsonLines(orders))
      await sink.lines(jsonLines(lines))
      const returns = seen.returns.flatMap((row): ShopReturn[] => {
        const day = dayOf({ order_date: row.returned_at }, span)
        return day === null ? [] : [{ ...row, shop_date: addDays(span.firstDate, day) }]
      })
      await sink.returns(jsonLines(returns))
      await sink.stock(jsonLines(seen.stock))
      const ordersOf = Map.groupBy(orders, (order) => dayOf(order, span))
      const linesOf = Map.groupBy(lines, (line) => dayOf(line, span))
      const days = span.boundsMs.slice(1).map((_, day) => totalsOf(ordersOf.get(day) ?? [], linesOf.get(day) ?? []))
      const { users, products, stock, sources } = seen
      const counts = { users: users.length, products: products.length, returns: returns.length, stock: stock.length }
      return { totals: { days, ...counts }, sources }
    },
    emails: (userIds) =>
      Promise.resolve(
        new Map(shop.users.flatMap(({ id, email }) => (email !== null && userIds.includes(id) ? [[id, email]] : []))),
      ),
    orderDays() {
      const byDate = Map.groupBy(shop.orders, (order) => shopDateOf(Date.parse(order.order_date), timeZone))
      return Promise.resolve(
        [...byDate]
          .toSorted(([left], [right]) => compare(left, right))
          .map(([shopDate, orders]) => {
            const { orders: count, ordersTotal } = totalsOf(orders, [])
            return { shopDate, orders: count, ordersTotal }
          }),
      )
    },
    check: () => Promise.resolve(shop.sources),
    oldestOrderMs: () =>
      Promise.resolve(
        shop.orders.length === 0 ? null : Math.min(...shop.orders.map((order) => Date.parse(order.order_date))),
      ),
  }
}

function dayOf(row: { readonly order_date: string }, span: NightSpan): number | null {
  const ms = Date.parse(row.order_date)
  const after = span.boundsMs.findLastIndex((boundMs) => boundMs <= ms)
  return after === -1 || after === span.boundsMs.length - 1 ? null : after
}

function byDateAndId(left: ShopOrder, right: ShopOrder): number {
  return left.order_date === right.order_date
    ? compare(left.order_id, right.order_id)
    : compare(left.order_date, right.order_date)
}

function compare(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

function jsonLines(rows: readonly object[]): Uint8Array {
  return Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
}

async function inChunks<Row>(rows: readonly Row[], take: (rows: readonly Row[]) => Promise<void>): Promise<void> {
  for (let start = 0; start < rows.length; start += NIGHT_CHUNK_ROWS) {
    await take(rows.slice(start, start + NIGHT_CHUNK_ROWS))
  }
}

function totalsOf(orders: readonly Pick<ShopOrder, 'total_price'>[], lines: readonly ShopLine[]): DayTotals {
  const total = orders.reduce((sum, order) => sum + minorUnitsOf(order.total_price), 0n)
  const gross = lines.reduce((sum, line) => sum + BigInt(line.quantity) * minorUnitsOf(line.unit_price), 0n)
  return {
    orders: orders.length,
    ordersTotal: decimalOf(total),
    lines: lines.length,
    units: lines.reduce((sum, line) => sum + line.quantity, 0),
    gross: decimalOf(gross),
  }
}
