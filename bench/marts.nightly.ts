/**
 * marts: how long the night's marts take, from nothing and for one more day.
 *
 *   node bench/marts.nightly.ts [--lines 1000000] [--clicks-per-line 10] [--days 730] [--memory 1400MB] [--write]
 *
 * A made shop straight in clean: order lines, and ten times as many clicks, over two years. Then every mart from nothing,
 * one more day with its late neighbours, and the same again, where nothing may change. Goal for 10 M lines and 100 M clicks:
 * all marts within 15 minutes on 2 cores and 2 GB, one day within 30 s.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openLake, type Lake } from '../src/parts/lake/lake.ts'
import { LAKE_TABLES } from '../src/parts/lake/tables.ts'
import { addDays } from '../src/parts/shopdb/shop-day.ts'
import { buildMarts } from '../src/steps/report/build-marts.ts'
import { openFolderFileStore } from '../src/wings/embedded/lake/file-store.ts'
import { openFolderCatalogue } from '../src/wings/embedded/lake/table-catalogue.ts'
import { machine, report } from './result-line.ts'

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '1000000' },
    'clicks-per-line': { type: 'string', default: '10' },
    days: { type: 'string', default: '730' },
    memory: { type: 'string', default: '1400MB' },
    folder: { type: 'string', default: tmpdir() },
    write: { type: 'boolean', default: false },
  },
})
const LINES = Number(values.lines)
const CLICKS = LINES * Number(values['clicks-per-line'])
const DAYS = Number(values.days)
const LAST = '2026-11-23'
const FIRST = addDays(LAST, 1 - DAYS)
const MONTH = 31
const LINES_AN_ORDER = 2.5
const CLICKS_A_SESSION = 7
const LATE_DAYS = 8
const SAMPLE_MS = 200

const root = mkdtempSync(join(values.folder, 'hemline-bench-marts-'))
const lake = await openLake({
  files: await openFolderFileStore(root),
  catalogue: openFolderCatalogue(root),
  clock: { nowMs: () => Date.now() },
  entropy: (bytes) => randomBytes(bytes),
  tables: LAKE_TABLES,
  memoryLimit: values.memory,
  threads: 2,
  spillFolder: root,
})
try {
  await lake.ensureTables()
  await makeShop(lake, { first: FIRST, last: addDays(LAST, -1) })
  const all = await measure('all', { first: FIRST, last: addDays(LAST, -1) })
  await makeShop(lake, { first: LAST, last: LAST })
  const day = { first: addDays(LAST, 1 - LATE_DAYS), last: LAST }
  const one = await measure('one day', day)
  const again = await measure('again', day)
  report(
    {
      bench: 'marts',
      load: loadavg()[0],
      lines: LINES,
      clicks: CLICKS,
      days: DAYS,
      duckdbMemory: values.memory,
      all,
      one,
      again,
      ...machine(),
    },
    values.write,
  )
} finally {
  lake.close()
  rmSync(root, { recursive: true })
}

interface Span {
  readonly first: string
  readonly last: string
}

async function measure(name: string, span: Span) {
  const perMart: Record<string, number> = {}
  let peakBytes = 0
  const sampler = setInterval(() => (peakBytes = Math.max(peakBytes, process.memoryUsage.rss())), SAMPLE_MS)
  const before = process.cpuUsage()
  const startedMs = performance.now()
  const changed = await buildMarts({
    lake,
    ...span,
    onMart: (table, milliseconds) => (perMart[table] = Math.round(milliseconds)),
  })
  const elapsedMs = performance.now() - startedMs
  const { user, system } = process.cpuUsage(before)
  clearInterval(sampler)
  process.stderr.write(`${name}: ${(elapsedMs / 1000).toFixed(1)} s\n`)
  return {
    seconds: elapsedMs / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakRssMb: Math.round(peakBytes / 1024 ** 2),
    changed: changed.length,
    perMart,
  }
}

/** Rows of clean for the dates, a month at a time; what a row holds follows from its number alone. */
async function makeShop(on: Lake, span: Span): Promise<void> {
  const connection = await on.connect([])
  const products = Math.max(200, Math.round(LINES / 500))
  const users = Math.max(100, Math.round(LINES / 10))
  const visitors = users * 4
  // A product is drawn by the square of a uniform number, so that a few sell most.
  const product = (seed: string) =>
    `CAST(floor(${products} * power((hash(${seed}) % 1000003) / 1000003.0, 2)) AS BIGINT)`
  const attributes = (id: string) => `'p' || ${id} AS product_id, 'type ' || ${id} % 40 AS article_type,
    'colour ' || (${id} // 40) % 20 AS base_colour, CASE ${id} % 3 WHEN 0 THEN 'Men' WHEN 1 THEN 'Women' ELSE 'Unisex' END AS gender,
    CASE ${id} % 4 WHEN 0 THEN 'Summer' WHEN 1 THEN 'Winter' WHEN 2 THEN 'Fall' ELSE 'Spring' END AS season, 'Casual' AS usage`
  for (let from = span.first; from <= span.last; from = addDays(from, MONTH)) {
    const until = addDays(from, MONTH - 1)
    const last = until < span.last ? until : span.last
    const days = Math.round((Date.parse(last) - Date.parse(from)) / 86_400_000) + 1
    const dayNumber = Math.round((Date.parse(from) - Date.parse(FIRST)) / 86_400_000)
    const lines = Math.round((LINES / DAYS) * days)
    const clicks = Math.round((CLICKS / DAYS) * days)
    const offset = Math.round((LINES / DAYS) * dayNumber)
    const clickOffset = Math.round((CLICKS / DAYS) * dayNumber)
    const orderOf = `CAST(floor((${offset} + i) / ${LINES_AN_ORDER}) AS BIGINT)`
    const day = (count: number) => `DATE '${from}' + CAST(floor(i * ${days}.0 / ${count}) AS INTEGER)`
    await on.append('clean.order_details', {
      connection,
      sql: `SELECT *, CAST(date_trunc('month', shop_date) AS DATE) AS shop_month, quantity * unit_price AS net FROM (
        SELECT ${day(lines)} AS shop_date, 'o' || ${orderOf} AS order_id, 'u' || hash(${orderOf}) % ${users} AS user_id,
          ${attributes(product(`${offset} + i`))}, 1 AS quantity, CAST(9 + hash(i) % 90 AS DECIMAL(12,2)) AS unit_price,
          ${day(lines)} + INTERVAL 10 HOUR AS order_date, 'EUR' AS currency, true AS is_sale
        FROM range(${lines}) AS t(i))`,
    })
    const session = `CAST(floor((${clickOffset} + i) / ${CLICKS_A_SESSION}) AS BIGINT)`
    await on.append('clean.clickstreams', {
      connection,
      sql: `SELECT ${day(clicks)} AS shop_date, ${day(clicks)} + INTERVAL 10 HOUR + to_seconds(i % 40000) AS corrected_at,
          'e' || (${clickOffset} + i) AS event_id, 's' || ${session} AS session_id,
          'v' || hash(${session}) % ${visitors} AS visitor_key,
          CASE WHEN hash(${session}) % 100 < 45 THEN 'u' || hash(${session}) % ${users} END AS user_id,
          CASE WHEN hash(${clickOffset} + i) % 1000 < 930 THEN 'product_view' WHEN hash(${clickOffset} + i) % 1000 < 985
            THEN 'add_to_cart' ELSE 'purchase' END AS event_type,
          CASE WHEN hash(${clickOffset} + i) % 1000 >= 985 THEN 'o' || ${orderOf} END AS order_id,
          ${attributes(product(`${clickOffset} * 3 + i`))}, false AS is_bot, '{}' AS properties
        FROM range(${clicks}) AS t(i)`,
    })
    process.stderr.write(`made up to ${last}\n`)
  }
  await on.append('mart.nightly_runs', { rows: [{ shop_date: span.last, table_name: 'clean.orders', status: 'ok' }] })
  connection.closeSync()
}
