/**
 * respond/slate-answer: joins a stored list with the catalogue, as it is now, into what a page shows.
 *
 * In: lists from the serving store, never ranked here.
 * Out: items in stock, with their catalogue fields and a reason in the reader's language.
 * Invariant: what is sold out, hidden, in the cart or just bought is left out at the moment of reading.
 */
import { isBuyable, type Product } from '../../parts/event/product.ts'
import type { ServingReader } from '../../parts/serving/port.ts'
import { reasonText, type Language } from '../../parts/serving/reasons.ts'
import type { SlateItem, SlateReason, StoredList } from '../../parts/serving/slate.ts'
import type { Position } from '../../parts/stream/position.ts'

export interface AnswerItem extends Omit<Product, 'id'> {
  readonly product_id: string
  readonly score: number
  readonly reason: SlateReason & { readonly text: string }
}

export interface SlateAnswer {
  readonly slate_id: string
  readonly placement: string
  readonly items: readonly AnswerItem[]
  readonly computed_at: string
  readonly as_of: Position
}

export interface AnswerOptions {
  readonly placement: string
  readonly limit: number
  readonly language: Language
  /** Products that must not be shown: in the cart or just bought, or the product looked at. */
  readonly excluded: ReadonlySet<string>
}

/**
 * @param sources the list made for this request, then those that fill what is missing; read only as far as needed
 */
export function answerSlate(
  serving: ServingReader,
  sources: readonly (() => StoredList | null)[],
  options: AnswerOptions,
): SlateAnswer | null {
  const lists: StoredList[] = []
  const items = new Map<string, AnswerItem>()
  const take = (list: StoredList, excluded: ReadonlySet<string>) => {
    for (const item of list.items) {
      if (items.size >= options.limit) return
      if (excluded.has(item.product_id) || items.has(item.product_id)) continue
      const product = serving.product(item.product_id)
      if (product === null || !isBuyable(product)) continue
      items.set(item.product_id, answerItem(serving, item, product, options.language))
    }
  }
  for (const source of sources) {
    if (items.size >= options.limit) break
    const list = source()
    if (list === null) continue
    lists.push(list)
    take(list, options.excluded)
  }
  const [first] = lists
  if (first === undefined) return null
  // A shop of one product, and that in the cart: showing it again beats showing nothing.
  if (items.size === 0) for (const list of lists) take(list, new Set())
  return {
    slate_id: first.slate_id,
    placement: options.placement,
    items: [...items.values()],
    computed_at: first.computed_at,
    as_of: first.as_of,
  }
}

function answerItem(serving: ServingReader, item: SlateItem, product: Product, language: Language): AnswerItem {
  const { id, ...fields } = product
  const nameOf = (productId: string) => serving.product(productId)?.product_display_name ?? null
  return {
    product_id: id,
    score: item.score,
    reason: { ...item.reason, text: reasonText(item.reason, { language, nameOf }) },
    ...fields,
  }
}

/** The later of two positions of one shard. */
export function laterPosition(a: Position, b: Position | null): Position {
  return b !== null && b.shard === a.shard && b.sequence_number > a.sequence_number ? b : a
}
