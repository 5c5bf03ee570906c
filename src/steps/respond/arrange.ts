/**
 * respond/arrange: a slate as the merchandiser wants it.
 *
 * In: what a list would show, best first, and the rules that hold now.
 * Out: the same with pins at their places, boosted products further up and buried ones last.
 * Invariant: a rule never shows what is sold out, excluded, in the cart, just bought or on the page already. Only order
 *   changes: scores and reasons stay the recommender's, but for pins, which say that the shop chose them.
 */
import type { Product } from '../../parts/event/product.ts'
import type { Rule } from '../../parts/event/rule.ts'
import { matches, type PlacementRules } from '../../parts/serving/rule-book.ts'
import type { SlateItem } from '../../parts/serving/slate.ts'
import { copyOf, mayShow, show, type PageShown } from './page-shown.ts'

/** An item of a list that may be shown, with its product as it is now. */
export interface SlateEntry {
  readonly item: SlateItem
  readonly product: Product
}

export interface Arrangement {
  readonly rules: PlacementRules
  readonly limit: number
  readonly excluded: ReadonlySet<string>
  /** What the page shows before this slate. */
  readonly page: PageShown
  /** A product that a pin names, or null where it cannot be shown. */
  readonly productOf: (productId: string) => Product | null
}

export function arrange(pool: readonly SlateEntry[], options: Arrangement): SlateEntry[] {
  const { rules, limit } = options
  const rest = rules.movesProducts ? moved(pool, rules) : [...pool]
  const pins = pinned(rest, options)
  const shown = copyOf(options.page)
  const slate: SlateEntry[] = []
  const place = (entry: SlateEntry) => {
    if (shown.kinds.has(shown.kindOf(entry.product))) return
    slate.push(entry)
    show(entry.product, shown)
  }
  // What is pinned leaves its own place further down.
  const pinnedKinds = new Set(pins.map(({ entry }) => shown.kindOf(entry.product)))
  const others = rest.filter(({ product }) => !pinnedKinds.has(shown.kindOf(product)))
  while (slate.length < limit && pins.length + others.length > 0) {
    const isPinsTurn = pins.length > 0 && (pins[0].position <= slate.length + 1 || others.length === 0)
    const next = isPinsTurn ? pins.shift()?.entry : others.shift()
    if (next !== undefined) place(next)
  }
  return slate
}

/** Boosted products take their place divided by the boost, buried ones follow all others; else the order stays. */
function moved(pool: readonly SlateEntry[], rules: PlacementRules): SlateEntry[] {
  const placed = pool.map((entry, index) => {
    const { isBuried, boost } = rules.effectOn(entry.product)
    return { entry, place: isBuried ? pool.length + 1 + index : (index + 1) / boost }
  })
  return placed.sort((a, b) => a.place - b.place).map(({ entry }) => entry)
}

interface Pin {
  readonly entry: SlateEntry
  readonly position: number
}

function pinned(pool: readonly SlateEntry[], options: Arrangement): Pin[] {
  const taken = copyOf(options.page)
  const pins: Pin[] = []
  for (const rule of options.rules.pins) {
    const entry = pinnedEntry(pool, { rule, taken, options })
    if (entry === null) continue
    show(entry.product, taken)
    pins.push({ entry, position: rule.position ?? 1 })
  }
  return pins
}

interface PinSearch {
  readonly rule: Rule
  readonly taken: PageShown
  readonly options: Arrangement
}

/** A rule that names products shows the first that can be shown; one of attributes the best of the list. */
function pinnedEntry(pool: readonly SlateEntry[], search: PinSearch): SlateEntry | null {
  const { rule, taken, options } = search
  const fits = (product: Product) =>
    matches(rule, product) && !options.excluded.has(product.id) && mayShow(product, taken, options.rules)
  const named = (rule.match['product_id'] ?? []).map(options.productOf)
  for (const product of [...named, ...pool.map((entry) => entry.product)]) {
    if (product === null || !fits(product)) continue
    const score = pool.find((entry) => entry.product.id === product.id)?.item.score ?? 0
    return { product, item: { product_id: product.id, score, reason: { code: 'shop_pick', params: {} } } }
  }
  return null
}
