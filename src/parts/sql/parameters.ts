/**
 * sql/parameters: puts values in place of `$1`, `$2`, … as literals.
 *
 * In: a statement and values, each with the type its sender gave it, if any.
 * Out: a statement without parameters, which the guard then walks like any other.
 * Invariant: a value stays one literal, whatever it holds; a `$1` inside a text or a comment is left alone.
 */
import { HemlineError } from '../../std/errors.ts'
import { quoteText } from '../lake/schema.ts'
import { tokensOf } from './tokens.ts'

/** Most values of one statement. */
const MAX_PARAMETERS = 256

/** `type` null leaves it to the place the value stands in, as PostgreSQL does with a quoted literal. */
export interface SqlParameter {
  readonly type: string | null
  readonly value: string | null
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const TYPE = /^[A-Z]+(?: PRECISION)?$/

/** @throws HEM_SQL_PARAMETERS when a place has no value, or there are too many */
export function fillParameters(sql: string, parameters: readonly SqlParameter[]): string {
  if (parameters.length > MAX_PARAMETERS) throw wrong(`at most ${MAX_PARAMETERS} values`, String(parameters.length))
  let previous = ''
  let beforePrevious = ''
  const filled = tokensOf(sql).map(({ kind, text }) => {
    if (kind === 'space' || kind === 'comment') return text
    const isList = previous === '(' && beforePrevious === 'ANY'
    beforePrevious = previous
    previous = text.toUpperCase()
    if (kind !== 'parameter') return text
    const parameter = parameters[Number(text.slice(1)) - 1]
    if (parameter === undefined) throw wrong(`a value for ${text}`, `${parameters.length} values`)
    return isList ? listLiteral(parameter) : literalOf(parameter)
  })
  return filled.join('')
}

/** Values of a JSON body: texts, numbers, booleans and null. */
export function jsonParameters(values: unknown): readonly SqlParameter[] {
  if (!Array.isArray(values)) throw wrong('an array under "parameters"', typeof values)
  return values.map((value: unknown): SqlParameter => {
    if (value === null) return { type: null, value: null }
    if (typeof value === 'string') return { type: null, value }
    if (typeof value === 'boolean') return { type: 'BOOLEAN', value: String(value) }
    if (typeof value === 'number' && Number.isFinite(value)) return { type: 'NUMERIC', value: String(value) }
    throw wrong('texts, numbers, booleans and null', typeof value)
  })
}

function literalOf({ type, value }: SqlParameter): string {
  if (value === null) return 'NULL'
  // A bare number takes the type its digits have, as it would in a statement written by hand.
  if (type === 'NUMERIC' && NUMBER.test(value)) return value.startsWith('-') ? `(${value})` : value
  return type !== null && TYPE.test(type) ? `CAST(${quoteText(value)} AS ${type})` : quoteText(value)
}

/** PostgreSQL's `{a,"b c",NULL}`, as drivers send a list. */
function listLiteral({ value }: SqlParameter): string {
  if (value === null) return 'NULL'
  const inner = /^\{([\s\S]*)\}$/.exec(value)?.[1]
  if (inner === undefined) throw wrong('a list such as {a,b} for ANY', 'another text')
  const elements = inner.match(/"(?:[^"\\]|\\[\s\S])*"|[^,]+/g) ?? []
  const literals = elements.map((element) => {
    if (element.startsWith('"')) return quoteText(element.slice(1, -1).replaceAll(/\\([\s\S])/g, '$1'))
    return element.toUpperCase() === 'NULL' ? 'NULL' : quoteText(element)
  })
  return `[${literals.join(', ')}]`
}

function wrong(expected: string, got: string): HemlineError {
  return new HemlineError('HEM_SQL_PARAMETERS', {
    subject: 'parameters of the statement',
    expected,
    got,
    remedy: 'send one value for each $1, $2, …',
  })
}
