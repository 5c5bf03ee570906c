/**
 * report/build-marts: shapes clean tables for a marketer's questions.
 *
 * In: shop dates whose clean rows may have changed.
 * Out: mart.sales_daily and mart.product_interest_daily for these dates.
 * Replay: a mart is a function of clean, so building it again changes nothing.
 * Late events: the caller names every date it wants again; a day's rank also looks at the seven days before it.
 * Invariant: rows of other dates stay as they are.
 */
import type { Lake } from '../../parts/lake/lake.ts'
import { replaceDates } from '../../parts/lake/replace-changed.ts'
import { readTransform, withTransforms } from '../../parts/sql/lake-connection.ts'

interface Mart {
  readonly table: string
  readonly reads: readonly string[]
}

const MARTS: readonly Mart[] = [
  { table: 'sales_daily', reads: ['clean.order_details'] },
  {
    table: 'product_interest_daily',
    reads: ['clean.clickstreams', 'clean.order_details', 'clean.users', 'clean.products'],
  },
]

/**
 * @param options.first first shop date to build, "YYYY-MM-DD"
 * @param options.last last one
 * @returns names of the marts that got other rows than before
 */
export async function buildMarts(options: {
  readonly lake: Lake
  readonly first: string
  readonly last: string
}): Promise<readonly string[]> {
  const { lake, first, last } = options
  const changed: string[] = []
  for (const { table, reads } of MARTS) {
    const name = `mart.${table}`
    const select = readTransform(new URL(`./marts/${table}.sql`, import.meta.url), { first, last })
    const isChanged = await withTransforms(lake, reads, (connection) =>
      replaceDates(lake, name, { connection, select, first, last }),
    )
    if (isChanged) changed.push(name)
  }
  return changed
}
