/**
 * postgres/statement-place: who answers a statement: the lake, the catalogue, or the session itself.
 *
 * In: one statement.
 * Out: where it goes. What names a table of the lake goes there; what asks about tables, types or the server goes to the
 *   catalogue, a real PostgreSQL that holds the lake's tables without their rows; what only sets up a session is
 *   answered without effect.
 * Invariant: words are looked for outside texts, comments and quoted names that are no zone.
 */
import { LAKE_TABLES } from '../../parts/lake/tables.ts'
import { leadingWords, tokensOf, type Token } from '../../parts/sql/tokens.ts'

export type StatementPlace =
  | { readonly kind: 'empty' }
  | { readonly kind: 'session'; readonly tag: string; readonly transaction: 'begin' | 'end' | null }
  | { readonly kind: 'catalogue' }
  | { readonly kind: 'lake' }

const ZONES: ReadonlySet<string> = new Set(LAKE_TABLES.map((table) => table.namespace))

/** First word to the tag that PostgreSQL answers with. Nothing can be changed here, so none has an effect. */
const SESSION_TAGS: Readonly<Record<string, string>> = {
  SET: 'SET',
  RESET: 'RESET',
  BEGIN: 'BEGIN',
  START: 'START TRANSACTION',
  COMMIT: 'COMMIT',
  END: 'COMMIT',
  ROLLBACK: 'ROLLBACK',
  ABORT: 'ROLLBACK',
  SAVEPOINT: 'SAVEPOINT',
  RELEASE: 'RELEASE',
  DISCARD: 'DISCARD ALL',
  DEALLOCATE: 'DEALLOCATE',
  CLOSE: 'CLOSE CURSOR',
  LISTEN: 'LISTEN',
  UNLISTEN: 'UNLISTEN',
}
const BEGINS: ReadonlySet<string> = new Set(['BEGIN', 'START'])
const ENDS: ReadonlySet<string> = new Set(['COMMIT', 'END', 'ROLLBACK', 'ABORT', 'DISCARD'])

/** What only PostgreSQL itself knows: its catalogue, settings, object names and privileges. */
const CATALOGUE_WORD =
  /^(pg_\w+|information_schema|version|current_(schemas?|database|catalog|user|role|setting)|session_user|set_config|has_\w+_privilege|format_type|(obj|col|shobj)_description|to_reg\w+|reg(class|type|proc|procedure|oper|operator|namespace|role|config|dictionary)|txid_current|inet_(server|client)_(addr|port))$/i

export function placeOf(sql: string): StatementPlace {
  const tokens = tokensOf(sql).filter(({ kind }) => kind !== 'space' && kind !== 'comment')
  if (tokens.every(({ kind }) => kind === 'semicolon')) return { kind: 'empty' }
  const [first = '', second = ''] = leadingWords(sql, 2)
  const tag = SESSION_TAGS[first]
  if (tag !== undefined) {
    // ROLLBACK TO a savepoint ends no transaction.
    const isEnd = ENDS.has(first) && second !== 'TO'
    return { kind: 'session', tag, transaction: BEGINS.has(first) ? 'begin' : isEnd ? 'end' : null }
  }
  if (tokens.some((token, index) => isZone(token) && tokens[index + 1]?.text === '.')) return { kind: 'lake' }
  const asksCatalogue =
    first === 'SHOW' || tokens.some(({ kind, text }) => kind === 'word' && CATALOGUE_WORD.test(text))
  return { kind: asksCatalogue ? 'catalogue' : 'lake' }
}

function isZone({ kind, text }: Token): boolean {
  if (kind === 'word') return ZONES.has(text.toLowerCase())
  return kind === 'name' && ZONES.has(text.slice(1, -1))
}
