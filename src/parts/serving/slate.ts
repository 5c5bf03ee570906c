/**
 * serving/slate: the shapes of what the serving store holds.
 *
 * In: scored products from the model.
 * Out: slates, lists, visitor entries and the batch that carries them.
 * Invariant: reasons are codes with parameters; words are made when read, in the reader's language. A slate's id is a
 * hash of whom, where and the position in the stream, so the same log gives the same ids.
 */
import { hash } from 'node:crypto'
import type { Product, TrendWindow } from '../event/product.ts'
import type { Rule } from '../event/rule.ts'
import type { Position } from '../stream/position.ts'

/** Why an item is shown: a code of the closed list in `reasons.ts` and what fills its text. */
export interface SlateReason {
  readonly code: string
  readonly params: Readonly<Record<string, string>>
}

export interface SlateItem {
  readonly product_id: string
  readonly score: number
  readonly reason: SlateReason
}

export interface StoredList {
  readonly slate_id: string
  readonly items: readonly SlateItem[]
  /** ISO 8601 UTC. */
  readonly computed_at: string
  /** The newest record the list knows of. */
  readonly as_of: Position
}

/** Everything a page needs of one visitor. */
export interface VisitorEntry {
  readonly user_id: string | null
  readonly home: StoredList
  readonly cart: StoredList
  /** Products in the cart or just bought, so that other lists leave them out. */
  readonly excluded: readonly string[]
  /** Products looked at, newest first. */
  readonly recent: readonly string[]
  /** The one gender that the products looked at last are made for, or null. */
  readonly gender: string | null
}

/** One value of a dimension, over one window. */
export interface TrendEntry {
  readonly value: string
  /** `rising`, `fading`, `steady`, `seasonal`, `unconfirmed` or `fad`. */
  readonly state: string
  /** First day of the rise or fade, such as "2026-11-12", or null. */
  readonly since: string | null
  /** Attention over what was expected, shrunk towards 1, and its 95 % interval. */
  readonly ratio: number
  readonly low: number
  readonly high: number
  /** Decayed attention: a session that looked counts 1, one with a cart 3, with an order 6. */
  readonly sessions: number
  readonly expected_sessions: number
  /** Of the dimension's attention, 0 to 1. */
  readonly share: number
  readonly expected_share: number
  /** Ids of the products that carry it. */
  readonly products: readonly string[]
}

/** Where a dimension's values over a window are kept. */
export function trendKey(window: TrendWindow, dimension: string): string {
  return `${window}:${dimension}`
}

export interface ServingBatch {
  readonly visitors: ReadonlyMap<string, VisitorEntry>
  readonly visitorsOfUsers: ReadonlyMap<string, string>
  readonly products: readonly Product[]
  /** Keys are `<kind>:<subject>`. */
  readonly lists: ReadonlyMap<string, StoredList>
  /** Keys are those of `trendKey`. */
  readonly trends: ReadonlyMap<string, readonly TrendEntry[]>
  /** All rules of the shop, where one changed. */
  readonly rules?: readonly Rule[]
  readonly checkpoint: ServingCheckpoint
}

/** Up to where what is stored is true. A restart reads on after `slates`. */
export interface ServingCheckpoint {
  /** Every visitor's slates know of all records up to here. */
  readonly slates: Position
  /** Every product's own lists know of all records up to here. */
  readonly lists: Position
}

/** @param whom a visitor key, a product id, or '' for a list of the whole shop */
export function slateIdOf(list: {
  readonly whom: string
  readonly placement: string
  readonly asOf: Position
}): string {
  const text = JSON.stringify([list.whom, list.placement, list.asOf.shard, list.asOf.sequence_number])
  return hash('sha256', text, 'base64url').slice(0, 16)
}
