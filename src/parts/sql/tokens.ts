/**
 * sql/tokens: a statement's words, texts, comments and parameters, so that nobody looks for a word inside a text.
 *
 * In: SQL as PostgreSQL, Trino and the engine write it: '…', E'…', "…", $tag$…$tag$, -- and nested comments.
 * Out: tokens that, put one after another, are the statement again.
 * Invariant: never throws; what is not closed reaches to the end, and the engine's parser says so.
 */

export type TokenKind = 'word' | 'name' | 'text' | 'number' | 'comment' | 'space' | 'parameter' | 'semicolon' | 'symbol'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
}

/** Tried in this order at each place; every statement is cut up completely, since the last takes any character. */
const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /\s+/y],
  ['comment', /--[^\n]*/y],
  ['text', /[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)/y],
  ['text', /'(?:[^']|'')*(?:'|$)/y],
  ['name', /"(?:[^"]|"")*(?:"|$)/y],
  ['parameter', /\$\d+/y],
  ['text', /\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*?(?:\$\1\$|$(?![\s\S]))/y],
  ['number', /\d[\w.]*/y],
  ['word', /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y],
  ['semicolon', /;/y],
  ['symbol', /[\s\S]/uy],
]

export function tokensOf(sql: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < sql.length) {
    const token = sql.startsWith('/*', at) ? blockComment(sql, at) : tokenAt(sql, at)
    tokens.push(token)
    at += token.text.length
  }
  return tokens
}

/** The statements between semicolons, those of spaces and comments alone left out. */
export function statementsOf(sql: string): readonly string[] {
  const statements: string[] = []
  let text = ''
  let isEmpty = true
  const end = (): void => {
    if (!isEmpty) statements.push(text.trim())
    text = ''
    isEmpty = true
  }
  for (const token of tokensOf(sql)) {
    if (token.kind === 'semicolon') end()
    else {
      text += token.text
      isEmpty &&= token.kind === 'space' || token.kind === 'comment'
    }
  }
  end()
  return statements
}

/** The first words of a statement in capitals, as in `['START', 'TRANSACTION']`. */
export function leadingWords(sql: string, count: number): readonly string[] {
  const words: string[] = []
  for (const { kind, text } of tokensOf(sql)) {
    if (kind === 'space' || kind === 'comment' || text === '(') continue
    if (kind !== 'word' || words.length === count) break
    words.push(text.toUpperCase())
  }
  return words
}

function tokenAt(sql: string, at: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at
    const text = pattern.exec(sql)?.[0]
    if (text !== undefined && text !== '') return { kind, text }
  }
  return { kind: 'symbol', text: sql.charAt(at) }
}

/** PostgreSQL's comments nest. */
function blockComment(sql: string, start: number): Token {
  let depth = 0
  let at = start
  while (at < sql.length) {
    if (sql.startsWith('/*', at)) depth++
    else if (sql.startsWith('*/', at)) depth--
    else {
      at++
      continue
    }
    at += 2
    if (depth === 0) break
  }
  return { kind: 'comment', text: sql.slice(start, at) }
}
