/**
 * night: how long the copy of a whole shop takes, from the first query to the last mart.
 *
 *   node bench/night.nightly.ts [--lines 10000000] [--days 730] [--write]
 *
 * A real PostgreSQL (Debian's package, or HEMLINE_TEST_POSTGRES_URL with an empty database) is filled with orders of
 * 2.5 lines on average; then the nights of all days run as one. Differences are those of the run's own reconciliation
 * and of sums asked again afterwards on both sides. Beside it the limit: COPY of the same lines to nowhere.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runDueNights } from '../src/app/workers/nights.ts'
import { openFolderLake } from '../src/app/lake-access.ts'
import { dataPaths } from '../src/app/data-folder.ts'
import { SHOP_DDL } from '../src/parts/shopdb/schema.ts'
import { withLakeConnection } from '../src/parts/sql/lake-connection.ts'
import { connectPostgres, type PostgresClient } from '../src/parts/shopdb/postgres-client.ts'
import { startPostgres } from '../test/contract/local-postgres.ts'
import { machine, report } from './result-line.ts'

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '10000000' },
    days: { type: 'string', default: '730' },
    write: { type: 'boolean', default: false },
  },
})
const LINES = Number(values.lines)
const DAYS = Number(values.days)
const PRODUCTS = 2000
const USERS = 100_000
const LINES_PER_ORDER = 2.5
/** A Monday, so that the last day has ended wherever this runs. */
const LAST_DAY = '2026-06-01'

const folder = mkdtempSync(join(tmpdir(), 'hemline-night-'))
const postgres = await startPostgres()
const client = await connectPostgres(postgres.url)
try {
  await fill(client)
  const limitSeconds = await seconds(() =>
    client.query(
      'SELECT count(*) FROM (SELECT order_id, product_id, quantity, unit_price, order_date FROM order_details JOIN orders ON id = order_id ORDER BY order_date, 1, 2) AS lines',
    ),
  )
  const paths = dataPaths(folder)
  mkdirSync(paths.work)
  const clock = { nowMs: () => Date.parse(`${LAST_DAY}T00:15:00Z`) + 86_400_000 }
  const lake = await openFolderLake(paths, { clock, memoryLimit: '512MB', threads: 2 })
  await lake.ensureTables()
  const phases: Record<string, number> = {}
  let phase = ''
  let phaseStart = performance.now()
  const onProgress = ({ label }: { readonly label: string }) => {
    if (phase !== '') phases[phase] = (performance.now() - phaseStart) / 1000
    phase = label
    phaseStart = performance.now()
  }
  const context = { lake, clock, timeZone: 'UTC', hashKey: '00'.repeat(32), admission: null, folder, onProgress }
  const nightSeconds = await seconds(() =>
    runDueNights(
      {
        shopdbUrl: postgres.url,
        shopdbMapping: null,
        date: null,
        since: null,
        expectsUsualDay: false,
        despiteChecks: false,
      },
      context,
    ),
  )
  const [shop] = await client.query(
    'SELECT count(*)::text AS rows, sum(quantity * unit_price)::numeric(18,2)::text AS money FROM order_details',
  )
  const [clean, mart] = await withLakeConnection(lake, ['clean.order_details', 'mart.sales_daily'], async (db) => {
    const rowOf = async (sql: string) => (await db.runAndReadAll(sql)).getRowObjectsJson()[0] ?? {}
    return [
      await rowOf(
        'SELECT CAST(count(*) AS VARCHAR) AS "rows", CAST(sum(quantity * unit_price) AS DECIMAL(18, 2)) AS money FROM clean.order_details',
      ),
      await rowOf('SELECT CAST(sum(units) AS VARCHAR) AS units FROM mart.sales_daily'),
    ]
  })
  lake.close()
  report(
    {
      bench: 'night',
      lines: Number(shop?.['rows']),
      days: DAYS,
      nightSeconds,
      linesPerSecond: LINES / nightSeconds,
      phaseSeconds: phases,
      limitSortSeconds: limitSeconds,
      rowDifference: Number(shop?.['rows']) - Number(clean?.['rows']),
      moneyShop: shop?.['money'],
      moneyClean: clean?.['money'],
      unitsInMart: mart?.['units'],
      peakResidentMiB: peakResidentMiB(),
      ...machine(),
    },
    values.write,
  )
} finally {
  await client.end()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}
process.exit(0)

/** Rows made by the server itself, the same for each run. */
async function fill(db: PostgresClient): Promise<void> {
  const orders = Math.round(LINES / LINES_PER_ORDER)
  await db.query(SHOP_DDL)
  await db.query(`INSERT INTO users (id, username, email, sex, birthdate, address)
    SELECT n, 'user' || n, 'user' || n || '@example.com', CASE WHEN n % 2 = 0 THEN 'F' ELSE 'M' END,
      date '1960-01-01' + (n % 16000)::integer, n || ' Main Street, ' || (ARRAY['Hue', 'Da Nang', 'Can Tho'])[1 + n % 3]
    FROM generate_series(1, ${USERS}) AS n`)
  await db.query(`INSERT INTO products (id, gender, master_category, sub_category, article_type, base_colour, season, year, usage, product_display_name, price, currency)
    SELECT n::text, (ARRAY['Women', 'Men'])[1 + n % 2], 'Apparel', 'Topwear', (ARRAY['Shirts', 'Jeans', 'Dresses', 'Tops', 'Shorts'])[1 + n % 5],
      (ARRAY['Red', 'Blue', 'Black', 'White', 'Green', 'Pink'])[1 + n % 6], 'Summer', 2026, 'Casual', 'Product ' || n, 5 + n % 90, 'EUR'
    FROM generate_series(1, ${PRODUCTS}) AS n`)
  await db.query(`INSERT INTO orders (id, user_id, order_date, total_price, currency)
    SELECT n, 1 + (n::bigint * 7919) % ${USERS}, timestamptz '${LAST_DAY} 00:00:00Z' - interval '${DAYS - 1} days' + (n - 1) * (interval '${DAYS} days' / ${orders}), 0, 'EUR'
    FROM generate_series(1, ${orders}) AS n`)
  await db.query(`INSERT INTO order_details (order_id, product_id, quantity, unit_price)
    SELECT 1 + (n - 1) % ${orders}, (1 + (n::bigint * 104729) % ${PRODUCTS})::text, 1 + n % 3, (500 + (n::bigint * 31) % 9000)::numeric / 100
    FROM generate_series(1, ${LINES}) AS n`)
  await db.query(`UPDATE orders SET total_price = lines.total FROM
    (SELECT order_id, sum(quantity * unit_price) AS total FROM order_details GROUP BY 1) AS lines WHERE lines.order_id = orders.id`)
  await db.query('ANALYZE')
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

/** Of this process, from Linux's own account; null elsewhere. */
function peakResidentMiB(): number | null {
  try {
    const line = /VmHWM:\s+(\d+) kB/u.exec(readFileSync('/proc/self/status', 'utf8'))
    return line === null ? null : Math.round(Number(line[1]) / 1024)
  } catch {
    return null
  }
}
