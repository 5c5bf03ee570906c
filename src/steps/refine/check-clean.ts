/**
 * refine/check-clean: whether the clean tables hold what every mart takes for granted.
 *
 * In: clean tables after a night's copy; expectations, a .sql file a table in `expectations/`.
 * Out: one finding for each expectation that is broken; one row a table in mart.nightly_runs.
 * Replay: adds to the history and changes nothing else.
 * Invariant: looks at rows, never repairs them; the caller builds no mart from tables that break an expectation.
 */
import type { Lake } from '../../parts/lake/lake.ts'
import { objectsOf, readTransform, withTransforms } from '../../parts/sql/lake-connection.ts'
import type { Clock } from '../../std/clock.ts'

const CHECKED = ['orders', 'order_details', 'users', 'products', 'clickstreams'] as const
/** Share of a usual day below which something is taken for lost. */
const LEAST_SHARE = '0.1'

export interface BrokenExpectation {
  readonly table: string
  readonly expectation: string
  readonly badRows: number
  readonly allowedRows: number
}

export interface CheckCleanOptions {
  readonly lake: Lake
  readonly clock: Clock
  /** Shop dates that may have changed, both included. */
  readonly first: string
  readonly last: string
  /** False where the newest day need not be a usual one: after an outage of our own, or in a backfill. */
  readonly expectsUsualDay: boolean
}

export async function checkClean(options: CheckCleanOptions): Promise<readonly BrokenExpectation[]> {
  const { lake, clock, first, last } = options
  const startedAt = new Date(clock.nowMs()).toISOString()
  const values = { first, last, least_share: options.expectsUsualDay ? LEAST_SHARE : '0' }
  const tables = CHECKED.map((table) => `clean.${table}`)
  const broken = await withTransforms(lake, tables, async (connection) => {
    const found: BrokenExpectation[] = []
    for (const table of CHECKED) {
      const sql = readTransform(new URL(`./expectations/${table}.sql`, import.meta.url), values)
      for (const row of await objectsOf(connection, sql)) {
        const badRows = Number(row['bad_rows'])
        const allowedRows = Number(row['allowed_rows'])
        if (badRows <= allowedRows) continue
        found.push({ table: `clean.${table}`, expectation: row['expectation'] ?? '', badRows, allowedRows })
      }
    }
    return found
  })
  const finishedAt = new Date(clock.nowMs()).toISOString()
  await lake.append('mart.nightly_runs', {
    rows: tables.map((table) => {
      const of = broken.filter((one) => one.table === table)
      return {
        shop_date: last,
        started_at: startedAt,
        finished_at: finishedAt,
        table_name: `${table} (expectations)`,
        status: of.length === 0 ? 'ok' : 'differs',
        ...(of.length === 0 ? {} : { message: of.map(brokenText).join('; ') }),
      }
    }),
  })
  return broken
}

/** Such as: clean.orders: no order comes twice, but 2 rows break it. */
export function brokenText({ table, expectation, badRows, allowedRows }: BrokenExpectation): string {
  const allowed = allowedRows > 0 ? ` (at most ${allowedRows} may)` : ''
  return `${table}: ${expectation}, but ${badRows} ${badRows === 1 ? 'row breaks' : 'rows break'} it${allowed}`
}
