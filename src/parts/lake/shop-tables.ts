/**
 * lake/shop-tables: the tables that the nightly copy of the shop's database fills.
 *
 * In: nothing; these are definitions.
 * Out: users, products, orders and order_details, in landing and in clean.
 * Invariant: no name, e-mail, phone, address or birthdate in clear; columns are only ever added, at the end.
 */
import type { ColumnDefinition, TableDefinition } from './schema.ts'

const EXTRACT_DATE: ColumnDefinition = {
  name: 'extract_date',
  type: 'date',
  description: 'The shop-local date whose night copied the row.',
}

const EXTRACTED_AT: ColumnDefinition = {
  name: 'extracted_at',
  type: 'timestamp',
  description: 'When the copy was read from the shop, UTC.',
}

const SHOP_DATE: ColumnDefinition = {
  name: 'shop_date',
  type: 'date',
  description: "Date of the order in the shop's time zone.",
}

/** A date of its own for each day would make a file a day, and a backfill of years thousands. */
const SHOP_MONTH: ColumnDefinition = {
  name: 'shop_month',
  type: 'date',
  description: 'First day of the month of shop_date; what the table is partitioned by.',
}

const IS_SALE: ColumnDefinition = {
  name: 'is_sale',
  type: 'boolean',
  description: 'False for orders that the shop cancelled or that failed; they are in no sum of a mart.',
}

const USER: readonly ColumnDefinition[] = [
  { name: 'user_id', type: 'string', description: "The shop's own pseudonym of the person." },
  { name: 'email_hash', type: 'string', description: 'Keyed hash of the e-mail address, hex; null without one.' },
  { name: 'sex', type: 'string', description: 'female, male or other; null where the shop does not say.' },
  { name: 'age_band', type: 'string', description: 'Such as 25-34, in years on the day of the copy; null if unknown.' },
  { name: 'region', type: 'string', description: 'Coarse part of the address; null if unknown.' },
]

const PRODUCT: readonly ColumnDefinition[] = [
  { name: 'product_id', type: 'string', description: 'The product (the style; variants are its sizes).' },
  { name: 'gender', type: 'string', description: 'Men, Women, Boys, Girls or Unisex.' },
  { name: 'master_category', type: 'string', description: 'Such as Apparel, Footwear, Accessories.' },
  { name: 'sub_category', type: 'string', description: 'Such as Topwear, Shoes, Bags.' },
  { name: 'article_type', type: 'string', description: 'Such as Tshirts, Casual Shoes, Handbags.' },
  { name: 'base_colour', type: 'string', description: 'Main colour.' },
  { name: 'season', type: 'string', description: 'Season the product was made for.' },
  { name: 'year', type: 'int', description: 'Year the product was made for.' },
  { name: 'usage', type: 'string', description: 'Such as Casual, Formal, Sports.' },
  { name: 'product_display_name', type: 'string', description: 'Name as shown.' },
  { name: 'price', type: 'decimal(12,2)', description: 'Price of one piece, in currency.' },
  { name: 'list_price', type: 'decimal(12,2)', description: 'Price before a reduction, in currency.' },
  { name: 'currency', type: 'string', description: 'ISO 4217 code of the prices.' },
  { name: 'style_id', type: 'string', description: 'Products of one style differ only in colour.' },
  { name: 'brand', type: 'string', description: 'Brand, where the shop says so.' },
]

const ORDER: readonly ColumnDefinition[] = [
  { name: 'order_id', type: 'string', description: 'The order.' },
  { name: 'user_id', type: 'string', description: 'Who ordered; null for guests.' },
  { name: 'order_date', type: 'timestamp', description: 'When it was ordered, UTC.' },
  { name: 'total_price', type: 'decimal(12,2)', description: "The shop's total of the order, in currency." },
  { name: 'status', type: 'string', description: 'Status in the shop; null where the shop has none.' },
  { name: 'currency', type: 'string', description: 'ISO 4217 code; amounts of two currencies are never summed.' },
  {
    name: 'discount',
    type: 'decimal(12,2)',
    description: 'Taken off the whole order, in currency; null without source.',
  },
  { name: 'coupon', type: 'string', description: 'Coupon code used.' },
]

const LINE: readonly ColumnDefinition[] = [
  { name: 'order_id', type: 'string', description: 'The order the line belongs to.' },
  { name: 'product_id', type: 'string', description: 'The product sold.' },
  { name: 'variant_id', type: 'string', description: 'Size and colour, where the shop says so.' },
  { name: 'quantity', type: 'int', description: 'Pieces.' },
  { name: 'unit_price', type: 'decimal(12,2)', description: 'Price of one piece, in the currency of the order.' },
  { name: 'discount', type: 'decimal(12,2)', description: 'Taken off the line; null without source.' },
  { name: 'order_date', type: 'timestamp', description: 'When it was ordered, UTC.' },
]

const RETURN: readonly ColumnDefinition[] = [
  { name: 'order_id', type: 'string', description: 'The order it was sold with.' },
  { name: 'product_id', type: 'string', description: 'The product that came back.' },
  { name: 'variant_id', type: 'string', description: 'Size and colour, where the shop says so.' },
  { name: 'quantity', type: 'int', description: 'Pieces.' },
  {
    name: 'refund',
    type: 'decimal(12,2)',
    description: 'Paid back, in the currency of the order; null without source.',
  },
  { name: 'returned_at', type: 'timestamp', description: 'When it came back, UTC.' },
  { name: 'currency', type: 'string', description: 'ISO 4217 code, from the order.' },
]

const STOCK: readonly ColumnDefinition[] = [
  { name: 'product_id', type: 'string', description: 'The product.' },
  { name: 'variant_id', type: 'string', description: 'Size and colour; null where the shop has no variants.' },
  { name: 'size', type: 'string', description: 'Size; null where the shop does not say.' },
  { name: 'on_hand', type: 'int', description: 'Pieces in stock when the night read them.' },
]

const byExtractDate = { column: 'extract_date', transform: 'identity' } as const
const byShopMonth = { column: 'shop_month', transform: 'identity' } as const

export const SHOP_TABLES: readonly TableDefinition[] = [
  {
    namespace: 'landing',
    table: 'users',
    description: 'One user as a night found them, without anything that names the person.',
    columns: [EXTRACT_DATE, EXTRACTED_AT, ...USER],
    partition: byExtractDate,
  },
  {
    namespace: 'landing',
    table: 'products',
    description: "One product as a night found it in the shop's database.",
    columns: [EXTRACT_DATE, EXTRACTED_AT, ...PRODUCT],
    partition: byExtractDate,
  },
  {
    namespace: 'landing',
    table: 'orders',
    description: 'One order as a night found it: of its date, and of the days before that it read again.',
    columns: [EXTRACT_DATE, EXTRACTED_AT, SHOP_DATE, ...ORDER],
    partition: byExtractDate,
  },
  {
    namespace: 'landing',
    table: 'order_details',
    description: 'One line of such an order.',
    columns: [EXTRACT_DATE, EXTRACTED_AT, SHOP_DATE, ...LINE],
    partition: byExtractDate,
  },
  {
    namespace: 'landing',
    table: 'returns',
    description: 'One piece of goods that came back, as a night found it; empty where the shop has no such table.',
    columns: [
      EXTRACT_DATE,
      EXTRACTED_AT,
      { ...SHOP_DATE, description: "Date of the return in the shop's time zone." },
      ...RETURN,
    ],
    partition: byExtractDate,
  },
  {
    namespace: 'landing',
    table: 'stock',
    description: 'Stock of one variant as a night found it; empty where the shop does not keep any.',
    columns: [EXTRACT_DATE, EXTRACTED_AT, ...STOCK],
    partition: byExtractDate,
  },
  {
    namespace: 'clean',
    table: 'users',
    description: 'One user, as of the newest night.',
    columns: [...USER, EXTRACT_DATE],
    partition: null,
  },
  {
    namespace: 'clean',
    table: 'products',
    description: 'One product, as of the newest night.',
    columns: [...PRODUCT, EXTRACT_DATE],
    partition: null,
  },
  {
    namespace: 'clean',
    table: 'orders',
    description: 'One order, unique by order_id.',
    columns: [SHOP_DATE, ...ORDER, IS_SALE, SHOP_MONTH],
    partition: byShopMonth,
  },
  {
    namespace: 'clean',
    table: 'order_details',
    description: 'One line of an order, with its product as of the night.',
    columns: [
      SHOP_DATE,
      ...LINE,
      { name: 'line_number', type: 'int', description: 'Place in the order, from 1, by product and variant.' },
      {
        name: 'order_discount',
        type: 'decimal(12,2)',
        description:
          "The line's part of the discount of its order; the parts of an order sum to it. Null without source.",
      },
      {
        name: 'net',
        type: 'decimal(12,2)',
        description: 'quantity times unit_price less both discounts, in currency.',
      },
      { name: 'currency', type: 'string', description: 'ISO 4217 code, from the order.' },
      { name: 'user_id', type: 'string', description: 'Who ordered; null for guests.' },
      { name: 'article_type', type: 'string', description: 'From the product.' },
      { name: 'base_colour', type: 'string', description: 'From the product.' },
      { name: 'season', type: 'string', description: 'From the product.' },
      { name: 'usage', type: 'string', description: 'From the product.' },
      { name: 'gender', type: 'string', description: 'From the product.' },
      { name: 'master_category', type: 'string', description: 'From the product.' },
      { name: 'sub_category', type: 'string', description: 'From the product.' },
      IS_SALE,
      SHOP_MONTH,
    ],
    partition: byShopMonth,
  },
  {
    namespace: 'clean',
    table: 'returns',
    description: 'One piece of goods that came back, with its product as of the night.',
    columns: [
      { ...SHOP_DATE, description: "Date of the return in the shop's time zone." },
      ...RETURN,
      { name: 'article_type', type: 'string', description: 'From the product.' },
      { name: 'base_colour', type: 'string', description: 'From the product.' },
      { name: 'gender', type: 'string', description: 'From the product.' },
      SHOP_MONTH,
    ],
    partition: byShopMonth,
  },
  {
    namespace: 'clean',
    table: 'stock',
    description: 'Stock of one variant, as of the newest night.',
    columns: [...STOCK, EXTRACT_DATE],
    partition: null,
  },
]
