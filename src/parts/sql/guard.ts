/**
 * sql/guard: decides from the engine's own parse tree whether a query may run.
 *
 * In: a statement's text, its tree as `json_serialize_sql` gives it, and the names of the tables it may read.
 * Out: nothing, or a coded error that names what is wrong.
 * Invariant: what is not on a list is refused; the tree is the one the engine would run, never a guess from the text.
 */
import { HemlineError } from '../../std/errors.ts'
import { ALLOWED_FUNCTIONS, ALLOWED_TABLE_FUNCTIONS, ALLOWED_TYPE_NAMES } from './functions.ts'
import { DEFAULT_ZONES, MAX_SQL_BYTES } from './port.ts'
import { forbiddenStatement, syntaxError, unknownTable } from './refusals.ts'

/** Deepest nesting of the tree; the engine's own limit on expressions is higher. */
const MAX_TREE_DEPTH = 600

const EXPRESSIONS: ReadonlySet<string> = new Set([
  'BETWEEN',
  'CASE',
  'CAST',
  'COLLATE',
  'COLUMN_REF',
  'COMPARISON',
  'CONJUNCTION',
  'CONSTANT',
  'FUNCTION',
  'LAMBDA',
  'LAMBDA_REF',
  'OPERATOR',
  'POSITIONAL_REFERENCE',
  'STAR',
  'SUBQUERY',
  'WINDOW',
])

/** Query nodes, sources in FROM, and modifiers; types in casts end in `_TYPE_INFO` and are checked by name. */
const NODES: ReadonlySet<string> = new Set([
  'SELECT_NODE',
  'SET_OPERATION_NODE',
  'RECURSIVE_CTE_NODE',
  'CTE_NODE',
  'EMPTY',
  'BASE_TABLE',
  'JOIN',
  'SUBQUERY',
  'TABLE_FUNCTION',
  'EXPRESSION_LIST',
  'SHOW_REF',
  'ORDER_MODIFIER',
  'LIMIT_MODIFIER',
  'LIMIT_PERCENT_MODIFIER',
  'DISTINCT_MODIFIER',
  'ORDER_DEFAULT',
  'ASCENDING',
  'DESCENDING',
])

type Tree = { readonly [key: string]: unknown }
type Scope = ReadonlySet<string>

interface Walk {
  readonly tables: ReadonlySet<string>
  readonly mayHaveParameters: boolean
}

/** Refuses a statement that is too long, before anything parses it. */
export function checkLength(sql: string): void {
  const bytes = Buffer.byteLength(sql)
  if (bytes <= MAX_SQL_BYTES) return
  throw new HemlineError('HEM_SQL_TOO_LONG', {
    subject: 'SQL',
    expected: `at most ${MAX_SQL_BYTES} bytes`,
    got: `${bytes}`,
    remedy: 'shorten the statement',
  })
}

/**
 * Refuses everything but one SELECT over known tables with known functions.
 *
 * @param serialized what `json_serialize_sql(sql)` returned
 * @param tables names as `zone.table`, lower case
 * @param mayHaveParameters whether `$1` may stand in it, as where it is only described
 * @throws HEM_SQL_SYNTAX, HEM_SQL_FORBIDDEN, HEM_SQL_UNKNOWN_TABLE
 */
export function checkStatement(
  sql: string,
  serialized: string,
  { tables, mayHaveParameters = false }: { readonly tables: ReadonlySet<string>; readonly mayHaveParameters?: boolean },
): void {
  const parsed = JSON.parse(serialized) as Tree
  if (parsed.error === true) {
    if (parsed.error_type === 'parser') throw syntaxError(sql, String(parsed.error_message), parsed.position)
    throw forbiddenStatement(sql)
  }
  const statements = parsed.statements as readonly Tree[]
  if (statements.length === 0) throw syntaxError(sql, 'the statement is empty', 0)
  if (statements.length > 1) throw forbidden('a second statement', 'send one SELECT at a time')
  visit(statements[0], new Set(), { tables, mayHaveParameters }, 0)
}

function visit(value: unknown, scope: Scope, walk: Walk, depth: number): void {
  if (value === null || typeof value !== 'object') return
  if (depth > MAX_TREE_DEPTH) throw forbidden(`nesting deeper than ${MAX_TREE_DEPTH}`, 'split the query with WITH')
  if (Array.isArray(value)) {
    for (const element of value) visit(element, scope, walk, depth + 1)
    return
  }
  const tree = value as Tree
  checkKind(tree, scope, walk)
  const inner = withCommonTables(tree, scope, walk, depth)
  for (const [key, child] of Object.entries(tree)) {
    if (key === 'cte_map') continue
    const seesItself = tree.type === 'RECURSIVE_CTE_NODE' && key === 'right'
    visit(child, seesItself ? plus(inner, String(tree.cte_name)) : inner, walk, depth + 1)
  }
}

/** Names that WITH adds: each is seen by those after it and by the query, not by itself. */
function withCommonTables(tree: Tree, scope: Scope, walk: Walk, depth: number): Scope {
  const entries = (tree.cte_map as Tree | undefined)?.map as readonly Tree[] | undefined
  let seen = scope
  for (const entry of entries ?? []) {
    visit(entry.value, seen, walk, depth + 1)
    seen = plus(seen, String(entry.key))
  }
  return seen
}

function plus(scope: Scope, name: string): Scope {
  return new Set([...scope, name.toLowerCase()])
}

function checkKind(tree: Tree, scope: Scope, walk: Walk): void {
  if (typeof tree.class === 'string') {
    if (tree.class === 'PARAMETER') {
      if (!walk.mayHaveParameters) throw forbidden('a parameter', 'send its value under "parameters"')
    } else if (!EXPRESSIONS.has(tree.class)) throw forbidden(`the expression ${tree.class.toLowerCase()}`)
  } else if (typeof tree.type === 'string') {
    if (tree.type.endsWith('_TYPE_INFO')) checkType(tree)
    else if (!NODES.has(tree.type)) throw forbidden(tree.type.toLowerCase().replaceAll('_', ' '))
  }
  if (typeof tree.function_name === 'string') checkFunction(tree, ALLOWED_FUNCTIONS)
  if (tree.type === 'BASE_TABLE') checkTable(tree, scope, walk)
  if (tree.type === 'TABLE_FUNCTION') checkFunction(tree.function as Tree, ALLOWED_TABLE_FUNCTIONS)
  if (tree.type === 'SHOW_REF') checkShow(tree, walk)
}

function checkFunction(call: Tree, allowed: ReadonlySet<string>): void {
  const name = String(call.function_name)
  const schema = textOf(call.schema)
  const qualified = [call.catalog, call.schema, name].filter(Boolean).join('.')
  if ((schema !== '' && schema !== 'main') || (call.catalog ?? '') !== '') {
    throw forbidden(`the function ${qualified}`, 'call functions by their plain name, as in upper(x)')
  }
  if (!allowed.has(name.toLowerCase())) throw forbidden(`the function ${name}`)
}

function checkType(info: Tree): void {
  if (info.type !== 'UNBOUND_TYPE_INFO') return
  const name = String(info.name)
  if (info.catalog || info.schema || !ALLOWED_TYPE_NAMES.has(name.toLowerCase())) throw forbidden(`the type ${name}`)
}

/** DESCRIBE and SUMMARIZE carry a query, which is walked as any other; SHOW carries none. */
function checkShow(tree: Tree, walk: Walk): void {
  if (tree.query) return
  const names = [...walk.tables].join(', ')
  throw forbidden('SHOW', `the tables are ${names}; DESCRIBE one of them for its columns`)
}

function checkTable(tree: Tree, scope: Scope, walk: Walk): void {
  const table = String(tree.table_name)
  const schema = textOf(tree.schema_name)
  if (tree.at_clause) throw forbidden('AT (VERSION …)', 'query the newest snapshot')
  if (schema === '' && !tree.catalog_name) {
    if (scope.has(table.toLowerCase())) return
    if (DEFAULT_ZONES.some((zone) => walk.tables.has(`${zone}.${table.toLowerCase()}`))) return
  }
  const name = [tree.catalog_name, schema, table].filter(Boolean).join('.')
  if (!tree.catalog_name && schema !== '' && walk.tables.has(name.toLowerCase())) return
  if (/[/\\*]|\.(parquet|csv|tsv|json|ndjson|jsonl|txt|gz|db)\b/i.test(table)) throw forbidden('reading a file')
  if (
    /^(information_schema|pg_catalog|system|temp|main)$/i.test(schema) ||
    /^(duckdb|sqlite|pragma|pg)_/i.test(table)
  ) {
    throw forbidden(`the table ${name}`, `the tables are ${[...walk.tables].join(', ')}`)
  }
  throw unknownTable(name, walk.tables)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function forbidden(thing: string, remedy = 'docs/sql.md lists what a query may use'): HemlineError {
  return new HemlineError('HEM_SQL_FORBIDDEN', {
    subject: 'SQL',
    expected: 'one SELECT over landing, clean and mart',
    got: thing,
    remedy,
  })
}
