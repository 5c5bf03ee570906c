/**
 * app/shopdb-access: where the shop's database answers.
 *
 * In: a URL from the settings, or the folder of the demo's own database.
 * Out: a URL to connect to; the demo's database is started when it is first needed.
 * Invariant: a database that was given by URL is never started, stopped or written to by the pipeline.
 */
import { postgresShopWriter } from '../wings/embedded/shopdb/writer.ts'
import { startShopdbChild, type ShopdbChild } from './shopdb-child.ts'

export interface ShopdbAccess {
  /** What to call it in messages; no password. */
  readonly name: string
  /** Whether it is Hemline's own, for the demo. */
  readonly isOwn: boolean
  url(): Promise<string>
  stop(): Promise<void>
}

export function createShopdbAccess(options: { readonly url: string | null; readonly folder: string }): ShopdbAccess {
  const { url } = options
  if (url !== null) {
    return { name: withoutPassword(url), isOwn: false, url: () => Promise.resolve(url), stop: () => Promise.resolve() }
  }
  let child: Promise<ShopdbChild> | null = null
  return {
    name: `PGlite in ${options.folder}`,
    isOwn: true,
    async url() {
      child ??= startOwn(options.folder)
      return (await child).url
    },
    async stop() {
      await (await child?.catch(() => null))?.stop()
    },
  }
}

async function startOwn(folder: string): Promise<ShopdbChild> {
  const child = await startShopdbChild(folder)
  await postgresShopWriter(child.url).ensureTables()
  return child
}

function withoutPassword(url: string): string {
  const { hostname, port, pathname } = new URL(url)
  return `PostgreSQL at ${hostname}${port === '' ? '' : `:${port}`}${pathname}`
}
