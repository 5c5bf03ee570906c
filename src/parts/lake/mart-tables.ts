/**
 * lake/mart-tables: the tables that answer a marketer's questions.
 *
 * In: nothing; these are definitions.
 * Out: all marts: of sales, customers and trends, the forecast and the history of nights.
 * Invariant: one row is what the description says, and currencies are never summed together.
 */
import { CUSTOMER_MARTS } from './mart-customer-tables.ts'
import { SHOP_DATE } from './mart-columns.ts'
import { SALES_MARTS } from './mart-sales-tables.ts'
import { TREND_MARTS } from './mart-trend-tables.ts'
import type { TableDefinition } from './schema.ts'

const TREND_FORECAST: TableDefinition = {
  namespace: 'mart',
  table: 'trend_forecast',
  description: 'What will trend: one value of a dimension in one coming week.',
  columns: [
    { name: 'computed_on', type: 'date', description: 'The shop-local date whose night computed it.' },
    { name: 'dimension', type: 'string', description: 'Such as article_type or base_colour.' },
    { name: 'value', type: 'string', description: 'Value of the dimension, such as Dresses.' },
    { name: 'week_start', type: 'date', description: 'Monday of the week forecast.' },
    { name: 'week_ahead', type: 'int', description: 'Weeks after the last one known, from 1.' },
    { name: 'p10', type: 'double', description: 'Share of attention, 0 to 1, that 1 week in 10 stays below.' },
    { name: 'p50', type: 'double', description: 'Expected share of attention, 0 to 1.' },
    { name: 'p90', type: 'double', description: 'Share of attention, 0 to 1, that 9 weeks in 10 stay below.' },
    { name: 'last_year', type: 'double', description: 'Share in the same week of last year; null in the first year.' },
    {
      name: 'will_trend',
      type: 'boolean',
      description: 'True where the 80 % interval over the next 8 weeks lies above the same weeks of last year.',
    },
    { name: 'reason', type: 'string', description: 'Why it will trend, in words; null where it will not.' },
    { name: 'units_p10', type: 'double', description: 'Units that 1 week in 10 stays below; null without orders.' },
    { name: 'units_p50', type: 'double', description: 'Units expected to be sold in the week; null without orders.' },
    { name: 'units_p90', type: 'double', description: 'Units that 9 weeks in 10 stay below; null without orders.' },
    {
      name: 'sessions_p10',
      type: 'double',
      description: 'Sessions that 1 week in 10 stays below; null without clicks.',
    },
    { name: 'sessions_p50', type: 'double', description: 'Sessions expected to look at it; null without clicks.' },
    {
      name: 'sessions_p90',
      type: 'double',
      description: 'Sessions that 9 weeks in 10 stay below; null without clicks.',
    },
    { name: 'stock_source', type: 'string', description: 'stock, or "no source" where the shop keeps none.' },
    { name: 'on_hand', type: 'double', description: 'Pieces in stock; null without a source.' },
    {
      name: 'cover_days',
      type: 'double',
      description: 'Days the stock lasts if the forecast comes true; null without a source, or where nothing sells.',
    },
    { name: 'model_wape', type: 'double', description: 'Error of the forecast on held-out weeks: 0.1 is 10 %.' },
    {
      name: 'model_mase',
      type: 'double',
      description: 'The same error over the usual change from year to year, or from week to week in the first.',
    },
    { name: 'model_pinball', type: 'double', description: 'Loss of the three quantiles, over the mean share.' },
    { name: 'model_coverage', type: 'double', description: 'Share of held-out weeks within the 80 % interval.' },
    { name: 'naive_wape', type: 'double', description: 'Error of repeating the last week, on the same weeks.' },
    { name: 'seasonal_naive_wape', type: 'double', description: 'Error of repeating last year, on the same weeks.' },
    { name: 'naive_method', type: 'string', description: 'seasonal_naive, or naive in the first year.' },
    { name: 'history_weeks', type: 'int', description: 'Weeks of history it was computed from.' },
    { name: 'source', type: 'string', description: 'orders, sessions or orders+sessions.' },
  ],
  partition: { column: 'computed_on', transform: 'identity' },
}

const NIGHTLY_RUNS: TableDefinition = {
  namespace: 'mart',
  table: 'nightly_runs',
  description: 'History of the nights: one table of one run.',
  columns: [
    SHOP_DATE,
    { name: 'started_at', type: 'timestamp', description: 'When the run began, UTC.' },
    { name: 'finished_at', type: 'timestamp', description: 'When the table was written, UTC.' },
    {
      name: 'table_name',
      type: 'string',
      description: 'Such as clean.orders; "night" for the night as a whole, once it came to its end.',
    },
    { name: 'row_count', type: 'long', description: 'Rows written for the date.' },
    { name: 'sums', type: 'string', description: 'JSON object of the sums that were reconciled, decimal texts.' },
    { name: 'status', type: 'string', description: 'ok or differs.' },
    { name: 'message', type: 'string', description: 'What differs, in words; null when nothing does.' },
  ],
  partition: null,
}

export const MART_TABLES: readonly TableDefinition[] = [
  ...SALES_MARTS,
  ...CUSTOMER_MARTS,
  ...TREND_MARTS,
  TREND_FORECAST,
  NIGHTLY_RUNS,
]
