/**
 * std/retry: tries again what may succeed later, with growing pauses.
 *
 * In: something to do, and which of its faults pass by themselves.
 * Out: its result, or its last fault.
 * Invariant: at most `attempts` tries; each pause is drawn from the whole of its range, so that many who failed together
 *   do not come back together.
 */
import { setTimeout as sleep } from 'node:timers/promises'

export interface Backoff {
  readonly attempts: number
  /** Longest pause after the first try; it doubles with each. */
  readonly firstMs: number
  readonly longestMs: number
  /** From 0 up to 1. */
  readonly random: () => number
  /** How to wait; absent: by the clock. */
  readonly pause?: (ms: number) => Promise<unknown>
}

/** @param tries made so far, from 1 */
export async function backOff(backoff: Backoff, tries: number): Promise<void> {
  const { firstMs, longestMs, random, pause = sleep } = backoff
  await pause(random() * Math.min(longestMs, firstMs * 2 ** (tries - 1)))
}

/** @throws the last fault, or the first that does not pass */
export async function retry<Result>(
  work: () => Promise<Result>,
  options: Backoff & { readonly isPassing: (fault: unknown) => boolean },
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (fault) {
      if (tries >= options.attempts || !options.isPassing(fault)) throw fault
    }
    await backOff(options, tries)
  }
}
