/**
 * lake/mart-trend-tables: marts of what draws attention.
 *
 * In: nothing; these are definitions.
 * Out: attention by day and value, and the leaderboard of what rises and fades.
 * Invariant: a value stands on the leaderboard with what was expected of it and how sure that is.
 */
import { byShopMonth, column, SHOP_DATE, SHOP_MONTH } from './mart-columns.ts'
import type { TableDefinition } from './schema.ts'

const DIMENSION = column('dimension', 'string', 'Such as article_type, base_colour or type_colour.')
const VALUE = column('value', 'string', 'Value of the dimension, such as Red; of type_colour, such as Red Dresses.')

const ATTENTION_DAILY: TableDefinition = {
  namespace: 'mart',
  table: 'attention_daily',
  description: 'Attention by day: one day and one value of a dimension.',
  columns: [
    SHOP_DATE,
    DIMENSION,
    VALUE,
    column('sessions', 'long', 'Sessions that met the value, bots excluded.'),
    column('attention', 'long', 'Sessions at their highest step: view 1, cart 3, order 6.'),
    column('share', 'double', 'Share of the attention of the dimension on the day, 0 to 1.'),
    SHOP_MONTH,
  ],
  partition: byShopMonth,
}

const TREND_LEADERBOARD: TableDefinition = {
  namespace: 'mart',
  table: 'trend_leaderboard',
  description: 'What rises and fades: one day and one value of a dimension.',
  columns: [
    SHOP_DATE,
    DIMENSION,
    VALUE,
    column('attention', 'double', 'Attention of late; halves every 5 days.'),
    column('share', 'double', "Its share of the dimension's attention of late, 0 to 1."),
    column('expected_share', 'double', 'Share that season and the weeks before let expect, 0 to 1.'),
    column('ratio', 'double', 'Attention against what was expected, drawn to 1 where there is little.'),
    column('low', 'double', 'Lower end of the 95 % interval of ratio; what to rank by.'),
    column('high', 'double', 'Upper end of it.'),
    column('state', 'string', 'rising, fading, unconfirmed, fad, seasonal or steady.'),
    column('since', 'date', 'Day of the alarm; null where there is none.'),
    column('cover_days', 'double', 'Days the stock of the value lasts; null without a source.'),
    SHOP_MONTH,
  ],
  partition: byShopMonth,
}

export const TREND_MARTS: readonly TableDefinition[] = [ATTENTION_DAILY, TREND_LEADERBOARD]
