/**
 * serving/shelf: what every visitor's page may need, where it is reached over a wire.
 *
 * In: products, lists, trends and rules, as who learns makes them.
 * Out: those of them that a page asks for, together.
 * Invariant: the facts are written last, so that their checkpoint is never ahead of the lists it stands for.
 */
import type { Product } from '../event/product.ts'
import type { Rule } from '../event/rule.ts'
import type { ServingBatch, ServingCheckpoint, StoredList, TrendEntry } from './slate.ts'

export interface ShelfFacts {
  readonly rules: readonly Rule[]
  readonly checkpoint: ServingCheckpoint | null
  readonly productCount: number
}

export interface ShelfKeys {
  /** Product ids. */
  readonly products: readonly string[]
  /** `<kind>:<subject>`, as in a batch. */
  readonly lists: readonly string[]
  /** By `trendKey`. */
  readonly trends: readonly string[]
}

/** What is not there is absent. */
export interface ShelfEntries {
  readonly products: ReadonlyMap<string, Product>
  readonly lists: ReadonlyMap<string, StoredList>
  readonly trends: ReadonlyMap<string, readonly TrendEntry[]>
}

export type ShelfBatch = Pick<ServingBatch, 'products' | 'lists' | 'trends'> & ShelfFacts

export interface ShopShelf {
  /** Any number of keys. */
  read(keys: ShelfKeys): Promise<ShelfEntries>
  /** Null before the first write. */
  facts(): Promise<ShelfFacts | null>
  /** Replaces the entries of the batch, whole or in part: a write that failed is written again. */
  write(batch: ShelfBatch): Promise<void>
}
