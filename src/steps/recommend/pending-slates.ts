/**
 * recommend/pending-slates: which slates still have to be computed, and how far that lets the checkpoint go.
 *
 * In: a visitor for each record learned from.
 * Out: visitors, newest first; the position before the oldest one that waits.
 * Invariant: at most one slate waits per visitor; the checkpoint never passes a record whose slate waits.
 */
import type { Position } from '../../parts/stream/position.ts'

export interface PendingSlates {
  /** @param before position of the record before the one that made the slate stale; null for the first record */
  add(visitorKey: string, before: Position | null): void
  /** Takes up to `limit` visitors, the newest first. */
  take(limit: number): readonly string[]
  /** Where a restart must read from: before the oldest waiting record, or `learned` where none waits. */
  checkpoint(learned: Position | null): Position | null
  readonly size: number
}

interface Waiting {
  readonly visitorKey: string
  readonly before: Position | null
}

export function createPendingSlates(): PendingSlates {
  // In order of the stream; a visitor seen again leaves a hole and moves to the end.
  let queue: (Waiting | null)[] = []
  let oldest = 0
  const placeOf = new Map<string, number>()

  return {
    add(visitorKey, before) {
      const place = placeOf.get(visitorKey)
      if (place !== undefined) queue[place] = null
      placeOf.set(visitorKey, queue.length)
      queue.push({ visitorKey, before })
    },
    take(limit) {
      const taken: string[] = []
      while (queue.length > oldest && taken.length < limit) {
        const newest = queue.pop() ?? null
        if (newest === null) continue
        placeOf.delete(newest.visitorKey)
        taken.push(newest.visitorKey)
      }
      if (placeOf.size === 0) {
        queue = []
        oldest = 0
      }
      return taken
    },
    checkpoint(learned) {
      while (oldest < queue.length && queue[oldest] === null) oldest += 1
      const first = queue[oldest] ?? null
      return first === null ? learned : first.before
    },
    get size() {
      return placeOf.size
    },
  }
}
