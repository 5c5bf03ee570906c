/**
 * respond/read-through: pages read from memory, where the serving store is reached over a wire.
 *
 * In: visitors and the shelf; something that reads as if all were at hand.
 * Out: its answer, once all that it asked for is.
 * Guarantee: a visitor's own entry is read anew for each answer; what all pages share is at most `FRESH_MS` old.
 * Invariant: an answer is given only where nothing it asked for was missing from memory; each round fetches together what
 *   the last one missed. One answer at a time.
 */
import type { Product } from '../../parts/event/product.ts'
import type { ServingReader } from '../../parts/serving/port.ts'
import type { ShelfFacts, ShopShelf } from '../../parts/serving/shelf.ts'
import type { StoredList, TrendEntry, VisitorEntry } from '../../parts/serving/slate.ts'
import type { VisitorStore } from '../../parts/serving/visitor-store.ts'
import type { Clock } from '../../std/clock.ts'

const FRESH_MS = 10_000
/** A page asks for a user, then a visitor, then lists, then products, then products named in reasons. */
const ROUNDS_MAX = 12
const KEPT_MAX = { products: 100_000, lists: 20_000, trends: 1000 }

const NO_FACTS: ShelfFacts = { rules: [], checkpoint: null, productCount: 0 }

export interface ReadThrough {
  readonly reader: ServingReader
  /** Runs `read` until it has missed nothing, and gives its last answer. */
  answer<Answer>(read: () => Promise<Answer>): Promise<Answer>
}

export interface ReadThroughOptions {
  readonly visitors: VisitorStore
  readonly shelf: ShopShelf
  readonly clock: Clock
}

/** What was found, null where nothing is; and what was asked for in vain since the last fetch. */
interface Kept<Value> {
  get(key: string): Value | null
  readonly missing: Set<string>
  put(keys: Iterable<string>, found: ReadonlyMap<string, Value>): void
  clear(): void
}

export function createReadThrough({ visitors, shelf, clock }: ReadThroughOptions): ReadThrough {
  const now = () => clock.nowMs()
  const kept = {
    users: createKept<string>(Number.MAX_SAFE_INTEGER, now),
    visitors: createKept<VisitorEntry>(Number.MAX_SAFE_INTEGER, now),
    products: createKept<Product>(KEPT_MAX.products, now),
    lists: createKept<StoredList>(KEPT_MAX.lists, now),
    trends: createKept<readonly TrendEntry[]>(KEPT_MAX.trends, now),
  }
  let facts: ShelfFacts = NO_FACTS
  let factsMs = Number.NEGATIVE_INFINITY

  const reader: ServingReader = {
    visitor: kept.visitors.get,
    visitorOfUser: kept.users.get,
    product: kept.products.get,
    list: (kind, subject) => kept.lists.get(`${kind}:${subject}`),
    trend: (key) => kept.trends.get(key) ?? [],
    rules: () => facts.rules,
    checkpoint: () => facts.checkpoint,
    productCount: () => facts.productCount,
  }

  const fetchMissing = async (): Promise<boolean> => {
    const [userIds, visitorKeys, products, lists, trends] = Object.values(kept).map(({ missing }) => [...missing])
    if (userIds.length + visitorKeys.length + products.length + lists.length + trends.length === 0) return false
    const hasShelf = products.length + lists.length + trends.length > 0
    const [users, entries, shared] = await Promise.all([
      Promise.all(userIds.map(async (id) => [id, await visitors.visitorOfUser(id)] as const)),
      visitorKeys.length > 0 ? visitors.read(visitorKeys) : new Map(),
      hasShelf ? shelf.read({ products, lists, trends }) : null,
    ])
    kept.users.put(userIds, new Map(users.flatMap(([id, key]) => (key === null ? [] : [[id, key] as const]))))
    kept.visitors.put(visitorKeys, new Map([...entries].map(([key, { entry }]) => [key, entry])))
    if (shared === null) return true
    kept.products.put(products, shared.products)
    kept.lists.put(lists, shared.lists)
    kept.trends.put(trends, shared.trends)
    return true
  }

  return {
    reader,
    async answer(read) {
      kept.users.clear()
      kept.visitors.clear()
      if (now() - factsMs > FRESH_MS) {
        facts = (await shelf.facts()) ?? NO_FACTS
        factsMs = now()
      }
      for (let round = 1; ; round++) {
        for (const { missing } of Object.values(kept)) missing.clear()
        const answer = await read()
        if (round === ROUNDS_MAX || !(await fetchMissing())) return answer
      }
    },
  }
}

function createKept<Value>(most: number, now: () => number): Kept<Value> {
  const values = new Map<string, { readonly value: Value | null; readonly atMs: number }>()
  const missing = new Set<string>()
  return {
    missing,
    get(key) {
      const found = values.get(key)
      if (found !== undefined && now() - found.atMs <= FRESH_MS) return found.value
      missing.add(key)
      return null
    },
    put(keys, found) {
      if (values.size > most) values.clear()
      for (const key of keys) values.set(key, { value: found.get(key) ?? null, atMs: now() })
    },
    clear: () => values.clear(),
  }
}
