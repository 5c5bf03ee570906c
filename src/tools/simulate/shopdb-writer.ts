/**
 * simulate/shopdb-writer: puts the demo's past into the shop's database.
 *
 * In: a PostgreSQL by URL, and a demo shop.
 * Out: users, products, orders and order lines in the shop's own tables.
 * Guarantee: one transaction; after a crash the tables are as they were.
 * Invariant: writes only into empty tables, so that nobody's orders are mixed with invented ones.
 */
import { Client } from 'pg'
import { SHOP_DDL, type ShopTable } from '../../parts/shopdb/schema.ts'
import { HemlineError } from '../../std/errors.ts'
import type { DemoShop } from './demo-shop.ts'
import { decimalOf } from './money.ts'
import { simulateOrders, type SimulatedOrder } from './orders.ts'
import { simulatePeople } from './people.ts'

/** Rows of one INSERT: a statement costs far more than a row. */
const INSERT_ROWS_MAXIMUM = 5000
const CONNECT_TIMEOUT_MS = 10_000

export interface WriteDemoOptions {
  /** Such as postgresql://postgres@localhost/shop. */
  readonly url: string
  readonly shop: DemoShop
  /** Called after each chunk with the number of rows written so far. */
  readonly onProgress?: (rows: number) => void
}

export interface WrittenDemo {
  readonly users: number
  readonly products: number
  readonly orders: number
  readonly lines: number
}

/**
 * Makes the tables where they are missing and fills them.
 *
 * @throws HEM_SHOPDB_UNREACHABLE when there is no answer
 * @throws HEM_SIMULATE_TABLES_FILLED when there are users, products or orders already
 */
export async function writeDemoShop(options: WriteDemoOptions): Promise<WrittenDemo> {
  const client = await connect(options.url)
  try {
    await client.query(SHOP_DDL)
    await client.query('BEGIN')
    await assertEmpty(client)
    const written = await writeAll(client, options)
    await client.query('COMMIT')
    await client.query('ANALYZE')
    return written
  } finally {
    await client.end()
  }
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS })
  // A connection that breaks between two queries tells it here; the next query then fails with its own error.
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (cause) {
    throw new HemlineError('HEM_SHOPDB_UNREACHABLE', {
      subject: 'shop database of the demo',
      expected: 'an answer',
      got: 'none',
      remedy: 'start the database, or correct its URL',
      cause,
    })
  }
  return client
}

async function assertEmpty(client: Client): Promise<void> {
  const answer = await client.query<{ filled: boolean }>(
    'SELECT EXISTS (SELECT FROM users) OR EXISTS (SELECT FROM products) OR EXISTS (SELECT FROM orders) AS filled',
  )
  if (!answer.rows[0].filled) return
  throw new HemlineError('HEM_SIMULATE_TABLES_FILLED', {
    subject: 'shop database of the demo',
    expected: 'empty tables',
    got: 'users, products or orders',
    remedy: 'name a database of its own for the demo',
  })
}

async function writeAll(client: Client, { shop, onProgress }: WriteDemoOptions): Promise<WrittenDemo> {
  let rows = 0
  const insert = async (table: ShopTable, values: readonly object[]) => {
    for (let start = 0; start < values.length; start += INSERT_ROWS_MAXIMUM) {
      const chunk = values.slice(start, start + INSERT_ROWS_MAXIMUM)
      await insertRows(client, table, chunk)
      rows += chunk.length
      onProgress?.(rows)
    }
  }
  const people = simulatePeople(shop)
  await insert('users', people)
  await insert('products', shop.products)
  let orders = 0
  let lines = 0
  for (const chunk of simulateOrders(shop)) {
    const orderRows = chunk.map((order) => orderRow(order, shop.currency))
    const lineRows = chunk.flatMap(rowsOfLines)
    await insert('orders', orderRows)
    await insert('order_details', lineRows)
    orders += orderRows.length
    lines += lineRows.length
  }
  // Rows that came with ids do not move the counters; the next user or order would collide.
  for (const table of ['users', 'orders'] as const) {
    await client.query(
      `SELECT setval(pg_get_serial_sequence('${table}', 'id'), greatest((SELECT max(id) FROM ${table}), 1))`,
    )
  }
  return { users: people.length, products: shop.products.length, orders, lines }
}

/** One statement and one parameter, whatever the number of rows. */
async function insertRows(client: Client, table: ShopTable, rows: readonly object[]): Promise<void> {
  const columns = Object.keys(rows[0]).join(', ')
  await client.query(
    `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${table}, $1)`,
    [JSON.stringify(rows)],
  )
}

function orderRow(order: SimulatedOrder, currency: string): object {
  return {
    id: order.orderId,
    user_id: order.shopper.userId,
    order_date: new Date(order.orderedMs).toISOString(),
    total_price: decimalOf(order.totalMinor),
    status: order.status,
    currency,
  }
}

function rowsOfLines(order: SimulatedOrder): object[] {
  return order.lines.map((line) => ({
    order_id: order.orderId,
    product_id: line.productId,
    variant_id: line.variantId,
    quantity: line.quantity,
    unit_price: decimalOf(line.unitPriceMinor),
  }))
}
