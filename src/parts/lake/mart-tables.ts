/**
 * lake/mart-tables: the tables that answer a marketer's questions.
 *
 * In: nothing; these are definitions.
 * Out: sales, interest, forecast and the history of nights.
 * Invariant: one row is what the description says, and currencies are never summed together.
 */
import type { ColumnDefinition, TableDefinition } from './schema.ts'

const SHOP_DATE: ColumnDefinition = {
  name: 'shop_date',
  type: 'date',
  description: "The day, in the shop's time zone.",
}

const SHOP_MONTH: ColumnDefinition = {
  name: 'shop_month',
  type: 'date',
  description: 'First day of the month of shop_date; what the table is partitioned by.',
}

const byShopMonth = { column: 'shop_month', transform: 'identity' } as const

const SALES_DAILY: TableDefinition = {
  namespace: 'mart',
  table: 'sales_daily',
  description: 'What sold: one day, article type, colour, gender and currency.',
  columns: [
    SHOP_DATE,
    { name: 'article_type', type: 'string', description: 'Such as Tshirts; null where the product is unknown.' },
    { name: 'base_colour', type: 'string', description: 'Main colour.' },
    { name: 'gender', type: 'string', description: 'Gender the product is made for.' },
    { name: 'currency', type: 'string', description: 'ISO 4217 code of revenue.' },
    { name: 'orders', type: 'long', description: 'Orders with at least one such line.' },
    { name: 'units', type: 'long', description: 'Pieces sold.' },
    { name: 'gross', type: 'decimal(12,2)', description: 'Sum of quantity times unit_price, in currency.' },
    { name: 'discount', type: 'decimal(12,2)', description: 'Sum of discounts, in currency; null without source.' },
    { name: 'revenue', type: 'decimal(12,2)', description: 'gross less discount, in currency.' },
    SHOP_MONTH,
  ],
  partition: byShopMonth,
}

const PRODUCT_INTEREST_DAILY: TableDefinition = {
  namespace: 'mart',
  table: 'product_interest_daily',
  description: 'Which products interest whom: one day and product.',
  columns: [
    SHOP_DATE,
    { name: 'product_id', type: 'string', description: 'The product.' },
    { name: 'product_display_name', type: 'string', description: 'Name as shown.' },
    { name: 'article_type', type: 'string', description: 'Such as Tshirts.' },
    { name: 'base_colour', type: 'string', description: 'Main colour.' },
    { name: 'gender', type: 'string', description: 'Gender the product is made for.' },
    { name: 'viewers', type: 'long', description: 'Visitors who looked at it, bots excluded.' },
    { name: 'cart_sessions', type: 'long', description: 'Sessions in which it was put into the cart.' },
    { name: 'units', type: 'long', description: 'Pieces sold.' },
    {
      name: 'net',
      type: 'decimal(12,2)',
      description: 'Sum of net of its lines, in currency; null where it sold in several currencies.',
    },
    { name: 'currency', type: 'string', description: 'ISO 4217 code of net; null without a sale or with several.' },
    {
      name: 'interest',
      type: 'long',
      description: 'Sessions at their highest step, view 1 and cart 3, and 6 for each order.',
    },
    { name: 'rank', type: 'int', description: 'Place of the day by interest, 1 is the highest; equals share a place.' },
    {
      name: 'rank_change',
      type: 'int',
      description: 'Places won against the seven days before; null if it drew no interest then.',
    },
    { name: 'viewers_female', type: 'long', description: 'Viewers known to be female.' },
    { name: 'viewers_male', type: 'long', description: 'Viewers known to be male.' },
    { name: 'viewers_unknown', type: 'long', description: 'Viewers whose sex is not known, most of them anonymous.' },
    { name: 'top_sex', type: 'string', description: 'Sex of most known viewers; null where none is known.' },
    { name: 'top_age_band', type: 'string', description: 'Age band of most known viewers; null where none is known.' },
    { name: 'top_region', type: 'string', description: 'Region of most known viewers; null where none is known.' },
    SHOP_MONTH,
  ],
  partition: byShopMonth,
}

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
    { name: 'will_trend', type: 'boolean', description: 'True where the 80 % interval lies above last year.' },
    { name: 'model_wape', type: 'double', description: 'Error of the forecast on held-out weeks: 0.1 is 10 %.' },
    { name: 'seasonal_naive_wape', type: 'double', description: 'Error of a naive forecast on the same weeks.' },
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
    { name: 'table_name', type: 'string', description: 'Such as clean.orders.' },
    { name: 'row_count', type: 'long', description: 'Rows written for the date.' },
    { name: 'sums', type: 'string', description: 'JSON object of the sums that were reconciled, decimal texts.' },
    { name: 'status', type: 'string', description: 'ok or differs.' },
    { name: 'message', type: 'string', description: 'What differs, in words; null when nothing does.' },
  ],
  partition: null,
}

export const MART_TABLES: readonly TableDefinition[] = [
  SALES_DAILY,
  PRODUCT_INTEREST_DAILY,
  TREND_FORECAST,
  NIGHTLY_RUNS,
]
