/**
 * recommend/owed-slates: whose slate is not yet the one that the log defines, and how far that lets the checkpoint go.
 *
 * In: a visitor for each record learned from; word of each slate made as of that very record.
 * Out: visitors whose stored slate lacks their newest record, newest first; where each slate is due.
 * Invariant: a visitor owes at most one slate, as of their newest record; the checkpoint never passes such a record.
 */
import type { Position } from '../../parts/stream/position.ts'

export interface OwedSlates {
  /** @param record its position, and that of the record before it; null for the first record */
  owe(visitorKey: string, record: { readonly at: Position; readonly before: Position | null }): void
  /** The visitor's slate is as of the record it is owed at. */
  settle(visitorKey: string): void
  /** Nobody is owed anything. */
  forgive(): void
  /** The record as of which the visitor's slate is due, or null where the stored one is right. */
  dueAt(visitorKey: string): Position | null
  /** The oldest record as of which a slate is due, or null. */
  oldest(): Position | null
  /** Up to `limit` visitors without any slate that knows their newest record, the newest first; they stay owed. */
  take(limit: number): readonly string[]
  /** Where a restart must read from: before the oldest owed record, or `learned` where nothing is owed. */
  checkpoint(learned: Position | null): Position | null
  /** Visitors that `take` would give. */
  readonly waiting: number
  readonly size: number
}

export function createOwedSlates(): OwedSlates {
  // In order of the stream: a visitor seen again moves to the end.
  const owed = new Map<string, { readonly at: Position; readonly before: Position | null }>()
  // In the same order; a visitor seen again leaves a hole.
  const stack: (string | null)[] = []
  const placeOf = new Map<string, number>()

  const stopWaiting = (visitorKey: string) => {
    const place = placeOf.get(visitorKey)
    if (place === undefined) return
    stack[place] = null
    placeOf.delete(visitorKey)
    while (stack.length > 0 && stack[stack.length - 1] === null) stack.pop()
  }

  return {
    owe(visitorKey, record) {
      owed.delete(visitorKey)
      owed.set(visitorKey, record)
      stopWaiting(visitorKey)
      placeOf.set(visitorKey, stack.push(visitorKey) - 1)
    },
    settle(visitorKey) {
      owed.delete(visitorKey)
      stopWaiting(visitorKey)
    },
    forgive() {
      for (const visitorKey of owed.keys()) stopWaiting(visitorKey)
      owed.clear()
    },
    dueAt: (visitorKey) => owed.get(visitorKey)?.at ?? null,
    oldest() {
      for (const record of owed.values()) return record.at
      return null
    },
    take(limit) {
      const taken: string[] = []
      while (taken.length < limit) {
        const newest = stack.at(-1) ?? null
        if (newest === null) break
        taken.push(newest)
        stopWaiting(newest)
      }
      return taken
    },
    checkpoint(learned) {
      for (const record of owed.values()) return record.before
      return learned
    },
    get waiting() {
      return placeOf.size
    },
    get size() {
      return owed.size
    },
  }
}
