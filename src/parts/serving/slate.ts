/**
 * serving/slate: the shapes of what the serving store holds.
 *
 * In: scored products from the model.
 * Out: slates, lists, visitor entries and the batch that carries them.
 * Invariant: reasons are codes with parameters; words are made when read, in the reader's language. A slate's id is a
 * hash of whom, where and the position in the stream, so the same log gives the same ids.
 */
import { hash } from 'node:crypto'
import type { Product } from '../event/product.ts'
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
}

export interface TrendEntry {
  readonly value: string
  readonly score: number
  /** Decayed number of sessions of attention behind the score. */
  readonly sessions: number
}

export interface ServingBatch {
  readonly visitors: ReadonlyMap<string, VisitorEntry>
  readonly visitorsOfUsers: ReadonlyMap<string, string>
  readonly products: readonly Product[]
  /** Keys are `<kind>:<subject>`. */
  readonly lists: ReadonlyMap<string, StoredList>
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
