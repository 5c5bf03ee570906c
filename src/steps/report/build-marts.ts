/**
 * report/build-marts: shapes clean tables for a marketer's questions.
 *
 * In: shop dates whose clean rows may have changed.
 * Out: every mart; those of days for these dates, the others as of the newest night.
 * Replay: a mart is a function of clean, so building it again changes nothing.
 * Late events: the caller names every date it wants again.
 * Invariant: marts are built in an order in which each finds those it reads; rows of other dates stay as they are.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { dayOf } from '../../parts/lake/bounds.ts'
import type { Lake } from '../../parts/lake/lake.ts'
import { replaceChanged, replaceDates } from '../../parts/lake/replace-changed.ts'
import { addDays } from '../../parts/shopdb/shop-day.ts'
import { readTransform, withLakeConnection, withTransforms } from '../../parts/sql/lake-connection.ts'
import { buildClvModel } from './clv/build-clv-model.ts'
import { chunksOf, type Span } from './day-chunks.ts'
import { buildLeaderboard } from './trends/build-leaderboard.ts'

/** How much of a mart one night replaces. */
type Extent =
  /** The rows of the dates named, some million rows of clean at a time. */
  | 'days'
  /** The rows of the newest night. */
  | 'newest'
  /** All rows. */
  | 'whole'

interface Mart {
  readonly table: string
  readonly extent: Extent
  readonly reads: readonly string[]
}

const CLICKS = 'clean.clickstreams'
const LINES = 'clean.order_details'

const MARTS: readonly Mart[] = [
  { table: 'sales_daily', extent: 'days', reads: [LINES, 'clean.returns'] },
  { table: 'product_interest_daily', extent: 'days', reads: [CLICKS, LINES, 'clean.users', 'clean.products'] },
  { table: 'funnel_daily', extent: 'days', reads: [CLICKS] },
  { table: 'attention_daily', extent: 'days', reads: [CLICKS] },
  { table: 'recs_daily', extent: 'days', reads: [CLICKS, LINES] },
  { table: 'clv_model', extent: 'whole', reads: [LINES, 'mart.clv_model', 'mart.clv_pattern'] },
  { table: 'clv', extent: 'whole', reads: [LINES, 'mart.clv_model', 'mart.clv_pattern'] },
  { table: 'customer', extent: 'whole', reads: [LINES, 'mart.clv'] },
  { table: 'rfm', extent: 'whole', reads: ['mart.customer'] },
  { table: 'cohort_monthly', extent: 'whole', reads: [LINES, 'mart.customer'] },
  { table: 'new_returning', extent: 'days', reads: [LINES, CLICKS, 'mart.customer'] },
  { table: 'basket_affinity', extent: 'whole', reads: [LINES, 'clean.products'] },
  { table: 'discount_effect', extent: 'whole', reads: [LINES, 'clean.orders'] },
  { table: 'returns', extent: 'whole', reads: ['clean.returns', LINES, 'clean.stock'] },
  { table: 'stock_slow', extent: 'whole', reads: ['clean.stock', 'landing.stock', LINES, 'clean.products'] },
  { table: 'recs_lift', extent: 'newest', reads: [CLICKS, LINES] },
  {
    table: 'trend_leaderboard',
    extent: 'newest',
    reads: ['mart.attention_daily', 'mart.stock_slow', 'clean.products'],
  },
  { table: 'consent', extent: 'whole', reads: [CLICKS, 'mart.consent'] },
  {
    table: 'audience',
    extent: 'whole',
    reads: [CLICKS, 'mart.trend_leaderboard', 'mart.consent', 'mart.customer'],
  },
]

export interface MartsOptions extends Span {
  readonly lake: Lake
  /** These marts alone, by the name of their table; what they read is taken as it is. */
  readonly only?: readonly string[]
  readonly onMart?: (table: string, milliseconds: number) => void
}

/**
 * @param options.first first shop date to build, "YYYY-MM-DD"
 * @param options.last last one
 * @returns names of the marts that got other rows than before
 */
export async function buildMarts(options: MartsOptions): Promise<readonly string[]> {
  const { lake, first, last, only } = options
  const marts = MARTS.filter(({ table }) => only === undefined || only.includes(table))
  const tables = [...new Set([CLICKS, LINES, ...marts.flatMap(({ reads }) => reads)])]
  // One connection for all: to speak the dialect takes each new one some 40 ms.
  return withTransforms(lake, tables, async (connection) => {
    const bench = { lake, connection }
    const newest = await newestNight(lake, last)
    await showClicks(bench, { first, last })
    const chunks = await chunksOf(connection, { first, last })
    const changed: string[] = []
    for (const mart of marts) {
      const startedMs = performance.now()
      const names = await build(bench, mart, { first, last, newest, chunks })
      for (const name of names.filter((one) => tables.includes(one))) await showNewest(lake, connection, name)
      changed.push(...names)
      options.onMart?.(mart.table, performance.now() - startedMs)
    }
    return changed
  })
}

interface Bench {
  readonly lake: Lake
  readonly connection: DuckDBConnection
}

interface Asked extends Span {
  readonly newest: string
  readonly chunks: readonly Span[]
}

/** Returns the names of the tables that changed. */
async function build(bench: Bench, mart: Mart, asked: Asked): Promise<readonly string[]> {
  const { lake, connection } = bench
  const name = `mart.${mart.table}`
  if (mart.table === 'clv_model') return buildClvModel(lake, connection, asked.newest)
  if (mart.table === 'trend_leaderboard') return buildLeaderboard(lake, connection, asked.newest)
  const selectFor = (span: Span) =>
    readTransform(new URL(`./marts/${mart.table}.sql`, import.meta.url), { first: span.first, last: span.last })
  const readsClicks = mart.reads.includes(CLICKS)
  const lately = addDays(asked.newest, -CLICKS_BEFORE_DAYS)
  if (readsClicks) await showClicks(bench, { first: asked.first < lately ? asked.first : lately, last: asked.newest })
  if (mart.extent === 'whole') {
    const select = selectFor({ first: asked.first, last: asked.newest })
    return (await replaceChanged(lake, name, 'all', { connection, select })) ? [name] : []
  }
  const spans = mart.extent === 'days' ? asked.chunks : [{ first: asked.newest, last: asked.newest }]
  let isChanged = false
  for (const span of spans) {
    if (readsClicks && mart.extent === 'days') await showClicks(bench, span)
    if (await replaceDates(lake, name, { connection, select: selectFor(span), ...span })) isChanged = true
  }
  return isChanged ? [name] : []
}

/** No mart looks further back than this from the first date it builds, nor further ahead from the last. */
const CLICKS_BEFORE_DAYS = 31
const CLICKS_AFTER_DAYS = 2

/** Years of clicks are a file a day, and each question opens all that it is shown: so it is shown those it can need. */
async function showClicks({ lake, connection }: Bench, { first, last }: Span): Promise<void> {
  const days = { first: dayOf(addDays(first, -CLICKS_BEFORE_DAYS)), last: dayOf(addDays(last, CLICKS_AFTER_DAYS)) }
  const { sql } = await lake.snapshotFiles(CLICKS, { days })
  await connection.run(`CREATE OR REPLACE VIEW ${CLICKS} AS SELECT * FROM ${sql}`)
}

/** Later marts read what this one has just become. */
async function showNewest(lake: Lake, connection: DuckDBConnection, name: string): Promise<void> {
  const { tables } = await lake.snapshot([name])
  for (const { select } of tables) await connection.run(`CREATE OR REPLACE VIEW ${name} AS ${select}`)
}

/** A re-run of an old date must not make the marts of today older. */
async function newestNight(lake: Lake, last: string): Promise<string> {
  return withLakeConnection(lake, ['mart.nightly_runs'], async (connection) => {
    const rows = await connection.runAndReadAll(
      `SELECT CAST(max(shop_date) AS VARCHAR) AS newest FROM mart.nightly_runs
       WHERE table_name = 'clean.orders' AND status = 'ok'`,
    )
    const newest = rows.getRowObjectsJson()[0]['newest'] as string | null
    return newest !== null && newest > last ? newest : last
  })
}
