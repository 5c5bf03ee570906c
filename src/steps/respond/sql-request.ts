/**
 * respond/sql-request: reads the body of POST /v1/sql.
 *
 * In: {"sql": "SELECT …"}.
 * Out: the statement's text; what it may do is the guard's business.
 * Invariant: a body that is too long is refused before it is parsed.
 */
import { HemlineError } from '../../std/errors.ts'

const MAX_BODY_BYTES = 64 * 1024

/** @throws HEM_SQL_REQUEST_INVALID */
export async function sqlOf(request: Request): Promise<string> {
  const length = Number(request.headers.get('content-length') ?? 0)
  if (length > MAX_BODY_BYTES) throw invalid(`${length} bytes`)
  const text = await request.text()
  if (text.length > MAX_BODY_BYTES) throw invalid(`${text.length} characters`)
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (cause) {
    throw invalid('something that is not JSON', cause)
  }
  const sql = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)['sql'] : undefined
  if (typeof sql !== 'string' || sql.trim() === '') throw invalid('no text under "sql"')
  return sql
}

function invalid(got: string, cause?: unknown): HemlineError {
  return new HemlineError('HEM_SQL_REQUEST_INVALID', {
    subject: 'body of POST /v1/sql',
    expected: `{"sql": "SELECT …"} of at most ${MAX_BODY_BYTES} bytes`,
    got,
    remedy: 'send the statement as JSON',
    cause,
  })
}
