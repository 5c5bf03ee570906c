/** memory-shelf: the shelf in Maps, as the contract's simplest reading. */
import type { Product } from '../../../src/parts/event/product.ts'
import type { ShelfFacts, ShopShelf } from '../../../src/parts/serving/shelf.ts'
import type { StoredList, TrendEntry } from '../../../src/parts/serving/slate.ts'

export function createMemoryShelf(): ShopShelf {
  const products = new Map<string, Product>()
  const lists = new Map<string, StoredList>()
  const trends = new Map<string, readonly TrendEntry[]>()
  let newest: ShelfFacts | null = null
  return {
    async read(keys) {
      return {
        products: picked(products, keys.products),
        lists: picked(lists, keys.lists),
        trends: picked(trends, keys.trends),
      }
    },
    facts: async () => newest,
    async write(batch) {
      for (const product of batch.products) products.set(product.id, product)
      for (const [key, list] of batch.lists) lists.set(key, list)
      for (const [key, entries] of batch.trends) trends.set(key, entries)
      newest = { rules: batch.rules, checkpoint: batch.checkpoint, productCount: batch.productCount }
    },
  }
}

function picked<Value>(from: ReadonlyMap<string, Value>, keys: readonly string[]): Map<string, Value> {
  return new Map(keys.flatMap((key) => (from.has(key) ? [[key, from.get(key) as Value] as const] : [])))
}
