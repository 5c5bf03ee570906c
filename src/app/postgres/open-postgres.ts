/**
 * postgres/open-postgres: the PostgreSQL port of a pipeline, where the settings ask for one.
 *
 * In: a pipeline.
 * Out: a port with the lake behind it, or null.
 * Invariant: closing it ends the catalogue's process too.
 */
import { join } from 'node:path'
import type { Pipeline } from '../pipeline.ts'
import { createCatalogue } from './catalogue.ts'
import { startPostgres, type PostgresServer } from './server.ts'

/** @throws HEM_PORT_IN_USE */
export async function openPostgres({ config, keys, lock, log, sql }: Pipeline): Promise<PostgresServer | null> {
  if (config.pgPort === null) return null
  const catalogue = createCatalogue({
    folder: join(lock.paths.work, 'catalogue'),
    onFault: (message) => log.warn({ message }, 'catalogue'),
  })
  const server = await startPostgres({
    host: config.host,
    port: config.pgPort,
    keys,
    sql,
    catalogue,
    onFault: (error) => log.error({ err: error }, 'a connection of the PostgreSQL port failed'),
  })
  // Its first start takes seconds: better now than under somebody's first question.
  catalogue.exchange([]).catch((error: unknown) => log.warn({ err: error }, 'catalogue'))
  return {
    url: server.url,
    async close() {
      await server.close()
      await catalogue.close()
    },
  }
}
