/**
 * respond/page-shown: what a page shows so far.
 *
 * In: products as they are placed.
 * Out: whether one more may be shown.
 * Invariant: no page shows two products of one kind, nor what cannot be bought.
 */
import { isBuyable, type Product } from '../../parts/event/product.ts'
import type { PlacementRules } from '../../parts/serving/rule-book.ts'

export interface PageShown {
  readonly kinds: Set<string>
  /** Of what a page shows one product only. */
  readonly kindOf: (product: Product) => string
}

/** An empty page, which shows each style once unless told otherwise. */
export function pageShown(kindOf: PageShown['kindOf'] = (product) => product.style_id): PageShown {
  return { kinds: new Set(), kindOf }
}

/** A copy that grows apart from it. */
export function copyOf({ kinds, kindOf }: PageShown): PageShown {
  return { kinds: new Set(kinds), kindOf }
}

/** Whether a product can be bought, no rule excludes it, and its kind is not shown yet. */
export function mayShow(product: Product, shown: PageShown, rules: PlacementRules | null): boolean {
  if (shown.kinds.has(shown.kindOf(product)) || !isBuyable(product)) return false
  return rules === null || !rules.effectOn(product).isExcluded
}

export function show(product: Product, shown: PageShown): void {
  shown.kinds.add(shown.kindOf(product))
}
