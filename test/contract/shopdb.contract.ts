/**
 * test/contract/shopdb: what every adapter of the shop database must do.
 *
 * In: a way to make a database that holds given rows.
 * Out: one suite of tests, run against memory, PGlite and a real server.
 * Invariant: the same rows give the same answers everywhere.
 */
import { describe, expect, test } from 'vitest'
import { NIGHT_CHUNK_ROWS, type NightSink, type NightSpan, type ShopDatabase } from '../../src/parts/shopdb/port.ts'
import type { ShopLine, ShopOrder, ShopProduct, ShopReturn, ShopStock, ShopUser } from '../../src/parts/shopdb/rows.ts'
import { shopDayBounds } from '../../src/parts/shopdb/shop-day.ts'

type SeedOrder = Pick<ShopOrder, 'user_id' | 'order_date' | 'total_price'> & { readonly id: string }
type SeedLine = Pick<ShopLine, 'order_id' | 'product_id' | 'quantity' | 'unit_price'>

export interface Seed {
  readonly users: readonly ShopUser[]
  readonly products: readonly Pick<ShopProduct, 'id' | 'product_display_name' | 'price' | 'article_type' | 'year'>[]
  readonly orders: readonly SeedOrder[]
  readonly lines: readonly SeedLine[]
  readonly returns: readonly Omit<ShopReturn, 'shop_date'>[]
  readonly stock: readonly ShopStock[]
}

export interface ShopUnderTest {
  readonly shop: ShopDatabase
  /** Adds one more order while a reading may be under way. */
  readonly addOrder: (order: SeedOrder) => Promise<void>
}

/** In winter a day of Paris begins at 23:00 UTC of the day before. */
const ZONE = 'Europe/Paris'

export const ANA: ShopUser = {
  id: '42',
  username: 'ana',
  first_name: 'Ana',
  last_name: 'Lima',
  email: 'Ana@Example.com',
  phone: '+33 1 23',
  address: '1 Rue X, Lyon',
  sex: 'F',
  birthdate: '1990-02-28',
}

const BACK = { product_id: '15970', variant_id: null, quantity: 1, refund: '39.90', currency: null }

const SEED: Seed = {
  users: [ANA, { ...ANA, id: '43', email: null, birthdate: null, sex: null }],
  products: [
    { id: '15970', product_display_name: 'Navy Shirt', price: '39.90', article_type: 'Shirts', year: 2011 },
    { id: 'p-2', product_display_name: 'Belt “é”', price: null, article_type: null, year: null },
  ],
  orders: [
    { id: '1', user_id: '42', order_date: '2026-11-22T22:59:59.999999Z', total_price: '1.00' },
    { id: '2', user_id: '42', order_date: '2026-11-22T23:00:00.000000Z', total_price: '79.80' },
    { id: '3', user_id: null, order_date: '2026-11-22T23:30:00.000000Z', total_price: '0.10' },
    { id: '4', user_id: '43', order_date: '2026-11-23T22:59:59.999999Z', total_price: '0.20' },
    { id: '5', user_id: '43', order_date: '2026-11-24T23:00:00.000000Z', total_price: '5.00' },
  ],
  lines: [
    { order_id: '1', product_id: '15970', quantity: 1, unit_price: '1.00' },
    { order_id: '2', product_id: '15970', quantity: 2, unit_price: '39.90' },
    { order_id: '3', product_id: 'p-2', quantity: 1, unit_price: '0.10' },
    { order_id: '4', product_id: 'p-2', quantity: 2, unit_price: '0.10' },
    { order_id: '5', product_id: 'gone', quantity: 1, unit_price: '5.00' },
  ],
  returns: [
    { ...BACK, order_id: '1', returned_at: '2026-11-22T22:59:59.999999Z' },
    { ...BACK, order_id: '2', returned_at: '2026-11-23T09:00:00.000000Z' },
  ],
  stock: [{ product_id: '15970', variant_id: '15970-M', size: 'M', on_hand: 0 }],
}

export const EMPTY: Seed = { users: [], products: [], orders: [], lines: [], returns: [], stock: [] }

export function spanOf(first: string, days: number): NightSpan {
  const boundsMs = [shopDayBounds(first, ZONE).startMs]
  for (let day = 0; day < days; day += 1) {
    const [year, month, date] = first.split('-').map(Number)
    const label = new Date(Date.UTC(year, month - 1, date + day)).toISOString().slice(0, 10)
    boundsMs.push(shopDayBounds(label, ZONE).endMs)
  }
  return { boundsMs, firstDate: first, timeZone: ZONE }
}

/** A sink that keeps everything, for tests of a few rows. */
export function collectNight(): NightSink & {
  readonly rows: {
    users: ShopUser[]
    products: ShopProduct[]
    orders: ShopOrder[]
    lines: ShopLine[]
    returns: ShopReturn[]
    stock: ShopStock[]
  }
  readonly chunkRows: number[]
} {
  const rows = {
    users: [] as ShopUser[],
    products: [] as ShopProduct[],
    orders: [] as ShopOrder[],
    lines: [] as ShopLine[],
    returns: [] as ShopReturn[],
    stock: [] as ShopStock[],
  }
  const chunkRows: number[] = []
  const into =
    <Row>(list: Row[]) =>
    (chunk: readonly Row[]): Promise<void> => {
      chunkRows.push(chunk.length)
      list.push(...chunk)
      return Promise.resolve()
    }
  const intoLines = <Row>(list: Row[]): ((json: Uint8Array) => Promise<void>) => {
    const decoder = new TextDecoder()
    let text = ''
    return (json) => {
      text += decoder.decode(json, { stream: true })
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      list.push(...lines.map((line) => JSON.parse(line) as Row))
      return Promise.resolve()
    }
  }
  return {
    rows,
    chunkRows,
    users: into(rows.users),
    products: into(rows.products),
    orders: intoLines(rows.orders),
    lines: intoLines(rows.lines),
    returns: intoLines(rows.returns),
    stock: intoLines(rows.stock),
  }
}

export function shopdbContract(name: string, open: (seed: Seed) => Promise<ShopUnderTest>): void {
  describe(`shop database: ${name}`, () => {
    test('reads hour 00 and the last microsecond of a day, and nothing of its neighbours', async () => {
      const { shop } = await open(SEED)
      const sink = collectNight()
      const { totals } = await shop.readNight(spanOf('2026-11-23', 1), sink)
      expect(sink.rows.orders.map((order) => [order.order_id, order.order_date, order.total_price])).toEqual([
        ['2', '2026-11-22T23:00:00.000000Z', '79.80'],
        ['3', '2026-11-22T23:30:00.000000Z', '0.10'],
        ['4', '2026-11-23T22:59:59.999999Z', '0.20'],
      ])
      expect(sink.rows.lines.map((line) => [line.order_id, line.quantity, line.unit_price, line.order_date])).toEqual([
        ['2', 2, '39.90', '2026-11-22T23:00:00.000000Z'],
        ['3', 1, '0.10', '2026-11-22T23:30:00.000000Z'],
        ['4', 2, '0.10', '2026-11-23T22:59:59.999999Z'],
      ])
      expect(totals).toEqual({
        days: [{ orders: 3, ordersTotal: '80.10', lines: 3, units: 5, gross: '80.10' }],
        users: 2,
        products: 2,
        returns: 1,
        stock: 1,
      })
    })

    test('reads what came back in the span, and all stock', async () => {
      const { shop } = await open(SEED)
      const sink = collectNight()
      const { sources } = await shop.readNight(spanOf('2026-11-23', 1), sink)
      expect(sources).toMatchObject({ returns: true, stock: true })
      expect(sink.rows.returns).toEqual([{ ...SEED.returns[1], shop_date: '2026-11-23' }])
      expect(sink.rows.stock).toEqual(SEED.stock)
    })

    test('reads an empty day and a day with a single order', async () => {
      const { shop } = await open(SEED)
      const sink = collectNight()
      const { totals } = await shop.readNight(spanOf('2026-11-24', 2), sink)
      expect(totals.days).toEqual([
        { orders: 0, ordersTotal: '0.00', lines: 0, units: 0, gross: '0.00' },
        { orders: 1, ordersTotal: '5.00', lines: 1, units: 1, gross: '5.00' },
      ])
      expect(sink.rows.orders.map((order) => order.order_id)).toEqual(['5'])
    })

    test('reads users and products as they are, with absent values as null', async () => {
      const { shop } = await open(SEED)
      const sink = collectNight()
      await shop.readNight(spanOf('2026-11-23', 1), sink)
      expect(sink.rows.users).toEqual(SEED.users)
      expect(sink.rows.products).toMatchObject(SEED.products)
      expect(sink.rows.orders.map((order) => order.user_id)).toEqual(['42', null, '43'])
    })

    test('sees one state of the shop, whatever is written meanwhile', async () => {
      const { shop, addOrder } = await open(SEED)
      const sink = collectNight()
      let writing = Promise.resolve()
      const { totals } = await shop.readNight(spanOf('2026-11-23', 1), {
        ...sink,
        users(rows) {
          const order = { id: '6', user_id: null, order_date: '2026-11-23T10:00:00.000000Z', total_price: '9.00' }
          writing = addOrder(order)
          return sink.users(rows)
        },
      })
      await writing
      expect(sink.rows.orders.map((order) => order.order_id)).toEqual(['2', '3', '4'])
      expect(totals.days[0].orders).toBe(3)
      const again = await shop.readNight(spanOf('2026-11-23', 1), collectNight())
      expect(again.totals.days[0]).toMatchObject({ orders: 4, ordersTotal: '89.10' })
    })

    test('hands over many rows in chunks', async () => {
      const count = NIGHT_CHUNK_ROWS + 1
      const users = Array.from({ length: count }, (_, index) => ({ ...ANA, id: String(index + 1) }))
      const orders = Array.from({ length: count }, (_, index) => ({
        id: String(index + 1),
        user_id: null,
        order_date: '2026-11-23T08:00:00.000000Z',
        total_price: '0.01',
      }))
      const { shop } = await open({ ...EMPTY, users, orders })
      const sink = collectNight()
      const { totals } = await shop.readNight(spanOf('2026-11-23', 1), sink)
      expect(sink.chunkRows).toEqual([NIGHT_CHUNK_ROWS, 1])
      expect(sink.rows.orders).toHaveLength(count)
      expect(totals.days[0]).toMatchObject({ orders: count, ordersTotal: '50.01' })
    })

    test('knows its oldest order, and that there is none', async () => {
      expect(await (await open(SEED)).shop.oldestOrderMs()).toBe(Date.parse('2026-11-22T22:59:59.999Z'))
      expect(await (await open(EMPTY)).shop.oldestOrderMs()).toBeNull()
    })

    test('gives the addresses of the users asked for, and of nobody else', async () => {
      const { shop } = await open(SEED)
      expect(await shop.emails(['42', '43', '99'])).toEqual(new Map([['42', 'Ana@Example.com']]))
      expect(await shop.emails([])).toEqual(new Map())
    })

    test('counts and adds the orders of each day of its history', async () => {
      expect(await (await open(SEED)).shop.orderDays()).toEqual([
        { shopDate: '2026-11-22', orders: 1, ordersTotal: '1.00' },
        { shopDate: '2026-11-23', orders: 3, ordersTotal: '80.10' },
        { shopDate: '2026-11-25', orders: 1, ordersTotal: '5.00' },
      ])
    })

    test('passes on what the sink throws and can be read again', async () => {
      const { shop } = await open(SEED)
      const full = { ...collectNight(), orders: () => Promise.reject(new Error('disk full')) }
      await expect(shop.readNight(spanOf('2026-11-23', 1), full)).rejects.toThrow('disk full')
      const sink = collectNight()
      await shop.readNight(spanOf('2026-11-23', 1), sink)
      expect(sink.rows.orders).toHaveLength(3)
    })
  })
}
