/**
 * test/steps/collect/collect-server: the collector on a free port, over LMDB in a temporary folder.
 *
 * In: what a test wants different.
 * Out: the address, the keys, the stream to look into, and an end.
 * Invariant: nothing of ours is mocked.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { createAuthorize } from '../../../src/parts/access/authorize.ts'
import type { StreamReader } from '../../../src/parts/stream/port.ts'
import type { StreamRecord } from '../../../src/parts/stream/record.ts'
import { createCollector, type Collector } from '../../../src/steps/collect/collector.ts'
import { collectRoutes, type CollectRoutesOptions } from '../../../src/steps/collect/routes.ts'
import { openKeyFile } from '../../../src/wings/embedded/access/key-file.ts'
import { openStreamReader } from '../../../src/wings/embedded/stream/lmdb-reader.ts'
import { openStreamWriter, type StreamWriterOptions } from '../../../src/wings/embedded/stream/lmdb-writer.ts'

export interface CollectServer {
  readonly url: string
  readonly keys: Readonly<Record<'write' | 'read' | 'server' | 'admin', string>>
  readonly collector: Collector
  readonly reader: StreamReader
  readonly records: () => Promise<readonly StreamRecord[]>
  readonly post: (body: unknown, init?: { query?: string; headers?: Record<string, string> }) => Promise<Response>
  readonly close: () => Promise<void>
}

export async function startCollectServer(
  options: {
    readonly routes?: Partial<CollectRoutesOptions>
    readonly stream?: Partial<StreamWriterOptions>
    readonly knownProducts?: readonly string[]
  } = {},
): Promise<CollectServer> {
  const folder = mkdtempSync(join(tmpdir(), 'hemline-collect-'))
  const clock = { nowMs: () => Date.now() }
  const stream = await openStreamWriter({ folder: join(folder, 'stream'), clock, randomBytes, ...options.stream })
  const reader = openStreamReader({
    folder: options.stream?.folder ?? join(folder, 'stream'),
    doorbell: stream.doorbell.memory,
  })
  const known = new Set(options.knownProducts ?? ['15970'])
  const keyFile = openKeyFile({ folder, clock, randomBytes, allowDemoKey: true })
  const collector = createCollector({ stream, clock, randomBytes, isKnownProduct: (id) => known.has(id) })
  const addresses = new WeakMap<Request, string>()
  const addressOf = (request: Request) => addresses.get(request) ?? null
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.use(async (c, next) => {
    addresses.set(c.req.raw, c.env.incoming.socket.remoteAddress ?? '')
    await next()
  })
  app.route(
    '/',
    collectRoutes({
      collector,
      clock,
      addressOf,
      authorize: createAuthorize(keyFile, addressOf),
      onFault: (error) => console.error(error),
      ...options.routes,
    }),
  )
  const { promise, resolve } = Promise.withResolvers<AddressInfo>()
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, resolve)
  const { port } = await promise
  const url = `http://127.0.0.1:${port}`
  const listed = Object.fromEntries(keyFile.list().map(({ role, key }) => [role, key ?? '']))
  const keys = { ...(listed as CollectServer['keys']), admin: keyFile.freshAdminKey ?? '' }
  return {
    url,
    keys,
    collector,
    reader,
    records: async () => (await reader.read(null, 10_000)).map(({ record }) => record),
    post: (body, init = {}) =>
      fetch(`${url}/v1/events${init.query ?? ''}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${keys.write}`, ...init.headers },
        body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
      }),
    async close() {
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed.promise
      await reader.close()
      await stream.close()
      rmSync(folder, { recursive: true })
    },
  }
}
