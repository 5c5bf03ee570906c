/**
 * respond/rank-answer: a ranked list of products as the merchandiser wants it.
 *
 * In: products in the order of a visitor's interest; the catalogue and the rules as they are now.
 * Out: those that can be shown, in order, with a reason; and those left out, with why.
 * Invariant: each product asked for stands in exactly one of the two lists.
 */
import { isBuyable } from '../../parts/event/product.ts'
import type { ServingReader } from '../../parts/serving/port.ts'
import { reasonText, type Language } from '../../parts/serving/reasons.ts'
import { ruleBookOf } from '../../parts/serving/rule-book.ts'
import type { SlateReason, StoredList } from '../../parts/serving/slate.ts'
import type { Position } from '../../parts/stream/position.ts'
import { arrange, type SlateEntry } from './arrange.ts'
import { pageShown } from './page-shown.ts'

export interface RankAnswer {
  readonly slate_id: string
  readonly placement: 'rank'
  readonly items: readonly {
    readonly product_id: string
    readonly score: number
    readonly reason: SlateReason & { readonly text: string }
  }[]
  readonly left_out: readonly { readonly product_id: string; readonly why: LeftOut }[]
  readonly computed_at: string
  readonly as_of: Position
}

/** Not in the catalogue; sold out or hidden by the shop; excluded by a rule. */
export type LeftOut = 'unknown' | 'unavailable' | 'excluded'

export function answerRank(
  serving: ServingReader,
  ranked: StoredList,
  options: { readonly language: Language; readonly nowMs: number },
): RankAnswer {
  const rules = ruleBookOf(serving.rules()).at('rank', options.nowMs)
  const pool: SlateEntry[] = []
  const leftOut: { product_id: string; why: LeftOut }[] = []
  for (const item of ranked.items) {
    const { product_id } = item
    const product = serving.product(product_id)
    if (product === null) leftOut.push({ product_id, why: 'unknown' })
    else if (!isBuyable(product)) leftOut.push({ product_id, why: 'unavailable' })
    else if (rules?.effectOn(product).isExcluded) leftOut.push({ product_id, why: 'excluded' })
    else pool.push({ item, product })
  }
  const listed = new Map(pool.map(({ product }) => [product.id, product]))
  const entries =
    rules === null
      ? pool
      : arrange(pool, {
          rules,
          limit: pool.length,
          excluded: new Set(),
          // Six colours of a style are six products of a category page.
          page: pageShown((product) => product.id),
          productOf: (productId) => listed.get(productId) ?? null,
        })
  const nameOf = (productId: string) => serving.product(productId)?.product_display_name ?? null
  return {
    slate_id: ranked.slate_id,
    placement: 'rank',
    items: entries.map(({ item }) => ({
      ...item,
      reason: { ...item.reason, text: reasonText(item.reason, { language: options.language, nameOf }) },
    })),
    left_out: leftOut,
    computed_at: ranked.computed_at,
    as_of: ranked.as_of,
  }
}
