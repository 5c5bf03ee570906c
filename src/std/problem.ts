/**
 * std/problem: an error as an HTTP answer, problem+json of RFC 9457.
 *
 * In: anything thrown.
 * Out: a web-standard `Response` with the error's status, code, and what to do.
 * Invariant: what is not a `HemlineError` tells the caller nothing but that it is our fault.
 */
import { ERROR_CODES, type ErrorCode } from './error-codes.ts'
import { HemlineError } from './errors.ts'

/** How long a caller waits before it tries a refused but repeatable call again. */
const RETRY_AFTER_SECONDS = 1

/** Body of a problem answer. */
interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ErrorCode
  readonly detail: string
  readonly retryable: boolean
}

/** The body alone, where the status has been sent already. */
export function problemOf(thrown: unknown): Problem {
  const code = thrown instanceof HemlineError ? thrown.code : 'HEM_INTERNAL'
  const { status, retryable, meaning } = ERROR_CODES[code]
  const detail = thrown instanceof HemlineError ? thrown.message : meaning
  return { type: `urn:hemline:error:${code}`, title: meaning, status, code, detail, retryable }
}

/**
 * @param headers added to the answer, such as those of CORS
 * @returns status of the error; 429 and 503 carry Retry-After in seconds, 401 WWW-Authenticate
 */
export function problemResponse(thrown: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  const problem = problemOf(thrown)
  const advice: Record<string, string> = {}
  if (problem.status === 429 || problem.status === 503) advice['retry-after'] = String(RETRY_AFTER_SECONDS)
  if (problem.status === 401) advice['www-authenticate'] = 'Bearer'
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', ...advice, ...headers },
  })
}
