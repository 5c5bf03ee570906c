/**
 * extract/run-nights: copies shop dates from the shop's database into the lake.
 *
 * In: dates in order; the shop's database; the lake.
 * Out: landing and clean tables, rows in mart.nightly_runs, and a report.
 * Guarantee: a night happens wholly or can be run again; the same date twice changes nothing but the history of runs.
 * Late edits: the days before the first date are read again, 3 by default.
 * Malformed: what cannot be read as its column fails the night with a code, before anything is replaced.
 * Invariant: one transaction reads all; shop, landing and clean agree to the cent, or the night says it failed.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Admission } from '../../parts/access/suppression.ts'
import type { Lake } from '../../parts/lake/lake.ts'
import { decimalOf, minorUnitsOf } from '../../parts/shopdb/money.ts'
import type { NightReading, NightSpan, ShopDatabase } from '../../parts/shopdb/port.ts'
import { addDays, datesBetween, shopDayBounds } from '../../parts/shopdb/shop-day.ts'
import { objectsOf, readTransform, withTransforms } from '../../parts/sql/lake-connection.ts'
import type { Clock } from '../../std/clock.ts'
import { HemlineError } from '../../std/errors.ts'
import { clean, firstLandedDate, land } from './landing.ts'
import { openNightFiles, type NightFiles } from './night-files.ts'
import { differencesOf, differencesText, type Reconciled, type Zone } from './reconcile.ts'

/** Days before the first date that are read again, for late edits and cancellations. */
export const OVERLAP_DAYS = 3

export interface NightOptions {
  readonly shop: ShopDatabase
  readonly lake: Lake
  readonly clock: Clock
  readonly timeZone: string
  /** Key of the e-mail hash, hex. */
  readonly hashKey: string
  /** Which users may be copied; null where nobody has been erased. */
  readonly admission: Admission | null
  /** A folder on this machine for files that live as long as the run. */
  readonly temporaryFolder: string
  readonly overlapDays?: number
}

/** Orders of the shop beside purchase events of the website, for a day that has such events. */
export interface PurchaseGap {
  readonly shopDate: string
  readonly orders: number
  readonly purchases: number
  readonly ordersWithoutEvent: number
  readonly eventsWithoutOrder: number
}

export interface NightReport {
  /** The dates asked for. */
  readonly dates: readonly string[]
  /** First date that was read, with the overlap. */
  readonly readFrom: string
  readonly orders: number
  readonly lines: number
  /** Sum of the orders' totals, decimal text, whatever their currencies: for reconciliation only. */
  readonly ordersTotal: string
  readonly users: number
  readonly products: number
  /** Tables that got new rows; empty when all was there already. */
  readonly changed: readonly string[]
  readonly gaps: readonly PurchaseGap[]
}

/** One run for one date. Same errors as `runNights`. */
export async function runNight(shopDate: string, options: NightOptions): Promise<NightReport> {
  return runNights([shopDate], options)
}

/**
 * One run for all of the dates: the shop is read once, and each table changes in one commit.
 *
 * @param dates shop dates without gaps, oldest first, at least one
 * @throws HEM_EXTRACT_RECONCILE when counts or sums differ; HEM_SHOPDB_… and HEM_LAKE_… of the ports
 */
export async function runNights(dates: readonly string[], options: NightOptions): Promise<NightReport> {
  const spanDates = await datesToRead(dates, options)
  const folder = await mkdtemp(join(options.temporaryFolder, 'night-'))
  try {
    return await landNight(await copyNight({ dates, spanDates }, folder, options), options)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What one reading of the shop gave, nobody named in it: facts beside files. */
export interface NightCopy {
  /** The dates asked for. */
  readonly dates: readonly string[]
  /** Those and the days before them that were read too. */
  readonly spanDates: readonly string[]
  /** ISO 8601 UTC. */
  readonly startedAt: string
  readonly totals: NightReading['totals']
  readonly paths: NightFiles['paths']
}

/** Reads the shop into files of a folder that exists. Needs no lake. */
export async function copyNight(
  { dates, spanDates }: Pick<NightCopy, 'dates' | 'spanDates'>,
  folder: string,
  options: Omit<NightOptions, 'lake' | 'temporaryFolder'>,
): Promise<NightCopy> {
  const startedAt = new Date(options.clock.nowMs()).toISOString()
  const { reading, files } = await readShop(spanDates, dates[dates.length - 1], folder, options)
  return { dates, spanDates, startedAt, totals: reading.totals, paths: files.paths }
}

/** Brings a copy into landing and clean, compares both with the shop, and writes the history. */
export async function landNight(copy: NightCopy, options: Pick<NightOptions, 'lake' | 'clock'>): Promise<NightReport> {
  const { lake, clock } = options
  const { dates, spanDates, startedAt } = copy
  const extractDate = dates[dates.length - 1]
  const read: Reconciled = { dates: spanDates, totals: copy.totals, extractDate }
  const context = { lake, clock, startedAt, dates }
  const landed = await land(lake, { extractDate, extractedAt: startedAt, paths: copy.paths })
  await refuseDifferences('landing', read, context)
  const cleaned = await clean(lake, { extractDate, first: spanDates[0], last: extractDate })
  await refuseDifferences('clean', read, context)
  const gaps = await purchaseGaps(lake, dates)
  await writeHistory(read, context, gaps)
  return { ...reportOf(dates, read), changed: [...landed, ...cleaned], gaps }
}

/**
 * The dates and the overlap before them. A run never reads less than an earlier run of the same extract date, so that
 * landing keeps what clean was made from.
 */
async function datesToRead(dates: readonly string[], options: NightOptions): Promise<readonly string[]> {
  const last = dates[dates.length - 1]
  const overlapped = addDays(dates[0], -(options.overlapDays ?? OVERLAP_DAYS))
  const landed = await firstLandedDate(options.lake, last)
  return datesBetween(landed !== null && landed < overlapped ? landed : overlapped, last)
}

async function readShop(
  spanDates: readonly string[],
  extractDate: string,
  folder: string,
  options: Omit<NightOptions, 'lake' | 'temporaryFolder'>,
): Promise<{ readonly reading: NightReading; readonly files: NightFiles }> {
  const bounds = spanDates.map((date) => shopDayBounds(date, options.timeZone))
  const span: NightSpan = {
    boundsMs: [bounds[0].startMs, ...bounds.map((day) => day.endMs)],
    firstDate: spanDates[0],
    timeZone: options.timeZone,
  }
  const { hashKey, admission } = options
  const files = openNightFiles({ folder, hashKey, admission, onDate: extractDate })
  try {
    const reading = await options.shop.readNight(span, files.sink)
    // The lake is to hold those who have not been erased, and no others.
    const totals = { ...reading.totals, users: reading.totals.users - files.leftOut() }
    return { reading: { ...reading, totals }, files }
  } finally {
    await files.close()
  }
}

interface RunContext {
  readonly lake: Lake
  readonly clock: Clock
  readonly startedAt: string
  readonly dates: readonly string[]
}

async function refuseDifferences(zone: Zone, read: Reconciled, context: RunContext): Promise<void> {
  const differences = await differencesOf(context.lake, zone, read)
  if (differences.length === 0) return
  const got = differencesText(differences)
  await appendRuns(context, [
    { shop_date: read.extractDate, table_name: `${zone}.orders`, status: 'differs', message: got },
  ])
  throw new HemlineError('HEM_EXTRACT_RECONCILE', {
    subject: `night of ${read.extractDate}, ${zone}`,
    expected: "the shop's own counts and sums",
    got,
    remedy: 'run the date again; if it stays, look for order ids that come twice or for amounts beyond two decimals',
  })
}

async function purchaseGaps(lake: Lake, dates: readonly string[]): Promise<readonly PurchaseGap[]> {
  const values = { first: dates[0], last: dates[dates.length - 1] }
  const sql = readTransform(new URL('./purchase-gap.sql', import.meta.url), values)
  return withTransforms(lake, ['clean.orders', 'clean.clickstreams'], async (connection) =>
    (await objectsOf(connection, sql)).map((row) => ({
      shopDate: String(row.shop_date),
      orders: Number(row.orders),
      purchases: Number(row.purchases),
      ordersWithoutEvent: Number(row.orders_without_event),
      eventsWithoutOrder: Number(row.events_without_order),
    })),
  )
}

interface RunRow {
  readonly shop_date: string
  readonly table_name: string
  readonly row_count?: number
  readonly sums?: string
  readonly status: 'ok' | 'differs'
  readonly message?: string
}

/** Two rows a date, two for what was copied whole, and one a date for the gap, where there are purchase events. */
async function writeHistory(read: Reconciled, context: RunContext, gaps: readonly PurchaseGap[]): Promise<void> {
  const rows = context.dates.flatMap((date): RunRow[] => {
    const day = read.totals.days[read.dates.indexOf(date)]
    const orders = { total_price: day.ordersTotal }
    const lines = { quantity: day.units, gross: day.gross }
    return [
      {
        shop_date: date,
        table_name: 'clean.orders',
        row_count: day.orders,
        sums: JSON.stringify(orders),
        status: 'ok',
      },
      {
        shop_date: date,
        table_name: 'clean.order_details',
        row_count: day.lines,
        sums: JSON.stringify(lines),
        status: 'ok',
      },
    ]
  })
  for (const table of ['users', 'products'] as const) {
    rows.push({
      shop_date: read.extractDate,
      table_name: `clean.${table}`,
      row_count: read.totals[table],
      status: 'ok',
    })
  }
  await appendRuns(context, [...rows, ...gaps.map(gapRow)])
}

function gapRow(gap: PurchaseGap): RunRow {
  const isEqual = gap.ordersWithoutEvent === 0 && gap.eventsWithoutOrder === 0
  return {
    shop_date: gap.shopDate,
    table_name: 'clean.clickstreams',
    row_count: gap.purchases,
    sums: JSON.stringify({
      orders: gap.orders,
      orders_without_event: gap.ordersWithoutEvent,
      events_without_order: gap.eventsWithoutOrder,
    }),
    status: isEqual ? 'ok' : 'differs',
    ...(isEqual ? {} : { message: gapText(gap) }),
  }
}

export function gapText(gap: PurchaseGap): string {
  return `orders without a purchase event: ${gap.ordersWithoutEvent}; purchase events without an order: ${gap.eventsWithoutOrder}`
}

/** Says in the history that the nights of these dates came to their end; what is not said is run again. */
export async function recordFinished(
  dates: readonly string[],
  context: { readonly lake: Lake; readonly clock: Clock; readonly startedAt: string },
): Promise<void> {
  await appendRuns(
    { ...context, dates },
    dates.map((date) => ({ shop_date: date, table_name: 'night', status: 'ok' })),
  )
}

async function appendRuns(context: RunContext, rows: readonly RunRow[]): Promise<void> {
  const finishedAt = new Date(context.clock.nowMs()).toISOString()
  await context.lake.append('mart.nightly_runs', {
    rows: rows.map((row) => ({ ...row, started_at: context.startedAt, finished_at: finishedAt })),
  })
}

function reportOf(dates: readonly string[], read: Reconciled): Omit<NightReport, 'changed' | 'gaps'> {
  const asked = read.totals.days.slice(read.dates.length - dates.length)
  return {
    dates,
    readFrom: read.dates[0],
    orders: asked.reduce((sum, day) => sum + day.orders, 0),
    lines: asked.reduce((sum, day) => sum + day.lines, 0),
    ordersTotal: decimalOf(asked.reduce((sum, day) => sum + minorUnitsOf(day.ordersTotal), 0n)),
    users: read.totals.users,
    products: read.totals.products,
  }
}
