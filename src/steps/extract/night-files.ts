/**
 * extract/night-files: the rows of one reading, as lines of JSON in a temporary folder.
 *
 * In: chunks of rows from the shop's database.
 * Out: one file a table, ready for the lake, with each order's shop date.
 * Invariant: users are redacted before the first byte is written; memory holds one chunk.
 */
import { createWriteStream, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { NightSink, NightSpan } from '../../parts/shopdb/port.ts'
import { redactUser, type RedactOptions } from './redact.ts'

export const NIGHT_TABLES = ['users', 'products', 'orders', 'order_details'] as const
export type NightTable = (typeof NIGHT_TABLES)[number]

export interface NightFiles {
  readonly sink: NightSink
  readonly paths: Readonly<Record<NightTable, string>>
  /** Resolves when all lines are written. */
  close(): Promise<void>
}

export interface NightFilesOptions extends RedactOptions {
  readonly folder: string
  readonly span: NightSpan
  /** Shop dates of the span, one for each of its days. */
  readonly dates: readonly string[]
}

export function openNightFiles(options: NightFilesOptions): NightFiles {
  const { folder, span, dates } = options
  const pathOf = (table: NightTable): string => join(folder, `${table}.ndjson`)
  const open = (table: NightTable): WriteStream => createWriteStream(pathOf(table), { mode: 0o600 })
  const streams = {
    users: open('users'),
    products: open('products'),
    orders: open('orders'),
    lines: open('order_details'),
  }
  const dateOf = shopDateFinder(span.boundsMs, dates)
  return {
    paths: {
      users: pathOf('users'),
      products: pathOf('products'),
      orders: pathOf('orders'),
      order_details: pathOf('order_details'),
    },
    sink: {
      users: (rows) => write(streams.users, rows, (user) => redactUser(user, options)),
      products: (rows) => write(streams.products, rows, ({ id, ...product }) => ({ product_id: id, ...product })),
      orders: (rows) =>
        write(streams.orders, rows, ({ id, ...order }) => ({
          order_id: id,
          ...order,
          shop_date: dateOf(order.order_date),
        })),
      lines: (rows) => write(streams.lines, rows, (line) => ({ ...line, shop_date: dateOf(line.order_date) })),
    },
    async close() {
      for (const stream of Object.values(streams)) stream.end()
      await Promise.all(Object.values(streams).map((stream) => finished(stream)))
    },
  }
}

async function write<Row>(stream: WriteStream, rows: readonly Row[], shape: (row: Row) => object): Promise<void> {
  const text = rows.map((row) => `${JSON.stringify(shape(row))}\n`).join('')
  if (!stream.write(text)) await once(stream, 'drain')
}

/** Rows come oldest first, so the day of the row before is nearly always right. */
function shopDateFinder(boundsMs: readonly number[], dates: readonly string[]): (iso: string) => string {
  let day = 0
  return (iso) => {
    const ms = Date.parse(iso)
    if (ms < boundsMs[day]) day = 0
    while (ms >= boundsMs[day + 1]) day += 1
    return dates[day]
  }
}
