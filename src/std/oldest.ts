/**
 * std/oldest: takes the oldest entry out of a map or set that is kept at a size.
 *
 * In: a map or set whose entries are set anew when they are used.
 * Out: the same without the entry that was set longest ago.
 * Invariant: constant time. A fresh iterator would first walk over all places that earlier ones have left, a hundred thousand
 *   of them in a map of two hundred thousand; one that is kept goes on where it was.
 */
type Walk = Iterator<unknown, unknown>

const walks = new WeakMap<object, Walk>()

export function dropOldest(entries: Map<unknown, unknown> | Set<unknown>): void {
  let walk = walks.get(entries)
  let next = walk?.next()
  if (walk === undefined || next === undefined || next.done === true) {
    walk = entries.keys()
    walks.set(entries, walk)
    next = walk.next()
  }
  entries.delete(next.value)
}
