/**
 * extract/night-files: the rows of one reading, as lines of JSON in a temporary folder.
 *
 * In: chunks of rows, or of their JSON, from the shop's database.
 * Out: one file a table, ready for the lake.
 * Invariant: users are redacted before the first byte is written; memory holds one chunk. Who has been erased is in no file once
 *   they are closed: users are left out, orders are those of a guest.
 */
import { createWriteStream, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { NightSink } from '../../parts/shopdb/port.ts'
import type { Admission } from '../../parts/access/suppression.ts'
import type { ShopUser } from '../../parts/shopdb/rows.ts'
import { withoutErased } from './erased-orders.ts'
import { redactUser, type RedactOptions } from './redact.ts'

export const NIGHT_TABLES = ['users', 'products', 'orders', 'order_details', 'returns', 'stock'] as const
export type NightTable = (typeof NIGHT_TABLES)[number]

export interface NightFiles {
  readonly sink: NightSink
  readonly paths: Readonly<Record<NightTable, string>>
  /** Users of the shop who are not in the file, since they have been erased. */
  leftOut(): number
  /** Resolves when all lines are written. */
  close(): Promise<void>
}

export interface NightFilesOptions extends RedactOptions {
  readonly folder: string
  /** Null where nobody has been erased. */
  readonly admission: Admission | null
}

export function openNightFiles(options: NightFilesOptions): NightFiles {
  const { folder, admission } = options
  let leftOut = 0
  const isAdmitted = (user: ShopUser): boolean => {
    const isIn = admission === null || admission(user.id) !== null
    if (!isIn) leftOut++
    return isIn
  }
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
      users: (rows) => write(streams.users, rows.filter(isAdmitted), (user) => redactUser(user, options)),
      products: (rows) => write(streams.products, rows, ({ id, ...product }) => ({ product_id: id, ...product })),
      orders: (json) => writeBytes(streams.orders, json),
      lines: (json) => writeBytes(streams.lines, json),
      returns: (json) => writeBytes(streams.returns, json),
      stock: (json) => writeBytes(streams.stock, json),
    },
    leftOut: () => leftOut,
    async close() {
      for (const stream of Object.values(streams)) stream.end()
      await Promise.all(Object.values(streams).map((stream) => finished(stream)))
      if (admission !== null) await withoutErased(pathOf('orders'), admission)
    },
  }
}

async function write<Row>(stream: WriteStream, rows: readonly Row[], shape: (row: Row) => object): Promise<void> {
  await writeBytes(stream, rows.map((row) => `${JSON.stringify(shape(row))}\n`).join(''))
}

async function writeBytes(stream: WriteStream, bytes: string | Uint8Array): Promise<void> {
  if (!stream.write(bytes)) await once(stream, 'drain')
}
