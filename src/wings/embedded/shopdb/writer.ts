/**
 * shopdb/writer: what the demo and its page write to the PostgreSQL that a URL names.
 *
 * In: a URL.
 * Out: a writer; a connection per call, closed when the call ends.
 * Invariant: the pipeline never uses this.
 */
import { connectPostgres } from '../../../parts/shopdb/postgres-client.ts'
import { shopWriterOver, type ShopWriter } from '../../../parts/shopdb/postgres-writer.ts'

export function postgresShopWriter(url: string): ShopWriter {
  return shopWriterOver(() => connectPostgres(url))
}
