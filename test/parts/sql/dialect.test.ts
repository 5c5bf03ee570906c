/**
 * test/parts/sql/dialect: one SQL for both wings.
 *
 * In: every transform and saved question, the golden queries, and the page about the dialect.
 * Out: nothing where Trino's grammar takes each and every function called is one of the page.
 * Invariant: what the page names is allowed to users and has a golden result.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DIMENSION_SQL } from '../../../src/parts/sql/dimensions.ts'
import { ALLOWED_FUNCTIONS } from '../../../src/parts/sql/functions.ts'
import { preludeNames } from '../../../src/parts/sql/prelude.ts'
import { tokensOf } from '../../../src/parts/sql/tokens.ts'
import { GOLDEN, GOLDEN_QUERIES, goldenQuery } from './golden-queries.ts'
import { trinoFaults } from './trino-grammar.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const FILES = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.sql'))
  .toSorted()

/** Words before a bracket that are syntax, not functions. */
const SYNTAX = new Set(
  `all and any array as between by cast case coalesce cube decimal distinct else end except exists extract filter from
   group grouping having if in intersect interval is join like map not nullif on or over partition rollup row select sets some
   then try_cast union unnest using values varchar when where with`.split(/\s+/),
)

function statementIn(path: string): string {
  const text = readFileSync(join(root, 'src', path), 'utf8').replaceAll(/--[^\n]*/gu, '')
  return text.replaceAll(/(?<![:\w]):([a-z_]+)\b/gu, (_match, name: string) => DIMENSION_SQL[name] ?? '1').trim()
}

function functionsIn(sql: string): readonly string[] {
  const tokens = tokensOf(sql).filter(({ kind }) => kind !== 'space' && kind !== 'comment')
  // A name after WITH or AS, as in t(x), names columns.
  const called = tokens.filter(
    ({ kind }, index) =>
      kind === 'word' && tokens[index + 1]?.text === '(' && !/^(as|with|,)$/i.test(tokens[index - 1]?.text ?? ''),
  )
  return called.map(({ text }) => text.toLowerCase()).filter((name) => !SYNTAX.has(name))
}

/** `name(` in the first column of the page's tables of functions. */
function documented(): ReadonlySet<string> {
  const page = readFileSync(join(root, 'docs', 'sql.md'), 'utf8')
  const section = page.slice(page.indexOf('## Functions'), page.indexOf('## Limits'))
  const cells = section.split('\n').flatMap((line) => /^\| (`.+?) \|/.exec(line)?.[1] ?? [])
  return new Set(cells.flatMap((cell) => Array.from(cell.matchAll(/`([a-z_0-9]+)[(`]/g), ([, name]) => name ?? '')))
}

describe("Trino's grammar takes", () => {
  test.each(FILES)('%s', (path) => {
    expect(trinoFaults(statementIn(path))).toEqual([])
  })

  test('every golden query', () => {
    const faulty = GOLDEN_QUERIES.filter(([query]) => trinoFaults(goldenQuery(query)).length > 0)
    expect(faulty.map(([query]) => query)).toEqual([])
  })

  test('every golden expression', () => {
    const all = GOLDEN.map(([expression]) => expression).join(',\n  ')
    expect(trinoFaults(`SELECT\n  ${all}`)).toEqual([])
  })
})

test.each([
  'SELECT * EXCLUDE (id) FROM clean.orders',
  'SELECT id FROM clean.orders QUALIFY row_number() OVER () = 1',
  'SELECT article FROM clean.orders GROUP BY ALL',
  'SELECT id::VARCHAR FROM clean.orders',
  'SELECT 7 // 2',
  'SELECT [1, 2]',
  'FROM clean.orders',
])("Trino's grammar refuses %s", (sql) => {
  expect(trinoFaults(sql)).not.toEqual([])
})

describe('docs/sql.md names', () => {
  const names = documented()

  test('every function that a transform or a saved question calls', () => {
    const strangers = FILES.flatMap((path) =>
      functionsIn(statementIn(path))
        .filter((name) => !names.has(name))
        .map((name) => `${path}: ${name}`),
    )
    expect([...new Set(strangers)]).toEqual([])
  })

  test('every macro of the prelude', () => {
    expect(preludeNames().filter((name) => !names.has(name))).toEqual([])
  })

  test('only functions that users may call and that have a golden result', () => {
    const golden = [...GOLDEN, ...GOLDEN_QUERIES].map(([sql]) => sql.toLowerCase()).join(' ')
    // now() and current_date are written down by the engine under another name.
    const forbidden = [...names].filter(
      (name) => !ALLOWED_FUNCTIONS.has(name) && !['extract', 'try_cast'].includes(name),
    )
    expect({ forbidden, ungilded: [...names].filter((name) => !new RegExp(`\\b${name}\\b`).test(golden)) }).toEqual({
      forbidden: [],
      ungilded: [],
    })
  })
})
