/**
 * respond/page-shown: what a page shows so far.
 *
 * In: products as they are placed.
 * Out: whether one more may be shown.
 * Invariant: no page shows a product or a style twice, nor what cannot be bought.
 */
import { isBuyable, type Product } from '../../parts/event/product.ts'
import type { PlacementRules } from '../../parts/serving/rule-book.ts'

export interface PageShown {
  readonly products: Set<string>
  readonly styles: Set<string>
}

/** @param before what is shown already; the copy grows apart from it */
export function pageShown(before?: PageShown): PageShown {
  return { products: new Set(before?.products), styles: new Set(before?.styles) }
}

/** Whether a product can be bought, no rule excludes it, and its style is not shown yet. */
export function mayShow(product: Product, shown: PageShown, rules: PlacementRules | null): boolean {
  if (shown.products.has(product.id) || shown.styles.has(product.style_id) || !isBuyable(product)) return false
  return rules === null || !rules.effectOn(product).isExcluded
}

export function show(product: Product, shown: PageShown): void {
  shown.products.add(product.id)
  shown.styles.add(product.style_id)
}
