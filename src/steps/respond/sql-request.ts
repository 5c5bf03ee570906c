/**
 * respond/sql-request: reads the body of POST /v1/sql.
 *
 * In: {"sql": "SELECT … $1", "parameters": […]}, or {"saved": "name", "parameters": {…}}.
 * Out: the statement's text, with its parameters filled in; what it may do is the guard's business.
 * Invariant: a body that is too long is refused before it is parsed.
 */
import { fillParameters, jsonParameters } from '../../parts/sql/parameters.ts'
import { savedStatement } from '../../parts/sql/saved-queries.ts'
import { HemlineError } from '../../std/errors.ts'
import { isObject } from '../../std/object.ts'

const MAX_BODY_BYTES = 64 * 1024

/** @throws HEM_SQL_REQUEST_INVALID, HEM_SQL_PARAMETERS, HEM_SQL_SAVED_UNKNOWN */
export async function statementOf(request: Request): Promise<string> {
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
  if (!isObject(body)) throw invalid('no object')
  const { sql, saved, parameters, ...others } = body
  const [stranger] = Object.keys(others)
  if (stranger !== undefined) throw invalid(`the field "${stranger.slice(0, 64)}"`)
  if (typeof saved === 'string' && sql === undefined) return savedStatement(saved, textsOf(parameters))
  if (typeof sql !== 'string' || sql.trim() === '' || saved !== undefined) throw invalid('no text under "sql"')
  return parameters === undefined ? sql : fillParameters(sql, jsonParameters(parameters))
}

function textsOf(parameters: unknown): Record<string, string> {
  if (parameters === undefined) return {}
  if (!isObject(parameters)) throw invalid('parameters of a saved question that are no object')
  const given = Object.entries(parameters).filter(([, value]) => value !== null)
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]))
}

function invalid(got: string, cause?: unknown): HemlineError {
  return new HemlineError('HEM_SQL_REQUEST_INVALID', {
    subject: 'body of POST /v1/sql',
    expected: `{"sql": "SELECT …"} or {"saved": "name"}, of at most ${MAX_BODY_BYTES} bytes`,
    got,
    remedy: 'send the statement as JSON',
    cause,
  })
}
