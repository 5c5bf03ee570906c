/**
 * sql/refusals: turns the engine's complaints into errors a person can act on.
 *
 * In: the engine's message, the statement's text, the tables there are.
 * Out: a `HemlineError` with a place, a name or a suggestion.
 * Invariant: no path, setting or stack of ours stands in a message.
 */
import { HemlineError } from '../../std/errors.ts'
import { MAX_SQL_ANSWER_BYTES, MAX_SQL_ROWS } from './port.ts'

/** Longest piece of the engine's message that is passed on, characters. */
const MAX_MESSAGE_LENGTH = 400
const MAX_SUGGESTIONS = 3

/** @param position character offset in the statement, as number or text; anything else means unknown */
export function syntaxError(sql: string, message: string, position: unknown): HemlineError {
  const offset = Number(position)
  const place = position === undefined || !Number.isInteger(offset) ? 'the statement' : placeOf(sql, offset)
  return new HemlineError('HEM_SQL_SYNTAX', {
    subject: 'SQL',
    expected: 'a SELECT statement',
    got: `${withoutPaths(message)} at ${place}`,
    remedy: 'correct the statement there',
  })
}

/** The statement is not a SELECT: name it by its first word, or by the one after a semicolon. */
export function forbiddenStatement(sql: string): HemlineError {
  const words = withoutComments(sql)
    .split(';')
    .map(
      (part) =>
        part
          .trim()
          .split(/[^A-Za-z_]/)[0]
          ?.toUpperCase() ?? '',
    )
    .filter((word) => word !== '')
  const found = words.find((word) => word !== 'SELECT' && word !== 'WITH') ?? 'a statement that is no plain SELECT'
  return new HemlineError('HEM_SQL_FORBIDDEN', {
    subject: 'SQL',
    expected: 'one SELECT over landing, clean and mart',
    got: found,
    remedy: 'only questions can be asked here; nothing can be changed',
  })
}

export function unknownTable(name: string, tables: ReadonlySet<string>): HemlineError {
  const near = suggestionsFor(name, [...tables])
  return new HemlineError('HEM_SQL_UNKNOWN_TABLE', {
    subject: 'SQL',
    expected: near.length > 0 ? near.join(' or ') : `one of ${[...tables].join(', ')}`,
    got: name,
    remedy: 'write the table with its zone, as in landing.clickstreams',
  })
}

/**
 * An error of the engine at bind or run time.
 *
 * @param message as the engine gave it, such as "Binder Error: …"
 */
export function engineError(sql: string, message: string): HemlineError {
  if (/interrupt/i.test(message)) return timedOut()
  if (/out of memory|failed to allocate|bad_alloc|memory limit|could not allocate/i.test(message))
    return outOfMemory(message)
  const [head = '', ...rest] = message.split('\n')
  const kind = /^([A-Za-z ]+?) Error:\s*/.exec(head)?.[1] ?? ''
  const askersFault =
    /^(Binder|Catalog|Conversion|Out of Range|Invalid Input|Parser|Constraint|Mismatch Type|Invalid Type)$/
  if (kind === 'IO') return filesMoved(message)
  if (!askersFault.test(kind)) {
    return new HemlineError('HEM_SQL_INVALID', {
      subject: 'SQL',
      expected: 'a query the engine can run',
      got: kind === '' ? 'a fault in the engine' : `a fault in the engine (${kind})`,
      remedy: 'try a simpler form; if it stays, the log has the details',
      cause: message,
    })
  }
  const hint = rest.filter((line) => /^(Did you mean|Candidate bindings)/.test(line.trim())).join(' ')
  const text = `${head.replace(/^[A-Za-z ]+ Error:\s*/, '')} ${hint}`.trim()
  return kind === 'Parser' ? syntaxError(sql, shortened(text), undefined) : unfitting(text)
}

/** The statement parses, but a column, a type or a value does not fit. */
export function unfitting(message: string): HemlineError {
  return new HemlineError('HEM_SQL_INVALID', {
    subject: 'SQL',
    expected: 'columns, types and values that fit',
    got: shortened(message),
    remedy: 'correct the statement; DESCRIBE a table for its columns',
  })
}

function shortened(message: string): string {
  return withoutPaths(message).slice(0, MAX_MESSAGE_LENGTH)
}

export function timedOut(longestMs = 10_000): HemlineError {
  return new HemlineError('HEM_SQL_TIMEOUT', {
    subject: 'SQL',
    expected: `an answer within ${longestMs / 1000} s`,
    got: 'a query that runs longer',
    remedy: 'read fewer days, or group before joining',
  })
}

/** Who asked has gone, or took the question back. */
export function cancelled(): HemlineError {
  return new HemlineError('HEM_SQL_CANCELLED', {
    subject: 'SQL',
    expected: 'a query that is waited for',
    got: 'one that was taken back',
    remedy: 'ask again',
  })
}

/** The limits of an answer; what was sent is right. */
export function truncated(): HemlineError {
  return new HemlineError('HEM_SQL_TRUNCATED', {
    subject: 'the answer',
    expected: `at most ${MAX_SQL_ROWS} rows and ${MAX_SQL_ANSWER_BYTES / 1024 ** 2} MiB`,
    got: 'more',
    remedy: 'group, or add WHERE or LIMIT',
  })
}

export function outOfMemory(cause?: unknown): HemlineError {
  return new HemlineError('HEM_SQL_MEMORY', {
    subject: 'SQL',
    expected: 'a query that fits into the memory of the query process',
    got: 'one that needs more',
    remedy: 'read fewer columns or days, or group before joining',
    cause,
  })
}

/** A file of the snapshot is gone: the table was compacted meanwhile. A new snapshot helps. */
export function filesMoved(cause?: unknown): HemlineError {
  return new HemlineError('HEM_SQL_UNAVAILABLE', {
    subject: 'SQL',
    expected: 'the files of the snapshot',
    got: 'one that is gone or cannot be read',
    remedy: 'ask again',
    cause,
  })
}

/** Absolute paths, and names of data files, become `<file>`. */
function withoutPaths(text: string): string {
  return text
    .replaceAll(/(?:file:\/\/|s3:\/)?(?:\/[\w.@+=%~-]+){2,}\/?/g, '<file>')
    .replaceAll(/[\w./@+=%~-]*\.(?:parquet|ndjson|avro|metadata\.json|mdb)\b/g, '<file>')
}

function withoutComments(sql: string): string {
  return sql.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
}

function placeOf(sql: string, offset: number): string {
  const before = Array.from(sql).slice(0, offset).join('')
  const lines = before.split('\n')
  return `line ${lines.length}, column ${Array.from(lines.at(-1) ?? '').length + 1}`
}

/** Tables with the same last name first, then those few letters away. */
function suggestionsFor(name: string, tables: readonly string[]): readonly string[] {
  const wanted = name.toLowerCase()
  const last = wanted.split('.').at(-1) ?? wanted
  const scored = tables
    .map((table) => ({
      table,
      distance: Math.min(distance(wanted, table), distance(last, table.split('.').at(-1) ?? table)),
    }))
    .filter((entry) => entry.distance <= Math.max(2, last.length / 3))
    .sort((a, b) => a.distance - b.distance || a.table.localeCompare(b.table))
  return scored.slice(0, MAX_SUGGESTIONS).map((entry) => entry.table)
}

/** Levenshtein distance of two short names. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      current.push(Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + change))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
