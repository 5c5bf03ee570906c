/**
 * event/product: what a product of the catalogue is.
 *
 * In: nothing; these are the types of the contract.
 * Out: `Product`, the Kaggle columns as the shop has them plus what shops add.
 * Invariant: money is a decimal string, absent values are null, `style_id` is never null.
 */
export interface ProductVariant {
  readonly variant_id: string
  readonly size: string | null
  /** Pieces on hand; null where the shop does not say. */
  readonly stock: number | null
  readonly price: string | null
}

export interface Product {
  readonly id: string
  readonly gender: string | null
  readonly master_category: string | null
  readonly sub_category: string | null
  readonly article_type: string | null
  readonly base_colour: string | null
  readonly season: string | null
  readonly year: number | null
  readonly usage: string | null
  readonly product_display_name: string
  /** Decimal string with two places, such as "39.90"; null where unknown. */
  readonly price: string | null
  readonly list_price: string | null
  readonly currency: string | null
  /** Products of one style differ only in colour; the product's own id where the shop does not say. */
  readonly style_id: string
  readonly variants: readonly ProductVariant[]
  readonly brand: string | null
  readonly url: string | null
  readonly image_url: string | null
  readonly available: boolean
  /** ISO 8601 UTC, or null. */
  readonly launched_at: string | null
  readonly attributes: Readonly<Record<string, string>>
}

/** Dimensions a trend is measured in. */
export const TREND_DIMENSIONS = [
  'product',
  'article_type',
  'base_colour',
  'season',
  'usage',
  'gender',
  'price_band',
  'type_colour',
] as const
export type TrendDimension = (typeof TREND_DIMENSIONS)[number]

/** Attention of the last days, or of the last hours. */
export const TREND_WINDOWS = ['now', 'live'] as const
export type TrendWindow = (typeof TREND_WINDOWS)[number]

/** Whether a shopper can buy it now: shown by the shop, and some size in stock where sizes are known. */
export function isBuyable(product: Pick<Product, 'available' | 'variants'>): boolean {
  if (!product.available) return false
  const known = product.variants.filter((variant) => variant.stock !== null)
  return known.length === 0 || known.some((variant) => (variant.stock ?? 0) > 0)
}

/** A product for everyone. */
export const UNISEX = 'Unisex'

/** Whether a product is made for a gender, for everyone, or for nobody in particular. */
export function suitsGender(product: Pick<Product, 'gender'>, gender: string): boolean {
  return product.gender === null || product.gender === gender || product.gender === UNISEX
}

/** Sizes a shopper can have now; empty where the shop does not tell of sizes. */
export function sizesInStock(product: Pick<Product, 'variants'>): readonly string[] {
  const { variants } = product
  if (variants.length === 0) return NO_SIZES
  return variants.flatMap(({ size, stock }) => (size !== null && stock !== 0 ? [size] : []))
}

const NO_SIZES: readonly string[] = []
