/** memory-serving: the serving store in a Map, as the contract's simplest reading. */
import type { Product } from '../../../src/parts/event/product.ts'
import type { Rule } from '../../../src/parts/event/rule.ts'
import type { ForgettingStore, ServingStore } from '../../../src/parts/serving/port.ts'
import type { ServingCheckpoint, StoredList, TrendEntry, VisitorEntry } from '../../../src/parts/serving/slate.ts'

export function createMemoryServing(): ServingStore & ForgettingStore {
  const visitors = new Map<string, VisitorEntry>()
  const users = new Map<string, string>()
  const products = new Map<string, Product>()
  const lists = new Map<string, StoredList>()
  const trends = new Map<string, readonly TrendEntry[]>()
  let rules: readonly Rule[] = []
  let checkpoint: ServingCheckpoint | null = null
  return {
    visitor: (key) => visitors.get(key) ?? null,
    visitorOfUser: (userId) => users.get(userId) ?? null,
    product: (id) => products.get(id) ?? null,
    list: (kind, subject) => lists.get(`${kind}:${subject}`) ?? null,
    trend: (key) => trends.get(key) ?? [],
    rules: () => rules,
    checkpoint: () => checkpoint,
    productCount: () => products.size,
    async write(batch) {
      for (const [key, entry] of batch.visitors) visitors.set(key, entry)
      for (const [userId, key] of batch.visitorsOfUsers) users.set(userId, key)
      for (const product of batch.products) products.set(product.id, product)
      for (const [key, list] of batch.lists) lists.set(key, list)
      for (const [key, entries] of batch.trends) trends.set(key, entries)
      rules = batch.rules ?? rules
      checkpoint = batch.checkpoint
    },
    async forget({ visitorKeys, userIds }) {
      for (const key of visitorKeys) visitors.delete(key)
      for (const userId of userIds) users.delete(userId)
      for (const [userId, key] of users) if (visitorKeys.includes(key)) users.delete(userId)
    },
    async clearForgotten() {},
    async close() {},
  }
}
