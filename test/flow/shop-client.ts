/**
 * shop-client: what a shop's web developer would write against the HTTP interface.
 *
 * In: a running Hemline.
 * Out: its calls, with the key each needs.
 * Invariant: nothing here knows how Hemline works inside.
 */
import type { HemlineProcess } from './hemline-process.ts'

export interface Ack {
  readonly accepted: number
  readonly duplicates: number
  readonly rejected: readonly { readonly index: number; readonly code: string; readonly message: string }[]
  readonly last: { readonly shard: string; readonly sequence_number: string }
}

export interface Slate {
  readonly slate_id: string
  readonly placement: string
  readonly items: readonly {
    readonly product_id: string
    readonly score: number
    readonly reason: { readonly text: string }
  }[]
  readonly computed_at: string
  readonly as_of: { readonly shard: string; readonly sequence_number: string }
}

export interface ShopClient {
  post(body: unknown): Promise<Ack>
  putProducts(products: unknown): Promise<void>
  slate(query: string): Promise<Slate>
  /** Reads until `as_of` covers the position; fails after 10 s. */
  slateCovering(query: string, last: Ack['last']): Promise<Slate>
  sql<Row = Record<string, unknown>>(sql: string): Promise<Row[]>
  get(path: string, key?: string | null): Promise<Response>
}

const COVER_TIMEOUT_MS = 10_000

export function shopClient(hemline: HemlineProcess): ShopClient {
  const { url, keys } = hemline
  const send = async (method: string, path: string, key: string | null | undefined, body?: unknown) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as never
  }
  const slate = (query: string): Promise<Slate> => send('GET', `/v1/recommendations?${query}`, keys['server'])
  return {
    post: (body) => send('POST', '/v1/events', keys['write'], body),
    putProducts: (products) => send('PUT', '/v1/products', keys['server'], products),
    slate,
    async slateCovering(query, last) {
      const deadline = performance.now() + COVER_TIMEOUT_MS
      for (;;) {
        const answer = await slate(query)
        if (answer.as_of.sequence_number >= last.sequence_number) return answer
        if (performance.now() > deadline) throw new Error(`no slate covers ${last.sequence_number}`)
      }
    },
    async sql<Row>(sql: string) {
      const answer: { columns: { name: string }[]; rows: unknown[][] } = await send('POST', '/v1/sql', keys['admin'], {
        sql,
      })
      const names = answer.columns.map((column) => column.name)
      return answer.rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]]))) as Row[]
    },
    get: (path, key = keys['read']) => fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } }),
  }
}

/** Twenty plain products: shirts and jeans in two colours, ids "1" to "20". */
export function twentyProducts(): Record<string, unknown>[] {
  return Array.from({ length: 20 }, (_, n) => ({
    id: String(n + 1),
    gender: n % 2 === 0 ? 'Men' : 'Women',
    master_category: 'Apparel',
    sub_category: n < 10 ? 'Topwear' : 'Bottomwear',
    article_type: n < 10 ? 'Shirts' : 'Jeans',
    base_colour: n % 3 === 0 ? 'Blue' : 'Black',
    season: 'Fall',
    year: 2026,
    usage: 'Casual',
    product_display_name: `Piece ${n + 1}`,
    price: '39.90',
    currency: 'EUR',
  }))
}
