/**
 * model/state/items: what the index knows of each item, by a dense number.
 *
 * In: product ids as the shop has them.
 * Out: numbers from 0 in order of first appearance, and counts per number.
 * Invariant: an item's number never changes, not even through a model image.
 */
import { grown } from './arrays.ts'
import { NONE } from './chains.ts'

export interface Items {
  readonly productIds: string[]
  readonly numbers: Map<string, number>
  /** Newest event of the item, or -1. */
  head: Int32Array
  /** Events held in the index. */
  events: Int32Array
  /** Of these, events whose item was among the 20 before it in its session. */
  repeats: Int32Array
  /** Recent events, decaying with the number of events since, as of `recentAt`. */
  recent: Float64Array
  recentAt: Int32Array
}

export function createItems(): Items {
  return {
    productIds: [],
    numbers: new Map(),
    head: new Int32Array(0),
    events: new Int32Array(0),
    repeats: new Int32Array(0),
    recent: new Float64Array(0),
    recentAt: new Int32Array(0),
  }
}

/** Number of a product, or -1 where the model has never met it. */
export function findItem(items: Items, productId: string): number {
  return items.numbers.get(productId) ?? NONE
}

/** Number of a product, given now where it is new. */
export function internItem(items: Items, productId: string): number {
  const known = items.numbers.get(productId)
  if (known !== undefined) return known
  const item = items.productIds.length
  items.productIds.push(productId)
  items.numbers.set(productId, item)
  reserveItems(items, item + 1)
  items.head[item] = NONE
  return item
}

export function reserveItems(items: Items, count: number): void {
  items.head = grown(items.head, count)
  items.events = grown(items.events, count)
  items.repeats = grown(items.repeats, count)
  items.recent = grown(items.recent, count)
  items.recentAt = grown(items.recentAt, count)
}
