/**
 * app/page-routes: the page at `/`, its files and the shop's pictures.
 *
 * In: files of src/app/page; a folder of pictures, or none.
 * Out: static files with a strict content policy.
 * Invariant: only files whose names are known or are plain ids are ever read.
 */
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { Hono } from 'hono'

const PAGE_FOLDER = join(import.meta.dirname, 'page')
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
const HEADERS = { 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache' }

/** @param images folder of <id>.jpg, or null */
export function pageRoutes(images: string | null): Hono {
  const files = new Map(readdirSync(PAGE_FOLDER).map((name) => [name, readFileSync(join(PAGE_FOLDER, name))]))
  const app = new Hono()
  const file = (name: string): Response | null => {
    const bytes = files.get(name)
    const type = TYPES[name.split('.').at(-1) ?? '']
    if (bytes === undefined || type === undefined) return null
    return new Response(bytes, { headers: { ...HEADERS, 'content-type': type } })
  }
  app.get('/', (c) => file('index.html') ?? c.notFound())
  app.get('/nights', (c) => file('nights.html') ?? c.notFound())
  app.get('/assets/:name', (c) => file(c.req.param('name')) ?? c.notFound())
  app.get('/images/:name', (c) => picture(images, c.req.param('name')) ?? c.notFound())
  return app
}

function picture(folder: string | null, name: string): Response | null {
  if (folder === null || !/^[\w-]{1,64}\.jpg$/.test(name)) return null
  const path = join(folder, name)
  try {
    const { size } = statSync(path)
    const body = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>
    const headers = { 'content-type': 'image/jpeg', 'content-length': String(size), 'cache-control': 'max-age=86400' }
    return new Response(body, { headers })
  } catch {
    return null
  }
}
