/**
 * shopdb/postgres-reader: reads the shop's tables from any PostgreSQL, over the wire.
 *
 * In: how to connect, and the names the shop uses.
 * Out: the `ShopDatabase` port; a connection per call, closed when the call ends.
 * Invariant: one REPEATABLE READ, READ ONLY transaction a night; users and products in chunks through a cursor, orders and
 *   lines by COPY; memory holds a chunk.
 */
import {
  NIGHT_CHUNK_ROWS,
  type DayTotals,
  type NightReading,
  type NightSink,
  type NightSpan,
  type ShopDatabase,
} from './port.ts'
import type { ShopProduct, ShopUser } from './rows.ts'
import type { ShopMapping } from './schema.ts'
import {
  copyJsonSql,
  countSql,
  emailsSql,
  findColumns,
  lineTotalsSql,
  linesSql,
  oldestOrderSql,
  orderDaysSql,
  orderTotalsSql,
  ordersSql,
  productsSql,
  returnCountSql,
  returnsSql,
  sourcesOf,
  stockSql,
  usersSql,
  type ShopColumns,
} from './night-sql.ts'
import { inTransaction, type ConnectPostgres, type PostgresClient, type TextRow } from './postgres-client.ts'

const BEGIN_READING = [
  'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
  // One statement: the longest is the first chunk of a sorted cursor.
  `SET LOCAL statement_timeout = '15min'; SET LOCAL idle_in_transaction_session_timeout = '15min'`,
]

export interface ShopReading {
  readonly mapping?: ShopMapping
  /** Zone of an order_date that carries none. */
  readonly timeZone: string
}

export function shopDatabaseOver(connect: ConnectPostgres, options: ShopReading): ShopDatabase {
  const mapping = options.mapping ?? {}
  return {
    readNight: (span, sink) =>
      inTransaction(connect, BEGIN_READING, async (client) =>
        readNight(client, await findColumns(client, mapping), span, sink),
      ),
    check: () => inTransaction(connect, BEGIN_READING, async (client) => sourcesOf(await findColumns(client, mapping))),
    oldestOrderMs: () =>
      inTransaction(connect, BEGIN_READING, async (client) => {
        const columns = await findColumns(client, mapping)
        const [row] = await client.query(oldestOrderSql(columns, options.timeZone))
        return row.oldest === null ? null : Number(row.oldest)
      }),
    emails: (userIds) =>
      inTransaction(connect, BEGIN_READING, async (client) => {
        const sql = emailsSql(await findColumns(client, mapping))
        const emails = new Map<string, string>()
        if (sql === null) return emails
        for (let from = 0; from < userIds.length; from += NIGHT_CHUNK_ROWS) {
          const rows = await client.query(sql, [userIds.slice(from, from + NIGHT_CHUNK_ROWS)])
          for (const { id, email } of rows) if (id !== null && email !== null) emails.set(id, email)
        }
        return emails
      }),
    orderDays: () =>
      inTransaction(connect, BEGIN_READING, async (client) => {
        const rows = await client.query(orderDaysSql(await findColumns(client, mapping), options.timeZone))
        return rows.map((row) => ({
          shopDate: String(row['date']),
          orders: Number(row['orders']),
          ordersTotal: String(row['total']),
        }))
      }),
  }
}

async function readNight(
  client: PostgresClient,
  columns: ShopColumns,
  span: NightSpan,
  sink: NightSink,
): Promise<NightReading> {
  await readRows(client, usersSql(columns), (rows) => sink.users(rows as unknown as readonly ShopUser[]))
  await readRows(client, productsSql(columns), (rows) => sink.products(rows.map(productOf)))
  await client.copy(copyJsonSql(ordersSql(columns, span)), (json) => sink.orders(json))
  await client.copy(copyJsonSql(linesSql(columns, span)), (json) => sink.lines(json))
  const sources = sourcesOf(columns)
  if (sources.returns) await client.copy(copyJsonSql(returnsSql(columns, span)), (json) => sink.returns(json))
  if (sources.stock) await client.copy(copyJsonSql(stockSql(columns)), (json) => sink.stock(json))
  const count = async (sql: string): Promise<number> => Number((await client.query(sql))[0]?.['count'])
  return {
    totals: {
      days: await dayTotals(client, columns, span),
      users: await count(countSql(columns, 'users')),
      products: await count(countSql(columns, 'products')),
      returns: sources.returns ? await count(returnCountSql(columns, span)) : 0,
      stock: sources.stock ? await count(countSql(columns, 'stock')) : 0,
    },
    sources,
  }
}

/** Hands over at most NIGHT_CHUNK_ROWS at a time; the next chunk is fetched after the sink took this one. */
async function readRows(
  client: PostgresClient,
  sql: string,
  take: (rows: readonly TextRow[]) => Promise<void>,
): Promise<void> {
  await client.query(`DECLARE night NO SCROLL CURSOR FOR ${sql}`)
  for (;;) {
    const rows = await client.query(`FETCH ${NIGHT_CHUNK_ROWS} FROM night`)
    if (rows.length > 0) await take(rows)
    if (rows.length < NIGHT_CHUNK_ROWS) break
  }
  await client.query('CLOSE night')
}

async function dayTotals(client: PostgresClient, columns: ShopColumns, span: NightSpan): Promise<readonly DayTotals[]> {
  const orders = byDay(await client.query(orderTotalsSql(columns, span)))
  const lines = byDay(await client.query(lineTotalsSql(columns, span)))
  return span.boundsMs.slice(1).map((_, day) => ({
    orders: Number(orders.get(day)?.orders ?? 0),
    ordersTotal: orders.get(day)?.total ?? '0.00',
    lines: Number(lines.get(day)?.lines ?? 0),
    units: Number(lines.get(day)?.units ?? 0),
    gross: lines.get(day)?.gross ?? '0.00',
  }))
}

function byDay(rows: readonly TextRow[]): ReadonlyMap<number, TextRow> {
  return new Map(rows.map((row) => [Number(row.day), row]))
}

function productOf(row: TextRow): ShopProduct {
  return { ...row, year: row.year === null ? null : Number(row.year) } as unknown as ShopProduct
}
