/**
 * extract/landing: what a night read becomes landing, and landing becomes clean.
 *
 * In: files of one reading; the open lake.
 * Out: commits, or none where the rows were there already.
 * Replay: the partition of the extract date is replaced as a whole; clean holds the newest reading of each shop date.
 * Invariant: clean is a function of landing alone.
 */
import type { Lake } from '../../parts/lake/lake.ts'
import { replaceChanged, replaceDates } from '../../parts/lake/replace-changed.ts'
import { quoteName, quoteText, sqlType, type ColumnType } from '../../parts/lake/schema.ts'
import { SHOP_TABLES } from '../../parts/lake/shop-tables.ts'
import { objectsOf, readTransform, withLakeConnection, withTransforms } from '../../parts/sql/lake-connection.ts'
import { NIGHT_TABLES, type NightFiles, type NightTable } from './night-files.ts'

/** A region that fewer users share could point at one of them. */
const REGION_USERS_MINIMUM = 5

/** Added here, since they are the same for all rows. */
const STAMPS = ['extract_date', 'extracted_at']

export interface Landing {
  readonly extractDate: string
  /** ISO 8601 UTC. */
  readonly extractedAt: string
  readonly paths: NightFiles['paths']
}

/** Replaces the extract date's partition in the landing tables. Returns the names of those that changed. */
export async function land(lake: Lake, landing: Landing): Promise<readonly string[]> {
  const changed: string[] = []
  await withLakeConnection(lake, [], async (connection) => {
    for (const table of NIGHT_TABLES) {
      const name = `landing.${table}`
      const select = landingSelect(table, landing)
      const partition = { column: 'extract_date', date: landing.extractDate }
      if (await replaceChanged(lake, name, partition, { connection, select, ignore: ['extracted_at'] })) {
        changed.push(name)
      }
    }
  })
  return changed
}

/** Brings the landing rows of an extract into clean, for the shop dates it read. */
export async function clean(
  lake: Lake,
  span: { readonly extractDate: string; readonly first: string; readonly last: string },
): Promise<readonly string[]> {
  const sources = NIGHT_TABLES.map((table) => `landing.${table}`)
  const transform = (file: string): string =>
    readTransform(new URL(`./${file}.sql`, import.meta.url), { extract_date: span.extractDate })
  return withTransforms(lake, sources, async (connection) => {
    const dated = async (name: string, file: string, key?: string): Promise<boolean> =>
      replaceDates(lake, name, {
        connection,
        select: transform(file),
        first: span.first,
        last: span.last,
        ...(key === undefined ? {} : { key }),
      })
    const whole = async (name: string, file: string): Promise<boolean> =>
      replaceChanged(lake, name, 'all', { connection, select: transform(file) })
    return changedOf([
      ['clean.orders', await dated('clean.orders', 'clean-orders', 'order_id')],
      ['clean.order_details', await dated('clean.order_details', 'clean-order-details', 'order_id')],
      ['clean.returns', await dated('clean.returns', 'clean-returns')],
      ['clean.stock', await whole('clean.stock', 'clean-stock')],
      ['clean.users', await whole('clean.users', 'clean-users')],
      ['clean.products', await whole('clean.products', 'clean-products')],
    ])
  })
}

/** First shop date that an earlier run of this extract date read, or null. */
export async function firstLandedDate(lake: Lake, extractDate: string): Promise<string | null> {
  return withLakeConnection(lake, ['landing.orders'], async (connection) => {
    const [row] = await objectsOf(
      connection,
      `SELECT CAST(min(shop_date) AS VARCHAR) AS first FROM landing.orders WHERE extract_date = DATE ${quoteText(extractDate)}`,
    )
    return row.first
  })
}

function changedOf(done: readonly (readonly [string, boolean])[]): readonly string[] {
  return done.filter(([, isChanged]) => isChanged).map(([name]) => name)
}

function landingSelect(table: NightTable, landing: Landing): string {
  const definition = SHOP_TABLES.find((one) => one.namespace === 'landing' && one.table === table)
  const columns = (definition?.columns ?? []).filter((column) => !STAMPS.includes(column.name))
  const types = columns.map((column) => `${quoteName(column.name)}: ${quoteText(jsonType(column.type))}`)
  const values = columns.map(({ name, type }) =>
    table === 'users' && name === 'region'
      ? `CASE WHEN count(*) OVER (PARTITION BY region) >= ${REGION_USERS_MINIMUM} THEN region END AS region`
      : `CAST(${quoteName(name)} AS ${sqlType(type)}) AS ${quoteName(name)}`,
  )
  return `SELECT DATE ${quoteText(landing.extractDate)} AS extract_date,
      CAST(TIMESTAMPTZ ${quoteText(landing.extractedAt)} AS TIMESTAMP) AS extracted_at, ${values.join(', ')}
    FROM read_json(${quoteText(landing.paths[table])}, format='newline_delimited', columns={${types.join(', ')}})`
}

/** JSON times are read with their zone, so that the Z is applied and not dropped. */
function jsonType(type: ColumnType): string {
  return type === 'timestamp' ? 'TIMESTAMPTZ' : sqlType(type)
}
