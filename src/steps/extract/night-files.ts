/**
 * extract/night-files: the rows of one reading, as lines of JSON in a temporary folder.
 *
 * In: chunks of rows, or of their JSON, from the shop's database.
 * Out: one file a table, ready for the lake.
 * Invariant: users are redacted before the first byte is written; memory holds one chunk.
 */
import { createWriteStream, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { NightSink } from '../../parts/shopdb/port.ts'
import { redactUser, type RedactOptions } from './redact.ts'

export const NIGHT_TABLES = ['users', 'products', 'orders', 'order_details', 'returns', 'stock'] as const
export type NightTable = (typeof NIGHT_TABLES)[number]

export interface NightFiles {
  readonly sink: NightSink
  readonly paths: Readonly<Record<NightTable, string>>
  /** Resolves when all lines are written. */
  close(): Promise<void>
}

export interface NightFilesOptions extends RedactOptions {
  readonly folder: string
}

export function openNightFiles(options: NightFilesOptions): NightFiles {
  const { folder } = options
  const pathOf = (table: NightTable): string => join(folder, `${table}.ndjson`)
  const open = (table: NightTable): WriteStream => createWriteStream(pathOf(table), { mode: 0o600 })
  const streams = {
    users: open('users'),
    products: open('products'),
    orders: open('orders'),
    lines: open('order_details'),
    returns: open('returns'),
    stock: open('stock'),
  }
  return {
    paths: {
      users: pathOf('users'),
      products: pathOf('products'),
      orders: pathOf('orders'),
      order_details: pathOf('order_details'),
      returns: pathOf('returns'),
      stock: pathOf('stock'),
    },
    sink: {
      users: (rows) => write(streams.users, rows, (user) => redactUser(user, options)),
      products: (rows) => write(streams.products, rows, ({ id, ...product }) => ({ product_id: id, ...product })),
      orders: (json) => writeBytes(streams.orders, json),
      lines: (json) => writeBytes(streams.lines, json),
      returns: (json) => writeBytes(streams.returns, json),
      stock: (json) => writeBytes(streams.stock, json),
    },
    async close() {
      for (const stream of Object.values(streams)) stream.end()
      await Promise.all(Object.values(streams).map((stream) => finished(stream)))
    },
  }
}

async function write<Row>(stream: WriteStream, rows: readonly Row[], shape: (row: Row) => object): Promise<void> {
  await writeBytes(stream, rows.map((row) => `${JSON.stringify(shape(row))}\n`).join(''))
}

async function writeBytes(stream: WriteStream, bytes: string | Uint8Array): Promise<void> {
  if (!stream.write(bytes)) await once(stream, 'drain')
}
