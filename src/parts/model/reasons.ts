/**
 * model/reasons: why a product is shown, as codes.
 *
 * In: nothing; this is the closed list.
 * Out: `Reason`, a code and what fills its text.
 * Invariant: words are made where the list is read, in the reader's language, never here.
 */

/** Codes that name a product carry `product_id`; codes that name an attribute value carry `value`. */
export const REASON_CODES = [
  'because_you_viewed',
  'because_in_cart',
  'viewed_again',
  'bought_together',
  'viewed_together',
  'completes_look',
  'similar_style',
  'rising',
  'trending',
  'popular',
  'new_in',
] as const
export type ReasonCode = (typeof REASON_CODES)[number]

export interface Reason {
  readonly code: ReasonCode
  readonly params: Readonly<Record<string, string>>
}

/** One product of a slate. Scores of one slate never rise from one place to the next; only their order has meaning. */
export interface Recommendation {
  readonly productId: string
  readonly score: number
  readonly reason: Reason
}
