/**
 * serving/port: the serving store, from key to ready answer.
 *
 * In: slates, lists and products written by `recommend`, with its checkpoint, in one transaction.
 * Out: what a page needs, read without ranking.
 * Invariant: a checkpoint is never ahead of the answers it stands for.
 */
import type { Product } from '../event/product.ts'
import type { Rule } from '../event/rule.ts'
import type { ServingBatch, ServingCheckpoint, StoredList, TrendEntry, VisitorEntry } from './slate.ts'

export interface ServingReader {
  visitor(visitorKey: string): VisitorEntry | null
  /** The visitor key last seen for a user, or null. */
  visitorOfUser(userId: string): string | null
  product(productId: string): Product | null
  /** A list of its kind; `subject` is a product id for `similar` and `goes_with`, else ''. */
  list(kind: ListKind, subject: string): StoredList | null
  /** Values of a dimension over a window, by `trendKey`, the most credibly rising first. */
  trend(key: string): readonly TrendEntry[]
  /** All rules of the merchandiser; the same array as long as none changed. */
  rules(): readonly Rule[]
  /** How far `recommend` has read, or null. */
  checkpoint(): ServingCheckpoint | null
  /** Number of products in the catalogue. */
  productCount(): number
}

export interface ServingWriter {
  /** Writes all of the batch or nothing; visible to readers when it resolves. */
  write(batch: ServingBatch): Promise<void>
}

/** What a store that keeps entries of people must be able to do besides. */
export interface ForgettingStore {
  /** Takes out all entries of people; readers see none of them when it resolves. */
  forget(people: ServedPeople): Promise<void>
  /** When it resolves, nothing of what was ever forgotten is left where the store rests. Others may write meanwhile. */
  clearForgotten(): Promise<void>
}

export interface ServedPeople {
  readonly visitorKeys: readonly string[]
  readonly userIds: readonly string[]
}

export type ListKind = 'similar' | 'goes_with' | 'trending' | 'new_in'

/** A store opened by one process: both ends. */
export interface ServingStore extends ServingReader, ServingWriter {
  close(): Promise<void>
}
