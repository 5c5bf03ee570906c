/**
 * extract/due-nights: which shop dates a run has to copy.
 *
 * In: the last date copied, the clock, and what a person asked for.
 * Out: dates in order.
 * Invariant: a day is copied only after it has ended in the shop's zone; no date is left out.
 */
import type { Lake } from '../../parts/lake/lake.ts'
import type { ShopDatabase } from '../../parts/shopdb/port.ts'
import {
  DATES_MAXIMUM,
  addDays,
  datesBetween,
  nextDate,
  nightDueMs,
  shopDateOf,
  shopDayBounds,
} from '../../parts/shopdb/shop-day.ts'
import { objectsOf, withLakeConnection } from '../../parts/sql/lake-connection.ts'
import type { Clock } from '../../std/clock.ts'
import { HemlineError } from '../../std/errors.ts'

export interface DueOptions {
  readonly lake: Lake
  readonly shop: ShopDatabase
  readonly clock: Clock
  readonly timeZone: string
  /** This date only. */
  readonly date: string | null
  /** This date and all after it. With neither: every date missed since the last run, or since the first order. */
  readonly since: string | null
}

/** @throws HEM_NIGHT_DATE_INVALID for a date that is none, or has not ended */
export async function datesToRun(options: DueOptions): Promise<readonly string[]> {
  const { clock, timeZone, date, since } = options
  const nowMs = clock.nowMs()
  const yesterday = addDays(shopDateOf(nowMs, timeZone), -1)
  const asked = date ?? since
  if (asked !== null) {
    if (shopDayBounds(asked, timeZone).endMs > nowMs) throw notEnded(asked, yesterday)
    return datesBetween(asked, date ?? yesterday)
  }
  return datesSince(await lastNight(options.lake), options)
}

/** Every date that is due after the last one done; where none is, from the first order. */
export async function datesSince(
  done: string | null,
  options: Pick<DueOptions, 'shop' | 'clock' | 'timeZone'>,
): Promise<readonly string[]> {
  const newest = newestDueDate(options.clock.nowMs(), options.timeZone)
  const first = done === null ? ((await firstOrderDate(options)) ?? newest) : nextDate(done)
  return first > newest ? [] : datesBetween(first, minDate(newest, addDays(first, DATES_MAXIMUM - 1)))
}

/** The newest date whose night is due: yesterday, but between midnight and 00:01 the day before. */
function newestDueDate(nowMs: number, timeZone: string): string {
  const yesterday = addDays(shopDateOf(nowMs, timeZone), -1)
  return nightDueMs(yesterday, timeZone) <= nowMs ? yesterday : addDays(yesterday, -1)
}

/** The next night that is not due yet: its date and its instant. */
export function nextNight(nowMs: number, timeZone: string): { readonly shopDate: string; readonly dueMs: number } {
  const shopDate = nextDate(newestDueDate(nowMs, timeZone))
  return { shopDate, dueMs: nightDueMs(shopDate, timeZone) }
}

/** Newest shop date whose night came to its end, marts included, or null. */
export async function lastNight(lake: Lake): Promise<string | null> {
  return withLakeConnection(lake, ['mart.nightly_runs'], async (connection) => {
    const [row] = await objectsOf(
      connection,
      `SELECT CAST(max(shop_date) AS VARCHAR) AS last FROM mart.nightly_runs
       WHERE table_name = 'night' AND status = 'ok'`,
    )
    return row.last
  })
}

async function firstOrderDate({ shop, timeZone }: Pick<DueOptions, 'shop' | 'timeZone'>): Promise<string | null> {
  const oldestMs = await shop.oldestOrderMs()
  return oldestMs === null ? null : shopDateOf(oldestMs, timeZone)
}

function minDate(left: string, right: string): string {
  return left < right ? left : right
}

function notEnded(asked: string, yesterday: string): HemlineError {
  return new HemlineError('HEM_NIGHT_DATE_INVALID', {
    subject: 'shop date',
    expected: `a day that has ended, ${yesterday} or earlier`,
    got: asked,
    remedy: 'wait until the day is over in the shop',
  })
}
