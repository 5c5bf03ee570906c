/**
 * forecast/stage-rows: forecast rows as a table of the connection, for the lake to take.
 *
 * In: rows, and what they have in common.
 * Out: the temporary table `forecast_rows`, with the columns of mart.trend_forecast.
 * Invariant: a value that is not known is NULL, never 0.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { quoteText } from '../../parts/lake/schema.ts'
import type { TrendRow } from './trend.ts'

/** Rows of one statement. */
const ROWS_PER_INSERT = 500

type Point = 'p10' | 'p50' | 'p90'

const COLUMNS: readonly (readonly [
  string,
  'DATE' | 'VARCHAR' | 'INTEGER' | 'DOUBLE' | 'BOOLEAN',
  (row: Staged) => Value,
])[] = [
  ['computed_on', 'DATE', (row) => row.computedOn],
  ['dimension', 'VARCHAR', (row) => row.dimension],
  ['value', 'VARCHAR', (row) => row.value],
  ['week_start', 'DATE', (row) => row.week],
  ['week_ahead', 'INTEGER', (row) => row.weekAhead],
  ...points('', (row) => row.share),
  ['last_year', 'DOUBLE', (row) => row.lastYear],
  ['will_trend', 'BOOLEAN', (row) => row.willTrend],
  ['reason', 'VARCHAR', (row) => row.reason],
  ...points('units_', (row) => row.units),
  ...points('sessions_', (row) => row.sessions),
  ['stock_source', 'VARCHAR', (row) => row.stockSource],
  ['on_hand', 'DOUBLE', (row) => row.onHand],
  ['cover_days', 'DOUBLE', (row) => row.coverDays],
  ['model_wape', 'DOUBLE', (row) => row.backtest.wape],
  ['model_mase', 'DOUBLE', (row) => row.backtest.mase],
  ['model_pinball', 'DOUBLE', (row) => row.backtest.pinball],
  ['model_coverage', 'DOUBLE', (row) => row.backtest.coverage],
  ['naive_wape', 'DOUBLE', (row) => row.backtest.naive.wape],
  ['seasonal_naive_wape', 'DOUBLE', (row) => row.backtest.seasonalNaive.wape],
  ['naive_method', 'VARCHAR', (row) => (row.backtest.weeks > 0 ? row.naiveMethod : null)],
  ['history_weeks', 'INTEGER', (row) => row.historyWeeks],
  ['source', 'VARCHAR', (row) => row.source],
]

type Value = string | number | boolean | null
interface Common {
  readonly computedOn: string
  readonly stockSource: string
}
type Staged = TrendRow & Common

export async function stageRows(
  connection: DuckDBConnection,
  rows: readonly TrendRow[],
  common: Common,
): Promise<void> {
  const columns = COLUMNS.map(([name, type]) => `${name} ${type}`).join(', ')
  await connection.run(`CREATE OR REPLACE TEMP TABLE forecast_rows (${columns})`)
  for (let from = 0; from < rows.length; from += ROWS_PER_INSERT) {
    const values = rows.slice(from, from + ROWS_PER_INSERT).map((row) => `(${literals({ ...row, ...common })})`)
    await connection.run(`INSERT INTO forecast_rows VALUES ${values.join(', ')}`)
  }
}

function literals(row: Staged): string {
  return COLUMNS.map(([, type, of]) => {
    const value = of(row)
    return value === null ? 'NULL' : `CAST(${quoteText(String(value))} AS ${type})`
  }).join(', ')
}

function points(prefix: string, of: (row: Staged) => Readonly<Record<Point, number>> | null) {
  return (['p10', 'p50', 'p90'] as const).map(
    (point) => [`${prefix}${point}`, 'DOUBLE', (row: Staged): Value => of(row)?.[point] ?? null] as const,
  )
}
