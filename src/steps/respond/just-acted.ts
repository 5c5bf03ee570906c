/**
 * respond/just-acted: lets a read that follows its visitor's own click wait for the slate made with it.
 *
 * In: who acted in what was just acknowledged; a way to wait until the serving store knows of a position.
 * Out: for a visitor who acted a moment ago, a promise that ends when their slate is there, or after `MAX_WAIT_MS`.
 * Invariant: nobody else waits, nor anyone while the recommender is behind: a burst makes lists older, not reads slower.
 */
import type { Position } from '../../parts/stream/position.ts'

/** A slate is made within a millisecond or two; whoever waits longer gets the one before. */
const MAX_WAIT_MS = 5
/** More acts than this under way at once are a burst. */
const MAX_UNDER_WAY = 64

export interface JustActed {
  /** To be told of each acknowledged record, in order. */
  note(visitorKey: string, position: Position): void
  /** Resolves when a read knows of the visitor's last act; undefined where it does already. */
  served(visitorKey: string): Promise<void> | undefined
}

export interface ServingProgress {
  /** Whether the slates know of everything up to the position. */
  covers(position: Position): boolean
  /** Resolves when they do or at least know more than now, or after `timeoutMs`. */
  more(position: Position, timeoutMs: number): Promise<void>
  /** A clock that never goes back. */
  nowMs(): number
}

export function createJustActed({ covers, more, nowMs }: ServingProgress): JustActed {
  /** Newest act of each visitor that slates do not know of yet, oldest first. */
  const underWay = new Map<string, Position>()

  const forgetServed = () => {
    for (const [visitorKey, position] of underWay) {
      if (underWay.size <= MAX_UNDER_WAY && !covers(position)) return
      underWay.delete(visitorKey)
    }
  }

  const wait = async (position: Position): Promise<void> => {
    const deadlineMs = nowMs() + MAX_WAIT_MS
    for (let leftMs = MAX_WAIT_MS; leftMs > 0 && !covers(position); leftMs = deadlineMs - nowMs()) {
      await more(position, leftMs)
    }
  }

  return {
    note(visitorKey, position) {
      underWay.delete(visitorKey)
      underWay.set(visitorKey, position)
      forgetServed()
    },
    served(visitorKey) {
      const position = underWay.get(visitorKey)
      return position === undefined || covers(position) ? undefined : wait(position)
    },
  }
}
