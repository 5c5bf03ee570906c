/**
 * evaluate/baselines: the simple methods that a recommender has to beat.
 *
 * In: events and prefixes.
 * Out: what is popular, what shares a sub-category by chance, what shares sessions with the last item.
 * Invariant: none of them looks at the item that came next.
 */
import { nextRandom } from '../../parts/model/state/random.ts'
import { SUGGESTIONS, type Contender } from './contender.ts'

/** The items with most events. */
export function popularity(): Contender {
  const counts = new Map<string, number>()
  const top: string[] = []
  return {
    name: 'popularity',
    learn({ item }) {
      const count = (counts.get(item) ?? 0) + 1
      counts.set(item, count)
      let at = top.indexOf(item)
      if (at < 0) {
        if (top.length < SUGGESTIONS) at = top.push(item) - 1
        else if (count > (counts.get(top[top.length - 1]) ?? 0)) {
          at = top.length - 1
          top[at] = item
        } else return
      }
      for (; at > 0 && (counts.get(top[at - 1]) ?? 0) < count; at--) {
        top[at] = top[at - 1]
        top[at - 1] = item
      }
    },
    suggest: () => top,
  }
}

/** Twenty different products by chance, of the last item's sub-category. */
export function randomOfSubCategory(subCategoryOf: ReadonlyMap<string, string>, seed: number): Contender {
  const members = new Map<string, string[]>()
  for (const [item, subCategory] of subCategoryOf) {
    const group = members.get(subCategory)
    if (group === undefined) members.set(subCategory, [item])
    else group.push(item)
  }
  const generator = { state: seed }
  return {
    name: 'random-sub-category',
    learn: () => undefined,
    suggest({ items }) {
      const group = members.get(subCategoryOf.get(items[items.length - 1]) ?? '') ?? []
      const drawn = new Set<string>()
      for (let i = 0; i < SUGGESTIONS * 4 && drawn.size < Math.min(SUGGESTIONS, group.length); i++) {
        drawn.add(group[nextRandom(generator) % group.length])
      }
      return [...drawn]
    },
  }
}

/** Distinct items of a session that a new one is paired with. */
const PAIRED_MAX = 20

/** Cosine of the sessions that hold an item and those that hold the last one. */
export function itemToItem(): Contender {
  const together = new Map<string, Map<string, number>>()
  const sessionsOf = new Map<string, number>()
  const opened = new Map<number, string[]>()
  const count = (item: string, other: string): void => {
    const row = together.get(item) ?? new Map<string, number>()
    row.set(other, (row.get(other) ?? 0) + 1)
    together.set(item, row)
  }
  return {
    name: 'item-item',
    learn({ session, item }) {
      const items = opened.get(session) ?? []
      if (items.includes(item)) return
      for (const other of items.slice(-PAIRED_MAX)) {
        count(item, other)
        count(other, item)
      }
      items.push(item)
      opened.set(session, items)
      sessionsOf.set(item, (sessionsOf.get(item) ?? 0) + 1)
    },
    suggest({ items }) {
      const scores = new Map<string, number>()
      for (const [other, shared] of together.get(items[items.length - 1]) ?? []) {
        scores.set(other, shared / Math.sqrt(sessionsOf.get(other) ?? 1))
      }
      return best(scores)
    },
  }
}

/** Ids of the best scores, best first; equal scores go by id. */
export function best(scores: ReadonlyMap<string, number>): string[] {
  const entries = [...scores].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return entries.slice(0, SUGGESTIONS).map(([item]) => item)
}
