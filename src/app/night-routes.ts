/**
 * app/night-routes: the history of the nights, as JSON and as a page.
 *
 * In: a server key; how many dates.
 * Out: for each shop date, newest first, what its last run wrote to each table, its sums and what failed.
 * Invariant: reads mart.nightly_runs by the same guarded SQL as everybody.
 */
import { Hono } from 'hono'
import type { Authorize } from '../parts/access/authorize.ts'
import { rowsAsObjects, type SqlRunner } from '../parts/sql/port.ts'
import { problemResponse } from '../std/problem.ts'
import { strictQuery, wholeNumber } from '../std/query.ts'

const MAX_DATES = 120
const DEFAULT_DATES = 30

export interface NightRouteOptions {
  readonly sql: SqlRunner
  readonly authorize: Authorize
}

export function nightRoutes({ sql, authorize }: NightRouteOptions): Hono {
  const app = new Hono()
  app.onError((error) => problemResponse(error))
  app.get('/v1/nights', async (c) => {
    const query = strictQuery(c.req.url, ['limit', 'key'])
    authorize(c.req.raw, 'server')
    const dates = wholeNumber(query, 'limit', { least: 1, most: MAX_DATES, fallback: DEFAULT_DATES })
    const rows = rowsAsObjects(await sql.run(historySql(dates))) as unknown as readonly NightRow[]
    const nights = Map.groupBy(rows, (row) => row.shop_date)
    return c.json({
      nights: [...nights].map(([shop_date, runs]) => ({
        shop_date,
        is_done: runs.some((run) => run.table_name === 'night'),
        started_at: runs.map((run) => run.started_at).toSorted()[0],
        finished_at: runs
          .map((run) => run.finished_at)
          .toSorted()
          .at(-1),
        tables: runs.map(({ table_name, row_count, sums, status, message }) => ({
          table_name,
          row_count,
          sums: sums === null ? null : (JSON.parse(sums) as unknown),
          status,
          message,
        })),
      })),
    })
  })
  return app
}

interface NightRow {
  readonly shop_date: string
  readonly table_name: string
  readonly started_at: string
  readonly finished_at: string
  readonly row_count: number | string | null
  readonly sums: string | null
  readonly status: string
  readonly message: string | null
}

/** The newest run of each table and date. */
function historySql(dates: number): string {
  return `SELECT CAST(shop_date AS VARCHAR) AS shop_date, table_name, started_at, finished_at, row_count, sums, status, message
    FROM (
      SELECT *, row_number() OVER (PARTITION BY shop_date, table_name ORDER BY finished_at DESC) AS place
      FROM mart.nightly_runs
      WHERE shop_date IN (SELECT DISTINCT shop_date FROM mart.nightly_runs ORDER BY shop_date DESC LIMIT ${dates})
    ) AS runs
    WHERE place = 1 ORDER BY shop_date DESC, table_name`
}
