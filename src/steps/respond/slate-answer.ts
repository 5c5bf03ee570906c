/**
 * respond/slate-answer: joins stored lists with the catalogue, as it is now, into what a page shows.
 *
 * In: lists from the serving store, never ranked here; the merchandiser's rules that hold now.
 * Out: items in stock, with their catalogue fields, the sizes to be had and a reason in the reader's language.
 * Invariant: what is sold out, hidden, excluded, in the cart or just bought is left out at the moment of reading, and a
 *   page shows each style once.
 */
import { sizesInStock, type Product } from '../../parts/event/product.ts'
import type { ServingReader } from '../../parts/serving/port.ts'
import { reasonText, type Language } from '../../parts/serving/reasons.ts'
import type { PlacementRules } from '../../parts/serving/rule-book.ts'
import type { SlateReason, StoredList } from '../../parts/serving/slate.ts'
import type { Position } from '../../parts/stream/position.ts'
import { arrange, type SlateEntry } from './arrange.ts'
import { copyOf, mayShow, show, type PageShown } from './page-shown.ts'

export interface AnswerItem extends Omit<Product, 'id'> {
  readonly product_id: string
  readonly score: number
  readonly reason: SlateReason & { readonly text: string }
  /** Empty where the shop does not tell of sizes. */
  readonly sizes_in_stock: readonly string[]
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
  /** Null where no rule holds. */
  readonly rules: PlacementRules | null
  /** What the page shows already; what this slate shows is added. */
  readonly page: PageShown
}

/**
 * @param sources the list made for this request, then those that fill what is missing; read only as far as needed
 * @returns null where no source has a list
 */
export function answerSlate(
  serving: ServingReader,
  sources: readonly (() => StoredList | null)[],
  options: AnswerOptions,
): SlateAnswer | null {
  const lists: StoredList[] = []
  const pool: SlateEntry[] = []
  let seen = withStylesOf(serving, options)
  const gather = (list: StoredList, excluded: ReadonlySet<string>) => {
    for (const item of list.items) {
      // A rule may bring forward what stands behind the last place.
      if (pool.length >= options.limit && !options.rules?.movesProducts) return
      if (excluded.has(item.product_id)) continue
      const product = serving.product(item.product_id)
      if (product === null || !mayShow(product, seen, options.rules)) continue
      pool.push({ item, product })
      show(product, seen)
    }
  }
  for (const source of sources) {
    if (pool.length >= options.limit) break
    const list = source()
    if (list === null) continue
    lists.push(list)
    gather(list, options.excluded)
  }
  const [first] = lists
  if (first === undefined) return null
  if (pool.length === 0) {
    // Another colour of what is in the cart beats showing nothing; so does the product itself, in a shop of one.
    seen = copyOf(options.page)
    for (const list of lists) gather(list, options.excluded)
    if (pool.length === 0) for (const list of lists) gather(list, new Set())
  }
  const entries =
    options.rules === null ? pool : arrange(pool, { ...options, rules: options.rules, productOf: serving.product })
  const shown = entries.length > options.limit ? entries.slice(0, options.limit) : entries
  for (const { product } of shown) show(product, options.page)
  return {
    slate_id: first.slate_id,
    placement: options.placement,
    items: shown.map((entry) => answerItem(serving, entry, options.language)),
    computed_at: first.computed_at,
    as_of: first.as_of,
  }
}

/** What the page shows, and the styles of what must not be shown: a shirt in the cart is there in every colour. */
function withStylesOf(serving: ServingReader, { page, excluded }: AnswerOptions): PageShown {
  const seen = copyOf(page)
  for (const productId of excluded) {
    const product = serving.product(productId)
    if (product !== null) show(product, seen)
  }
  return seen
}

function answerItem(serving: ServingReader, { item, product }: SlateEntry, language: Language): AnswerItem {
  const { id, ...fields } = product
  const nameOf = (productId: string) => serving.product(productId)?.product_display_name ?? null
  return {
    product_id: id,
    score: item.score,
    reason: { ...item.reason, text: reasonText(item.reason, { language, nameOf }) },
    sizes_in_stock: sizesInStock(product),
    ...fields,
  }
}

/** The later of two positions of one shard. */
export function laterPosition(a: Position, b: Position | null): Position {
  return b !== null && b.shard === a.shard && b.sequence_number > a.sequence_number ? b : a
}
