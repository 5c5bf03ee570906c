/**
 * test/parts/sql/trino-client: asks a Trino over HTTP.
 *
 * In: its address, and a statement.
 * Out: rows with values as `json-rows.ts` writes them.
 * Invariant: waits for the last page, at most a minute.
 * Source: Trino documentation, "Trino client REST API".
 */
interface Page {
  readonly nextUri?: string
  readonly columns?: readonly { readonly type: string }[]
  readonly data?: readonly (readonly unknown[])[]
  readonly error?: { readonly message: string }
}

const TIMEOUT_MS = 60_000

export async function askTrino(url: string, sql: string): Promise<unknown[][]> {
  const headers = { 'x-trino-user': 'hemline', 'x-trino-time-zone': 'UTC' }
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const read = async (response: Response): Promise<Page> => (await response.json()) as Page
  let page = await read(await fetch(new URL('/v1/statement', url), { method: 'POST', headers, body: sql, signal }))
  const rows: unknown[][] = []
  for (;;) {
    if (page.error !== undefined) throw new Error(page.error.message)
    const types = page.columns?.map((column) => column.type) ?? []
    for (const row of page.data ?? []) rows.push(row.map((value, index) => plain(value, types[index] ?? '')))
    if (page.nextUri === undefined) return rows
    page = await read(await fetch(page.nextUri, { headers, signal }))
  }
}

/** Decimals and times come as text in Trino's own form. */
function plain(value: unknown, type: string): unknown {
  if (typeof value !== 'string') return value
  if (type.startsWith('decimal')) return Number(value)
  if (type === 'double' || type === 'real') return value
  if (!type.startsWith('timestamp')) return value
  const text = value.replace(/ UTC$/, '')
  return new Date(`${text.replace(' ', 'T')}Z`).toISOString()
}
