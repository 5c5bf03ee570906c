/**
 * evaluate/contender: what every method that is measured can do.
 *
 * In: events in the order of the log; prefixes of sessions.
 * Out: up to 20 suggestions for what comes next.
 * Invariant: a contender sees the same events in the same order as every other.
 */
export type EvaluatedAction = 'view' | 'cart' | 'purchase'

export interface EvaluatedEvent {
  /** Number of the session; sessions never share one. */
  readonly session: number
  readonly item: string
  /** Epoch ms. */
  readonly timeMs: number
  readonly action: EvaluatedAction
}

export interface Prefix {
  /** Number of the session where it has been learned from, else -1. */
  readonly session: number
  /** At least one item, newest last. */
  readonly items: readonly string[]
}

export interface Contender {
  readonly name: string
  learn(event: EvaluatedEvent): void
  /** Up to 20 item ids, best first. */
  suggest(prefix: Prefix): readonly string[]
}

export const SUGGESTIONS = 20
