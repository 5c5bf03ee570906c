/**
 * event/session-rules: when one visit ends and the next begins.
 *
 * In: the times of two neighbouring events of one visitor.
 * Out: whether both belong to the same session.
 * Invariant: the recommender and the lake use the same rule.
 */

/** A visitor idle for longer than this starts a new session. */
export const SESSION_IDLE_MS = 30 * 60_000

/** Whether an event at `laterMs` continues the session whose newest event is at `earlierMs`. */
export function continuesSession(earlierMs: number, laterMs: number): boolean {
  return laterMs - earlierMs <= SESSION_IDLE_MS
}
