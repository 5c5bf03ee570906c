/**
 * shopdb/postgres: the shop's tables in any PostgreSQL that a URL names.
 *
 * In: a URL, and the names the shop uses.
 * Out: the `ShopDatabase` port; a connection per call, closed when the call ends.
 * Invariant: nothing is ever written.
 */
import type { ShopDatabase } from '../../../parts/shopdb/port.ts'
import { connectPostgres } from '../../../parts/shopdb/postgres-client.ts'
import { shopDatabaseOver, type ShopReading } from '../../../parts/shopdb/postgres-reader.ts'

export interface PostgresShopOptions extends ShopReading {
  readonly url: string
}

export function postgresShopDatabase({ url, ...reading }: PostgresShopOptions): ShopDatabase {
  return shopDatabaseOver(() => connectPostgres(url), reading)
}
