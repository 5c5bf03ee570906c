/**
 * std/clock: time as an argument, so that rooms never ask the machine themselves.
 *
 * In: nothing, or a fixed start for tests.
 * Out: a `Clock` whose wall time is epoch milliseconds.
 * Invariant: only `app` makes the system clock.
 */
export interface Clock {
  /** Wall time, epoch milliseconds. */
  nowMs(): number
}

/** A clock that tests move by hand. */
export function manualClock(startMs: number): Clock & { advance(ms: number): void } {
  let now = startMs
  return {
    nowMs: () => now,
    advance(ms) {
      now += ms
    },
  }
}
