/**
 * extract/edited-days: days copied before whose orders the shop has changed or deleted since.
 *
 * In: counts and sums of every day, from the shop and from clean.
 * Out: spans of days that differ, to be read again.
 * Invariant: sees what the overlap of each night is too short for; a day that agrees is never read.
 */
import type { Lake } from '../../parts/lake/lake.ts'
import { quoteText } from '../../parts/lake/schema.ts'
import type { ShopDatabase } from '../../parts/shopdb/port.ts'
import { nextDate } from '../../parts/shopdb/shop-day.ts'
import { objectsOf, withLakeConnection } from '../../parts/sql/lake-connection.ts'

/** Spans read again by one night; the next night goes on with the others. */
const SPANS_MAXIMUM = 12

/** @param upTo newest shop date that was copied; later ones are not due yet */
export async function editedDays(
  lake: Lake,
  shop: ShopDatabase,
  upTo: string,
): Promise<readonly (readonly string[])[]> {
  const copied = await copiedDays(lake, upTo)
  const [first] = copied.keys()
  if (first === undefined) return []
  const edited = new Set(copied.keys())
  for (const day of await shop.orderDays()) {
    // Before the first night nothing was ever asked for.
    if (day.shopDate < first || day.shopDate > upTo) continue
    if (copied.get(day.shopDate) === `${day.orders} ${day.ordersTotal}`) edited.delete(day.shopDate)
    else edited.add(day.shopDate)
  }
  return spansOf([...edited].toSorted())
}

/** Count and sum by shop date, oldest first. */
async function copiedDays(lake: Lake, upTo: string): Promise<ReadonlyMap<string, string>> {
  return withLakeConnection(lake, ['clean.orders'], async (connection) => {
    const rows = await objectsOf(
      connection,
      `SELECT CAST(shop_date AS VARCHAR) AS date, count(*) || ' ' || CAST(sum(total_price) AS DECIMAL(18, 2)) AS sums
       FROM clean.orders WHERE shop_date <= DATE ${quoteText(upTo)} GROUP BY shop_date ORDER BY shop_date`,
    )
    return new Map(rows.map((row) => [String(row['date']), String(row['sums'])]))
  })
}

/** Runs of dates without a gap, as many as one night reads again. */
export function spansOf(dates: readonly string[]): string[][] {
  const spans: string[][] = []
  for (const date of dates) {
    const span = spans.at(-1)
    const before = span?.at(-1)
    if (span !== undefined && before !== undefined && nextDate(before) === date) span.push(date)
    else spans.push([date])
  }
  return spans.slice(0, SPANS_MAXIMUM)
}
