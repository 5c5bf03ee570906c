/**
 * shop-samples: small products and lists for tests.
 *
 * In: an id and what should differ.
 * Out: whole contract objects.
 * Invariant: no two samples share mutable parts.
 */
import type { Product } from '../../../src/parts/event/product.ts'

export function aProduct(id: string, changes: Partial<Product> = {}): Product {
  return {
    id,
    gender: 'Men',
    master_category: 'Apparel',
    sub_category: 'Topwear',
    article_type: 'Shirts',
    base_colour: 'Navy Blue',
    season: 'Fall',
    year: 2026,
    usage: 'Casual',
    product_display_name: `Shirt ${id}`,
    price: '39.90',
    list_price: null,
    currency: 'EUR',
    style_id: id,
    variants: [],
    brand: null,
    url: null,
    image_url: null,
    available: true,
    launched_at: null,
    attributes: {},
    ...changes,
  }
}
