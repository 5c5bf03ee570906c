/**
 * shopdb/postgres-writer: what the storefront's checkout and the demo write to the shop's database.
 *
 * In: rows of the shop's tables, orders as a shopper places them.
 * Out: the order's id and total, with prices from the shop's own products.
 * Invariant: the pipeline never uses this; an order and its lines are written in one transaction.
 */
import { SHOP_DDL, quoteName, type ShopTable } from './schema.ts'
import { HemlineError } from '../../std/errors.ts'
import { inTransaction, type ConnectPostgres, type PostgresClient } from './postgres-client.ts'

const BEGIN_WRITING = ['BEGIN']
const INSERT_ROWS_MAXIMUM = 5000
const ORDER_LINES_MAXIMUM = 200

interface NewOrder {
  /** Null for a guest; a user whom the shop does not know orders as one. */
  readonly userId: string | null
  /** ISO 8601 UTC. */
  readonly orderDate: string
  readonly currency: string | null
  readonly lines: readonly {
    readonly productId: string
    readonly variantId: string | null
    readonly quantity: number
  }[]
}

interface PlacedOrder {
  readonly orderId: string
  /** Decimal string. */
  readonly totalPrice: string
}

export type FilledRow = Readonly<Record<string, unknown>> & { readonly id: string }

export interface ShopWriter {
  /** Makes the shop's tables where they are not there yet. */
  ensureTables(): Promise<void>
  /** Adds rows in one transaction. All rows have the columns of the first; unknown columns are an error of the database. */
  insert(table: ShopTable, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void>
  /**
   * Fills an empty table; where exactly these ids are there already, nothing happens.
   *
   * @returns whether rows were added
   * @throws HEM_SIMULATE_TABLES_FILLED where others are there, so that nobody's rows are mixed with invented ones
   */
  fill(table: 'users' | 'products', rows: readonly FilledRow[]): Promise<boolean>
  /** @throws HEM_SHOPDB_ORDER for no line, too many, or a product without a price */
  placeOrder(order: NewOrder): Promise<PlacedOrder>
}

/** Every call uses a connection of its own and closes it. Same errors as the reader. */
export function shopWriterOver(connect: ConnectPostgres): ShopWriter {
  return {
    ensureTables: () =>
      inTransaction(connect, BEGIN_WRITING, async (client) => {
        await client.query(SHOP_DDL)
      }),
    insert: (table, rows) =>
      inTransaction(connect, BEGIN_WRITING, async (client) => {
        for (let start = 0; start < rows.length; start += INSERT_ROWS_MAXIMUM) {
          await insertRows(client, table, rows.slice(start, start + INSERT_ROWS_MAXIMUM))
        }
        if (table === 'users' || table === 'orders') await moveSequence(client, table)
      }),
    fill: (table, rows) => inTransaction(connect, BEGIN_WRITING, (client) => fill(client, table, rows)),
    placeOrder: (order) => inTransaction(connect, BEGIN_WRITING, (client) => placeOrder(client, order)),
  }
}

async function insertRows(
  client: PostgresClient,
  table: ShopTable,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const columns = Object.keys(rows[0]).map(quoteName).join(', ')
  await client.query(
    `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${table}, $1)`,
    [JSON.stringify(rows)],
  )
}

async function fill(client: PostgresClient, table: 'users' | 'products', rows: readonly FilledRow[]): Promise<boolean> {
  await client.query(SHOP_DDL)
  const ids = JSON.stringify(rows.map(({ id }) => id))
  const [found] = await client.query(
    `SELECT count(*)::text AS all, count(*) FILTER (WHERE id::text IN (SELECT json_array_elements_text($1)))::text AS ours
     FROM ${table}`,
    [ids],
  )
  if (found.all === '0') {
    await insertRows(client, table, rows)
    if (table === 'users') await moveSequence(client, table)
    return true
  }
  if (Number(found.all) === rows.length && found.ours === found.all) return false
  throw new HemlineError('HEM_SIMULATE_TABLES_FILLED', {
    subject: `table ${table} of the shop`,
    expected: 'an empty table',
    got: `${found.all} rows, ${found.ours} of them the demo's`,
    remedy: 'name a shop of its own for the demo',
  })
}

/** Rows that came with ids of their own do not move the counter; the next order would collide. */
async function moveSequence(client: PostgresClient, table: 'users' | 'orders'): Promise<void> {
  await client.query(
    `SELECT setval(pg_get_serial_sequence('${table}', 'id'), greatest((SELECT max(id) FROM ${table}), 1))`,
  )
}

async function placeOrder(client: PostgresClient, order: NewOrder): Promise<PlacedOrder> {
  if (order.lines.length === 0 || order.lines.length > ORDER_LINES_MAXIMUM) {
    throw refused(`1 to ${ORDER_LINES_MAXIMUM} lines`, `${order.lines.length}`)
  }
  const lines = JSON.stringify(
    order.lines.map((line) => ({ product_id: line.productId, variant_id: line.variantId, quantity: line.quantity })),
  )
  const priced = `FROM json_to_recordset($1) AS line (product_id text, variant_id text, quantity integer)
    JOIN products ON products.id = line.product_id AND products.price IS NOT NULL`
  const [sum] = await client.query(
    `SELECT count(*)::text AS lines, sum(quantity * price)::numeric(12,2)::text AS total ${priced}`,
    [lines],
  )
  if (Number(sum.lines) !== order.lines.length || sum.total === null) {
    throw refused('products that the shop sells', `${order.lines.length - Number(sum.lines)} it does not`)
  }
  const [row] = await client.query(
    `INSERT INTO orders (user_id, order_date, total_price, currency) VALUES ((SELECT id FROM users WHERE id = $1), $2, $3, $4) RETURNING id::text AS id`,
    [order.userId, order.orderDate, sum.total, order.currency],
  )
  await client.query(
    `INSERT INTO order_details (order_id, product_id, variant_id, quantity, unit_price)
     SELECT $2::bigint, product_id, variant_id, quantity, price ${priced}`,
    [lines, row.id],
  )
  return { orderId: String(row.id), totalPrice: sum.total }
}

function refused(expected: string, got: string): HemlineError {
  return new HemlineError('HEM_SHOPDB_ORDER', { subject: 'order', expected, got, remedy: 'correct the order' })
}
