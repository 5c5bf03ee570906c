/**
 * respond/sql-routes: questions in SQL over HTTP, with the admin key.
 *
 * In: a statement, or the name of a saved question, and values for its parameters.
 * Out: one JSON object, by `Cache-Control: max-age=60` one of the last minute, or, by `Accept: application/x-ndjson`, a
 *   line for each row as it comes.
 * Invariant: a fault before the first row is a problem+json; later, and where an answer was cut, the last line is one.
 */
import { Hono } from 'hono'
import type { Context } from 'hono'
import type { Authorize } from '../../parts/access/authorize.ts'
import type { SqlColumn, SqlRunner } from '../../parts/sql/port.ts'
import { rowAsObject } from '../../parts/sql/port.ts'
import { truncated } from '../../parts/sql/refusals.ts'
import { savedQueries, savedStatement } from '../../parts/sql/saved-queries.ts'
import type { Clock } from '../../std/clock.ts'
import { problemOf } from '../../std/problem.ts'
import { strictQuery } from '../../std/query.ts'
import { createSqlCache, type SqlCache } from './sql-cache.ts'
import { statementOf } from './sql-request.ts'

export interface SqlRoutesOptions {
  readonly sql: SqlRunner
  readonly clock: Clock
  readonly authorize: Authorize
}

const NDJSON = 'application/x-ndjson'

export function sqlRoutes({ sql, clock, authorize }: SqlRoutesOptions): Hono {
  const app = new Hono()
  const cache = createSqlCache(sql, clock)

  app.post('/v1/sql', async (c) => {
    strictQuery(c.req.url, [])
    authorize(c.req.raw, 'admin')
    return answer(c, { sql, cache }, await statementOf(c.req.raw))
  })

  app.get('/v1/sql', (c) => {
    strictQuery(c.req.url, ['key'])
    authorize(c.req.raw, 'admin')
    return c.json({ saved: savedQueries().map(({ name, title, parameters }) => ({ name, title, parameters })) })
  })

  app.get('/v1/sql/:name', (c) => {
    const name = c.req.param('name')
    const known = savedQueries().find((query) => query.name === name)?.parameters ?? []
    const query = strictQuery(c.req.url, ['key', ...known.map((parameter) => parameter.name)])
    authorize(c.req.raw, 'admin')
    const values = Object.fromEntries([...query].filter(([key]) => key !== 'key'))
    return answer(c, { sql, cache }, savedStatement(name, values))
  })
  return app
}

interface Answerers {
  readonly sql: SqlRunner
  readonly cache: SqlCache
}

async function answer(c: Context, { sql, cache }: Answerers, statement: string): Promise<Response> {
  if (c.req.header('accept')?.includes(NDJSON)) return streamed(sql, statement)
  // As HTTP has it: the asker says how old an answer may be, and is told how old it is.
  const accepted = Number(/(?:^|[\s,])max-age=(\d{1,6})/i.exec(c.req.header('cache-control') ?? '')?.[1] ?? 0)
  const { result, ageSeconds } = await cache.run(statement, { ageSeconds: accepted, signal: c.req.raw.signal })
  return c.json(result, 200, { age: String(ageSeconds) })
}

/** Rows are bounded by the runner, so a reader that is slow costs at most one answer's memory. */
async function streamed(sql: SqlRunner, statement: string): Promise<Response> {
  const begun = Promise.withResolvers<void>()
  const gone = new AbortController()
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (values: readonly unknown[]) => {
        if (gone.signal.aborted || values.length === 0) return
        controller.enqueue(encoder.encode(values.map((value) => `${JSON.stringify(value)}\n`).join('')))
      }
      const finish = (last: readonly unknown[]) => {
        send(last.map(problemOf))
        if (!gone.signal.aborted) controller.close()
      }
      let columns: readonly SqlColumn[] = []
      const sink: Parameters<SqlRunner['stream']>[1] = {
        onColumns(found) {
          columns = found
          begun.resolve()
        },
        onRows: (rows) => send(rows.map((row) => rowAsObject(columns, row))),
      }
      sql.stream(statement, sink, { signal: gone.signal }).then(
        (summary) => finish(summary.truncated ? [truncated()] : []),
        (error: unknown) => {
          begun.reject(error)
          finish([error])
        },
      )
    },
    cancel: () => gone.abort(),
  })
  await begun.promise
  return new Response(body, { headers: { 'content-type': NDJSON } })
}
