/**
 * shopdb/night-sql: the statements of one night, for the columns a shop has.
 *
 * In: the columns found in the database, a mapping of names, and a span of days.
 * Out: one SELECT a table, and two that count and add per day.
 * Invariant: rows and sums use the same expressions, so that they can only differ where rows are lost.
 */
import type { NightSpan, ShopSources } from './port.ts'
import {
  SHOP_COLUMNS,
  columnNameOf,
  quoteName,
  tableNameOf,
  tableSql,
  type ShopMapping,
  type ShopTable,
} from './schema.ts'
import { HemlineError } from '../../std/errors.ts'
import type { PostgresClient } from './postgres-client.ts'

const TABLES: readonly ShopTable[] = ['users', 'products', 'orders', 'order_details', 'returns', 'stock']
const DAY_MS = 86_400_000

/** PostgreSQL type of each of our columns that the shop has, by table; none for a table that it does not have. */
export interface ShopColumns {
  readonly mapping: ShopMapping
  readonly types: Readonly<Record<ShopTable, ReadonlyMap<string, string>>>
}

/** @throws HEM_SHOPDB_SCHEMA where a table or a required column is missing */
export async function findColumns(client: PostgresClient, mapping: ShopMapping): Promise<ShopColumns> {
  const names = TABLES.map((table) => literal(tableNameOf(mapping, table))).join(', ')
  const schema = mapping.schema === undefined ? 'ANY (current_schemas(false))' : literal(mapping.schema)
  const rows = await client.query(
    `SELECT table_name, column_name, data_type FROM information_schema.columns
     WHERE table_schema = ${schema} AND table_name IN (${names})`,
  )
  const typesOf = (table: ShopTable): ReadonlyMap<string, string> => {
    const found = rows.filter((row) => row.table_name === tableNameOf(mapping, table))
    const { required, optional, mayBeAbsent = false } = SHOP_COLUMNS[table]
    if (mayBeAbsent && found.length === 0) return new Map()
    const types = new Map<string, string>()
    for (const column of [...required, ...optional]) {
      const name = columnNameOf(mapping, table, column)
      const type = found.find((row) => row.column_name === name)?.data_type
      if (typeof type === 'string') types.set(column, type)
      else if (required.includes(column)) throw missing(mapping, table, found.length === 0 ? null : name)
    }
    return types
  }
  return {
    mapping,
    types: {
      users: typesOf('users'),
      products: typesOf('products'),
      orders: typesOf('orders'),
      order_details: typesOf('order_details'),
      returns: typesOf('returns'),
      stock: typesOf('stock'),
    },
  }
}

export function sourcesOf({ types }: ShopColumns): ShopSources {
  return {
    orderStatus: types.orders.has('status'),
    orderCurrency: types.orders.has('currency'),
    orderDiscount: types.orders.has('discount'),
    orderCoupon: types.orders.has('coupon'),
    lineVariant: types.order_details.has('variant_id'),
    lineDiscount: types.order_details.has('discount'),
    returns: types.returns.size > 0,
    stock: types.stock.size > 0,
  }
}

export function usersSql(columns: ShopColumns): string {
  const names = ['id', 'username', 'first_name', 'last_name', 'email', 'phone', 'address', 'sex', 'birthdate']
  return `SELECT ${selected(columns, 'users', names)} FROM ${from(columns, 'users')} ORDER BY 1`
}

/** Addresses of the users whose ids are $1; null where the shop has none. */
export function emailsSql(columns: ShopColumns): string | null {
  if (!columns.types.users.has('email')) return null
  return `SELECT id, email FROM (SELECT ${selected(columns, 'users', ['id', 'email'])} FROM ${from(columns, 'users')}) AS users
    WHERE id = ANY ($1::text[])`
}

export function productsSql(columns: ShopColumns): string {
  const { required, optional } = SHOP_COLUMNS.products
  return `SELECT ${selected(columns, 'products', [...required, ...optional])} FROM ${from(columns, 'products')} ORDER BY 1`
}

export function ordersSql(columns: ShopColumns, span: NightSpan): string {
  const names = ['user_id', 'total_price', 'status', 'currency', 'discount', 'coupon']
  return `SELECT (${valueSql(columns, 'orders', 'id')})::text AS order_id, ${selected(columns, 'orders', names)},
      ${isoSql(orderInstant(columns, span))} AS order_date, ${shopDateOf(orderInstant(columns, span), span)} AS shop_date
    FROM ${from(columns, 'orders')} WHERE ${inSpan(columns, span)} ORDER BY ${orderInstant(columns, span)}, 1`
}

export function linesSql(columns: ShopColumns, span: NightSpan): string {
  const names = ['order_id', 'product_id', 'variant_id', 'unit_price', 'discount']
  return `SELECT ${selected(columns, 'order_details', names)},
      coalesce(${valueSql(columns, 'order_details', 'quantity')}, 0) AS quantity,
      ${isoSql(orderInstant(columns, span))} AS order_date, ${shopDateOf(orderInstant(columns, span), span)} AS shop_date
    FROM ${joined(columns)} WHERE ${inSpan(columns, span)} ORDER BY ${orderInstant(columns, span)}, 1, 2`
}

export function returnsSql(columns: ShopColumns, span: NightSpan): string {
  const order = quoteName(columnNameOf(columns.mapping, 'orders', 'id'))
  const line = quoteName(columnNameOf(columns.mapping, 'returns', 'order_id'))
  const instant = returnInstant(columns, span)
  return `SELECT ${selected(columns, 'returns', ['order_id', 'product_id', 'variant_id', 'refund'])},
      ${selected(columns, 'orders', ['currency'])},
      coalesce(${valueSql(columns, 'returns', 'quantity')}, 0) AS quantity,
      ${isoSql(instant)} AS returned_at, ${shopDateOf(instant, span)} AS shop_date
    FROM ${from(columns, 'returns')} LEFT JOIN ${from(columns, 'orders')} ON orders.${order} = returns.${line}
    WHERE ${within(instant, span)}`
}

export function returnCountSql(columns: ShopColumns, span: NightSpan): string {
  return `SELECT count(*)::text AS count FROM ${from(columns, 'returns')} WHERE ${within(returnInstant(columns, span), span)}`
}

export function stockSql(columns: ShopColumns): string {
  return `SELECT ${selected(columns, 'stock', ['product_id', 'variant_id', 'size'])},
      coalesce(${valueSql(columns, 'stock', 'on_hand')}, 0) AS on_hand
    FROM ${from(columns, 'stock')}`
}

/**
 * Rows as lines of JSON. JSON escapes control characters, so with these as delimiter and quote CSV writes it as it is.
 */
export function copyJsonSql(select: string): string {
  return `COPY (SELECT row_to_json(night) FROM (${select}) AS night) TO STDOUT WITH (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01')`
}

export function orderTotalsSql(columns: ShopColumns, span: NightSpan): string {
  return `SELECT ${dayOf(orderInstant(columns, span), span)}::text AS day, count(*)::text AS orders,
      coalesce(sum(${valueSql(columns, 'orders', 'total_price')}), 0)::numeric(18,2)::text AS total
    FROM ${from(columns, 'orders')} WHERE ${inSpan(columns, span)} GROUP BY 1`
}

export function lineTotalsSql(columns: ShopColumns, span: NightSpan): string {
  const quantity = valueSql(columns, 'order_details', 'quantity')
  const price = valueSql(columns, 'order_details', 'unit_price')
  return `SELECT ${dayOf(orderInstant(columns, span), span)}::text AS day, count(*)::text AS lines,
      coalesce(sum(${quantity}), 0)::text AS units, coalesce(sum(${quantity} * ${price}), 0)::numeric(18,2)::text AS gross
    FROM ${joined(columns)} WHERE ${inSpan(columns, span)} GROUP BY 1`
}

export function countSql(columns: ShopColumns, table: ShopTable): string {
  return `SELECT count(*)::text AS count FROM ${from(columns, table)}`
}

/** Days by the server's calendar of the zone. */
export function orderDaysSql(columns: ShopColumns, timeZone: string): string {
  const wallClock = `(${orderInstant(columns, { timeZone })} AT TIME ZONE ${literal(timeZone)})`
  return `SELECT to_char(${wallClock}, 'YYYY-MM-DD') AS date, count(*)::text AS orders,
      coalesce(sum(${valueSql(columns, 'orders', 'total_price')}), 0)::numeric(18,2)::text AS total
    FROM ${from(columns, 'orders')} GROUP BY 1 ORDER BY 1`
}

export function oldestOrderSql(columns: ShopColumns, timeZone: string): string {
  const instant = orderInstant(columns, { timeZone })
  return `SELECT floor(extract(epoch FROM min(${instant})) * 1000)::text AS oldest FROM ${from(columns, 'orders')}`
}

/** Columns as text under our names; NULL for those the shop does not have. */
function selected(columns: ShopColumns, table: ShopTable, names: readonly string[]): string {
  return names
    .map((name) => {
      const value = columns.types[table].has(name) ? `(${valueSql(columns, table, name)})::text` : 'NULL::text'
      return `${value} AS ${quoteName(name)}`
    })
    .join(', ')
}

const MONEY = new Set(['total_price', 'unit_price', 'price', 'list_price', 'discount', 'refund'])
const WHOLE = new Set(['quantity', 'year', 'on_hand'])

/** A column with the type we hold it in: money to the cent, whole quantities, dates in ISO whatever the server's style. */
function valueSql(columns: ShopColumns, table: ShopTable, name: string): string {
  const column = `${table}.${quoteName(columnNameOf(columns.mapping, table, name))}`
  if (name === 'total_price' || name === 'unit_price') return `round(coalesce(${column}, 0)::numeric, 2)`
  if (MONEY.has(name)) return `round(${column}::numeric, 2)`
  if (WHOLE.has(name)) return `${column}::integer`
  if (name === 'birthdate') return `to_char(${column}::date, 'YYYY-MM-DD')`
  return column
}

function from(columns: ShopColumns, table: ShopTable): string {
  return `${tableSql(columns.mapping, table)} AS ${table}`
}

function joined(columns: ShopColumns): string {
  const order = quoteName(columnNameOf(columns.mapping, 'orders', 'id'))
  const line = quoteName(columnNameOf(columns.mapping, 'order_details', 'order_id'))
  return `${from(columns, 'order_details')} JOIN ${from(columns, 'orders')} ON orders.${order} = order_details.${line}`
}

/** The order's time as an instant; a time without a zone is the shop's wall clock. */
function orderInstant(columns: ShopColumns, span: Pick<NightSpan, 'timeZone'>): string {
  return instantOf(orderColumn(columns), columns.types.orders.get('order_date'), span)
}

function returnInstant(columns: ShopColumns, span: NightSpan): string {
  const column = `returns.${quoteName(columnNameOf(columns.mapping, 'returns', 'returned_at'))}`
  return instantOf(column, columns.types.returns.get('returned_at'), span)
}

function instantOf(column: string, type: string | undefined, span: Pick<NightSpan, 'timeZone'>): string {
  if (type === 'timestamp with time zone') return column
  return `(${column}::timestamp AT TIME ZONE ${literal(span.timeZone)})`
}

function orderColumn(columns: ShopColumns): string {
  return `orders.${quoteName(columnNameOf(columns.mapping, 'orders', 'order_date'))}`
}

/** The bare column too, a day wider, so that an index on it serves wherever the instant is computed. */
function inSpan(columns: ShopColumns, span: NightSpan): string {
  const [firstMs, lastMs] = endsOf(span)
  const instant = orderInstant(columns, span)
  const exact = within(instant, span)
  const column = orderColumn(columns)
  if (instant === column) return exact
  const wide = [firstMs - DAY_MS, lastMs + DAY_MS].map((ms) => `${literal(isoOf(ms).slice(0, 19))}::timestamp`)
  return `${column} >= ${wide[0]} AND ${column} <= ${wide[1]} AND ${exact}`
}

function within(instant: string, span: NightSpan): string {
  const [firstMs, lastMs] = endsOf(span)
  return `${instant} >= ${instantLiteral(firstMs)} AND ${instant} < ${instantLiteral(lastMs)}`
}

function endsOf({ boundsMs }: NightSpan): readonly [firstMs: number, lastMs: number] {
  return [boundsMs[0], boundsMs.at(-1) ?? boundsMs[0]]
}

/** Index of the day in the span, from 0. The bounds stand in a subquery of their own, so that they are made once and not for each row. */
function dayOf(instant: string, span: NightSpan): string {
  const bounds = span.boundsMs.map(instantLiteral).join(',')
  return `(width_bucket(${instant}, (SELECT ARRAY[${bounds}])) - 1)`
}

function shopDateOf(instant: string, span: NightSpan): string {
  return `to_char(DATE ${literal(span.firstDate)} + ${dayOf(instant, span)}, 'YYYY-MM-DD')`
}

function isoSql(instant: string): string {
  return `to_char(${instant} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
}

function instantLiteral(ms: number): string {
  return `${literal(isoOf(ms))}::timestamptz`
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function missing(mapping: ShopMapping, table: ShopTable, column: string | null): HemlineError {
  const name = tableNameOf(mapping, table)
  return new HemlineError('HEM_SHOPDB_SCHEMA', {
    subject: `shop table ${name}`,
    expected: column === null ? 'a table that this user may read' : `a column ${column}`,
    got: 'none',
    remedy: 'create it, GRANT SELECT on it, or map its name in the configuration',
  })
}
