/**
 * lake/mart-columns: columns that several marts share.
 *
 * In: nothing; these are definitions.
 * Out: a short way to write a column, and the columns of days and products.
 * Invariant: the same name means the same in every mart.
 */
import type { ColumnDefinition, ColumnType } from './schema.ts'

export function column(name: string, type: ColumnType, description: string): ColumnDefinition {
  return { name, type, description }
}

/** Sums of a big shop in a small currency outgrow decimal(12,2). */
export function moneySum(name: string, description: string): ColumnDefinition {
  return { name, type: 'decimal(18,2)', description }
}

export const SHOP_DATE = column('shop_date', 'date', "The day, in the shop's time zone.")
export const SHOP_MONTH = column(
  'shop_month',
  'date',
  'First day of the month of shop_date; what the table is partitioned by.',
)
export const AS_OF = column('as_of', 'date', 'The newest shop date it was computed from.')
export const CURRENCY = column('currency', 'string', 'ISO 4217 code of the money in the row; null where none is known.')
export const USER_ID = column('user_id', 'string', "The shop's own pseudonym of the person.")
export const SOURCE = column('source', 'string', 'Where the figures come from, or "no source" in the only row.')

export const byShopMonth = { column: 'shop_month', transform: 'identity' } as const
