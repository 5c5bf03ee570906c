/**
 * std/query: reads a URL's query strictly.
 *
 * In: a URL and the names it may carry.
 * Out: name to value; numbers and words checked.
 * Invariant: a name nobody asked for is refused, never ignored.
 */
import { HemlineError } from './errors.ts'

export type Query = ReadonlyMap<string, string>

/**
 * @param allowed names that may occur, each at most once
 * @throws HEM_HTTP_PARAMETER_UNKNOWN, HEM_HTTP_PARAMETER_INVALID for a name that comes twice
 */
export function strictQuery(url: string, allowed: readonly string[]): Query {
  const query = new Map<string, string>()
  for (const [name, value] of new URL(url).searchParams) {
    if (!allowed.includes(name)) {
      throw new HemlineError('HEM_HTTP_PARAMETER_UNKNOWN', {
        subject: `query parameter "${name.slice(0, 64)}"`,
        expected: allowed.length === 0 ? 'none' : `one of ${allowed.join(', ')}`,
        got: 'a name this call does not know',
        remedy: 'remove it or correct its spelling',
      })
    }
    if (query.has(name)) throw invalidParameter(name, 'one value', 'two')
    query.set(name, value)
  }
  return query
}

/** @throws HEM_HTTP_PARAMETER_INVALID unless a whole number from `least` to `most` */
export function wholeNumber(
  query: Query,
  name: string,
  range: { readonly least: number; readonly most: number; readonly fallback: number },
): number {
  const text = query.get(name)
  if (text === undefined) return range.fallback
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= range.least && value <= range.most) return value
  throw invalidParameter(name, `a whole number from ${range.least} to ${range.most}`, `"${text.slice(0, 64)}"`)
}

/** @throws HEM_HTTP_PARAMETER_INVALID unless one of `choices` */
export function oneOf<Choice extends string>(
  query: Query,
  name: string,
  options: { readonly choices: readonly Choice[]; readonly fallback: Choice },
): Choice {
  const text = query.get(name)
  if (text === undefined) return options.fallback
  const choice = options.choices.find((word) => word === text)
  if (choice !== undefined) return choice
  throw invalidParameter(name, `one of ${options.choices.join(', ')}`, `"${text.slice(0, 64)}"`)
}

export function invalidParameter(name: string, expected: string, got: string): HemlineError {
  return new HemlineError('HEM_HTTP_PARAMETER_INVALID', {
    subject: `query parameter "${name}"`,
    expected,
    got,
    remedy: 'correct it and send the request again',
  })
}
