import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { toSqlValue } from '../../../src/parts/sql/json-rows.ts'
import type { SqlResult } from '../../../src/parts/sql/port.ts'
import { preludeStatements } from '../../../src/parts/sql/prelude.ts'
import { reportExperiment } from '../../../src/tools/experiment/experiment-report.ts'
import { formatExperiment } from '../../../src/tools/experiment/format-experiment.ts'

const DAY = '2026-11-20'

/** Ten visitors a variant: each saw two places; the first few clicked the first, and fewer of them bought it. */
function rows(): string[] {
  const told: string[] = []
  const tell = (
    visitor: string,
    type: string,
    more: { place?: number; order?: string; hour?: number; bot?: boolean },
  ) => {
    const { place = null, order, hour = 8, bot = false } = more
    const time = `${DAY} ${String(hour).padStart(2, '0')}:00:00`
    told.push(
      `('${visitor}', '${type}', 'p${place ?? 1}', ${order === undefined ? 'NULL' : `'${order}'`}, 'e${told.length}', ` +
        `${place === null ? 'NULL' : `'home'`}, ${place}, TIMESTAMP '${time}', DATE '${DAY}', ${bot}, ` +
        `'{"experiment_variant":"try/${visitor[0] === 'a' ? 'all' : 'held'}"}')`,
    )
  }
  for (const [variant, clicks, orders] of [
    ['a', 6, 4],
    ['h', 3, 2],
  ] as const) {
    for (let visitor = 0; visitor < 10; visitor++) {
      tell(`${variant}${visitor}`, 'recommendation_view', { place: 1 })
      tell(`${variant}${visitor}`, 'recommendation_view', { place: 2 })
      if (visitor < clicks) tell(`${variant}${visitor}`, 'recommendation_click', { place: 1, hour: 9 })
      if (visitor < orders) tell(`${variant}${visitor}`, 'purchase', { order: `o${variant}${visitor}`, hour: 10 })
    }
    // Bought before it was clicked, and by a bot: neither counts for the slot, the bot for nothing.
    tell(`${variant}9`, 'purchase', { order: `early${variant}`, hour: 7 })
    tell(`${variant}bot`, 'purchase', { order: `bot${variant}`, bot: true })
  }
  return told
}

async function lakeOf(values: readonly string[]): Promise<(sql: string) => Promise<SqlResult>> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  for (const statement of preludeStatements()) await connection.run(statement)
  await connection.run('CREATE SCHEMA clean')
  await connection.run(`CREATE TABLE clean.clickstreams (visitor_key VARCHAR, event_type VARCHAR, product_id VARCHAR,
    order_id VARCHAR, event_id VARCHAR, placement VARCHAR, "position" INTEGER, corrected_at TIMESTAMP, shop_date DATE,
    is_bot BOOLEAN, properties VARCHAR)`)
  await connection.run(`INSERT INTO clean.clickstreams VALUES ${values.join(', ')}`)
  return async (sql) => {
    const reader = await connection.runAndReadAll(sql)
    const columns = reader.columnNames().map((name) => ({ name, type: '' }))
    return { columns, rows: reader.getRows().map((row) => row.map(toSqlValue)), truncated: false, elapsedMs: 0 }
  }
}

const runSql = await lakeOf(rows())
const ask = (more: { since?: string; base?: string; name?: string }) =>
  reportExperiment({ name: 'try', since: null, base: null, runSql, ...more })

test('counts each variant by visitor, and its lift over the base with an interval', async () => {
  const { base, variants } = await ask({ base: 'held' })
  expect(base).toBe('held')
  const [all, held] = variants
  expect(all).toMatchObject({ variant: 'all', visitors: 10, impressions: 20, clicks: 6, orders: 5 })
  expect(held).toMatchObject({ variant: 'held', visitors: 10, impressions: 20, clicks: 3, orders: 3 })
  expect(held.measures.conversion.lift).toBeNull()
  expect(all.measures.conversion.rate).toBe(0.5)
  const { lift } = all.measures.click_rate
  expect(lift?.lift).toBeCloseTo(1, 10)
  expect(lift?.low).toBeLessThan(0)
  expect(lift?.high).toBeGreaterThan(1)
})

test('gives orders to the slot in which their product was clicked before', async () => {
  const { slots } = await ask({})
  expect(slots).toEqual([
    { variant: 'all', placement: 'home', position: 1, impressions: 10, clicks: 6, orders: 4 },
    { variant: 'all', placement: 'home', position: 2, impressions: 10, clicks: 0, orders: 0 },
    { variant: 'held', placement: 'home', position: 1, impressions: 10, clicks: 3, orders: 2 },
    { variant: 'held', placement: 'home', position: 2, impressions: 10, clicks: 0, orders: 0 },
  ])
})

test('says in words what is clear and what is not', async () => {
  const text = formatExperiment(await ask({ base: 'held' }))
  expect(text).toMatch(/clicks of impressions +30\.00 % +\+100\.0 % \(95 %: −.+ to \+.+\) {2}no clear difference/)
})

test.each([{ name: 'other' }, { name: "x' OR true --" }, { base: 'nobody' }, { since: '2030-01-01' }])(
  'knows nothing of %j',
  async (question) => {
    await expect(ask(question)).rejects.toMatchObject({ code: 'HEM_EXPERIMENT_UNKNOWN' })
  },
)
