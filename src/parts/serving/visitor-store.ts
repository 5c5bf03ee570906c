/**
 * serving/visitor-store: visitors where they rest apart from the model, one entry each.
 *
 * In: what a scorer made of a visitor's newest record.
 * Out: the same by key; which visitor a user was seen as last.
 * Invariant: an entry never goes back: a write at or before the position that rests there changes nothing.
 */
import type { VisitorMemory } from '../model/session/visitor-state.ts'
import type { Position } from '../stream/position.ts'
import type { VisitorEntry } from './slate.ts'

export interface StoredVisitor {
  /** The newest record that the entry knows of. */
  readonly position: Position
  readonly memory: VisitorMemory
  readonly entry: VisitorEntry
}

export interface VisitorStore {
  /** Those that are there, and have not expired; any number of keys. */
  read(visitorKeys: readonly string[]): Promise<ReadonlyMap<string, StoredVisitor>>
  /** @returns false where what rests there is as new or newer */
  write(visitorKey: string, visitor: StoredVisitor): Promise<boolean>
  /** The visitor key last seen for a user, or null. */
  visitorOfUser(userId: string): Promise<string | null>
  /** @returns false where what rests there is as new or newer */
  writeUser(userId: string, seen: { readonly visitorKey: string; readonly position: Position }): Promise<boolean>
}
