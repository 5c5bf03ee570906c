/**
 * event/placement: the places of a shop's pages that show recommendations.
 *
 * In: nothing; this is the closed list.
 * Out: the names of placements, and which of them need what.
 * Invariant: events, rules and reads use the same names.
 */

/**
 * `product` is "more like this", `goes_with` is "goes well with", both of one product; `recent` is what the visitor
 * looked at.
 */
export const PLACEMENTS = ['home', 'product', 'goes_with', 'cart', 'trending', 'recent', 'new_in'] as const
export type Placement = (typeof PLACEMENTS)[number]

/** Placements that show a visitor's own list. */
export const VISITOR_PLACEMENTS: ReadonlySet<string> = new Set<Placement>(['home', 'cart', 'recent'])

/** Placements that show a product's own list. */
export const PRODUCT_PLACEMENTS: ReadonlySet<string> = new Set<Placement>(['product', 'goes_with'])
