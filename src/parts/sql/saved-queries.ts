/**
 * sql/saved-queries: questions that are asked again and again, each a file in saved/ in the dialect.
 *
 * In: the files: a first line "-- name: what it answers", lines "-- :parameter (type, default): meaning", and a SELECT.
 * Out: what there is to ask, and a statement with its parameters filled in.
 * Invariant: a value is checked against its type and stays one literal.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { HemlineError } from '../../std/errors.ts'
import { quoteText } from '../lake/schema.ts'
import { tokensOf } from './tokens.ts'

export interface SavedParameter {
  readonly name: string
  readonly type: 'date' | 'number' | 'text'
  /** Null where nothing is filled in: the query then says what that means. */
  readonly fallback: string | null
  readonly meaning: string
}

export interface SavedQuery {
  readonly name: string
  readonly title: string
  readonly parameters: readonly SavedParameter[]
  readonly sql: string
}

const FOLDER = new URL('./saved/', import.meta.url)
const TITLE = /^-- ([a-z-]+): (.+)$/m
const PARAMETER = /^-- :([a-z_]+) \((date|number|text), (.+?)\): (.+)$/gm
const CHECKS = { date: /^\d{4}-\d{2}-\d{2}$/, number: /^\d{1,9}$/, text: /^[^\0]{1,256}$/ } as const
const SQL_TYPES = { date: 'DATE', number: 'INTEGER', text: 'VARCHAR' } as const

let loaded: readonly SavedQuery[] | null = null

/** All of them, by name. */
export function savedQueries(): readonly SavedQuery[] {
  loaded ??= readdirSync(FOLDER)
    .filter((file) => file.endsWith('.sql'))
    .toSorted()
    .map((file) => parsed(readFileSync(new URL(file, FOLDER), 'utf8')))
  return loaded
}

/**
 * @param values by parameter; those left out take their default
 * @throws HEM_SQL_SAVED_UNKNOWN, HEM_SQL_PARAMETERS
 */
export function savedStatement(name: string, values: Readonly<Record<string, string>>): string {
  const query = savedQueries().find((candidate) => candidate.name === name)
  if (query === undefined) throw unknownQuery(name)
  const stranger = Object.keys(values).find((key) => !query.parameters.some((parameter) => parameter.name === key))
  if (stranger !== undefined) throw wrongValue(query, `"${stranger.slice(0, 64)}"`)
  const literals = new Map(
    query.parameters.map((parameter) => [parameter.name, literalOf(query, parameter, values[parameter.name])] as const),
  )
  // A parameter is a colon and a word; two colons are a cast, which the dialect does not have.
  const tokens = tokensOf(query.sql).filter(({ kind }) => kind !== 'comment')
  return tokens
    .map((token, index) => {
      if (token.text === ':') return ''
      return tokens[index - 1]?.text === ':' ? (literals.get(token.text) ?? token.text) : token.text
    })
    .join('')
    .trim()
}

function parsed(text: string): SavedQuery {
  const [, name = '', title = ''] = TITLE.exec(text) ?? []
  const parameters = Array.from(
    text.matchAll(PARAMETER),
    ([, parameter = '', type = '', fallback = '', meaning = '']): SavedParameter => ({
      name: parameter,
      type: type as SavedParameter['type'],
      fallback: fallback === 'none' ? null : fallback,
      meaning,
    }),
  )
  return { name, title, parameters, sql: text }
}

function literalOf(query: SavedQuery, parameter: SavedParameter, given: string | undefined): string {
  const value = given ?? parameter.fallback
  if (value === null) return `CAST(NULL AS ${SQL_TYPES[parameter.type]})`
  if (!CHECKS[parameter.type].test(value)) throw wrongValue(query, `${parameter.name} "${value.slice(0, 64)}"`)
  if (parameter.type === 'number') return value
  return parameter.type === 'date' ? `CAST(${quoteText(value)} AS DATE)` : quoteText(value)
}

function unknownQuery(name: string): HemlineError {
  return new HemlineError('HEM_SQL_SAVED_UNKNOWN', {
    subject: 'saved question',
    expected: `one of ${savedQueries()
      .map((query) => query.name)
      .join(', ')}`,
    got: `"${name.slice(0, 64)}"`,
    remedy: 'correct its name',
  })
}

function wrongValue(query: SavedQuery, got: string): HemlineError {
  const known = query.parameters.map(({ name, type }) => `${name} (a ${type})`).join(', ')
  return new HemlineError('HEM_SQL_PARAMETERS', {
    subject: `saved question ${query.name}`,
    expected: known === '' ? 'no parameter' : known,
    got,
    remedy: 'dates are YYYY-MM-DD, numbers whole and not negative',
  })
}
