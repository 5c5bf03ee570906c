/** memory-visitors: visitors in a Map, as the contract's simplest reading; kept as JSON, as a store over the wire does. */
import type { ForgettingStore } from '../../../src/parts/serving/port.ts'
import type { StoredVisitor, VisitorStore } from '../../../src/parts/serving/visitor-store.ts'

export function createMemoryVisitors(): VisitorStore &
  Pick<ForgettingStore, 'forget'> & { readonly keys: () => readonly string[] } {
  const visitors = new Map<string, { readonly sequence: string; readonly json: string }>()
  const users = new Map<string, { readonly visitorKey: string; readonly sequence: string }>()
  return {
    keys: () => [...visitors.keys()],
    async read(visitorKeys) {
      const found = visitorKeys.flatMap((key) => {
        const kept = visitors.get(key)
        return kept === undefined ? [] : [[key, JSON.parse(kept.json) as StoredVisitor] as const]
      })
      return new Map(found)
    },
    async write(key, visitor) {
      const sequence = visitor.position.sequence_number
      if (sequence <= (visitors.get(key)?.sequence ?? '')) return false
      visitors.set(key, { sequence, json: JSON.stringify(visitor) })
      return true
    },
    async forget({ visitorKeys, userIds }) {
      for (const key of visitorKeys) visitors.delete(key)
      for (const userId of userIds) users.delete(userId)
    },
    visitorOfUser: async (userId) => users.get(userId)?.visitorKey ?? null,
    async writeUser(userId, { visitorKey, position }) {
      if (position.sequence_number <= (users.get(userId)?.sequence ?? '')) return false
      users.set(userId, { visitorKey, sequence: position.sequence_number })
      return true
    },
  }
}
