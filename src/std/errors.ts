/**
 * std/errors: the one error class for the world's faults, as opposed to our bugs.
 *
 * In: a code of the closed list, and what was expected, what came, what to do.
 * Out: an error whose message reads "CODE subject: expected …, got …; remedy".
 * Invariant: every code stands in `ERROR_CODES` and in docs/errors.md.
 */
import { ERROR_CODES, type ErrorCode } from './error-codes.ts'

export interface ErrorDetail {
  readonly subject: string
  readonly expected: string
  readonly got: string
  readonly remedy: string
  readonly cause?: unknown
}

export class HemlineError extends Error {
  readonly code: ErrorCode
  readonly detail: ErrorDetail

  constructor(code: ErrorCode, detail: ErrorDetail) {
    super(`${code} ${detail.subject}: expected ${detail.expected}, got ${detail.got}; ${detail.remedy}`, {
      cause: detail.cause,
    })
    this.name = 'HemlineError'
    this.code = code
    this.detail = detail
  }

  /** HTTP status that fits the fault, 400 to 599. */
  get status(): number {
    return ERROR_CODES[this.code].status
  }

  /** Whether the same call may succeed later without a change by the caller. */
  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable
  }
}

/** The message of anything thrown, without a stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
