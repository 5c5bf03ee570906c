/**
 * std/assert: stops the program at a bug of ours.
 *
 * In: a condition that can only be false if our own code is wrong.
 * Out: nothing, or an `AssertionError`.
 * Invariant: never used for bad input from outside; that is a `HemlineError`.
 */
import { AssertionError } from 'node:assert'

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError({ message, stackStartFn: assert })
}
