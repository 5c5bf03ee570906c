/**
 * test/parts/sql/guard: what a query may say.
 *
 * In: statements that must run, and statements that must not.
 * Out: allowed, or the code and the name in the message.
 * Invariant: each forbidden statement is refused by the tree alone, before anything of it runs.
 */
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, test } from 'vitest'
import { checkLength, checkStatement } from '../../../src/parts/sql/guard.ts'
import { ALLOWED_FUNCTIONS } from '../../../src/parts/sql/functions.ts'
import { HemlineError } from '../../../src/std/errors.ts'

const TABLES = new Set(['landing.clickstreams', 'clean.clickstreams', 'clean.orders', 'mart.sales_daily'])
const instance = await DuckDBInstance.create(':memory:')
const connection = await instance.connect()
afterAll(() => connection.closeSync())

async function judge(sql: string): Promise<HemlineError | null> {
  const reader = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql])
  try {
    checkStatement(sql, String(reader.getRows()[0]?.[0]), { tables: TABLES })
    return null
  } catch (error) {
    if (error instanceof HemlineError) return error
    throw error
  }
}

const ALLOWED = [
  'SELECT 1',
  'select count(*) from clean.clickstreams',
  'SELECT * FROM CLEAN.CLICKSTREAMS LIMIT 5;',
  'FROM clean.orders',
  'VALUES (1), (2)',
  'DESCRIBE clean.orders',
  'SUMMARIZE clean.orders',
  "SELECT c.product_id, count(DISTINCT visitor_key) FILTER (WHERE event_type = 'purchase') FROM clean.clickstreams c GROUP BY ALL HAVING count(*) > 1 ORDER BY 2 DESC NULLS LAST, 1 ASC OFFSET 2",
  'WITH a AS (SELECT 1 AS x), b AS (SELECT x FROM a) SELECT * FROM b JOIN a USING (x)',
  'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r',
  'SELECT * FROM range(3) t(i), generate_series(1, 2) s(j), unnest(ARRAY[1, 2]) u(k)',
  'SELECT a.* EXCLUDE (event_id) FROM clean.clickstreams a LEFT JOIN clean.orders o ON a.order_id = o.id',
  'SELECT rank() OVER w, lag(x, 1) OVER (PARTITION BY y ORDER BY x ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM clean.orders WINDOW w AS (ORDER BY x)',
  "SELECT CASE WHEN x IS NULL THEN 'a' ELSE CAST(y AS DECIMAL(12, 2)) END, x BETWEEN 1 AND 2, x IN (1, 2), x LIKE 'a%' ESCAPE '!', NOT x FROM clean.orders",
  "SELECT extract(day FROM t), t AT TIME ZONE 'UTC', CURRENT_DATE, INTERVAL '1' DAY, DATE '2026-01-01', position('a' IN b), trim(b), substring(b FROM 1 FOR 2) FROM clean.orders",
  "SELECT json_extract_scalar(properties, '$.a'), date_diff('day', a, b), regexp_like(a, 'x'), approx_percentile(a, 0.5) FROM clean.orders",
  'SELECT EXISTS (SELECT 1 FROM clean.orders o WHERE o.id = c.order_id), (SELECT max(id) FROM clean.orders) FROM clean.clickstreams c',
  '(SELECT 1) UNION ALL SELECT 2 INTERSECT SELECT 3 EXCEPT SELECT 4 ORDER BY 1 LIMIT 10',
  'SELECT list_transform([1, 2], lambda x: x + 1), {a: 1}.a, [1, 2][1], map([1], [2]), TRY(CAST(x AS JSON)) FROM clean.orders',
  'SELECT count(*) FROM clean.orders GROUP BY GROUPING SETS ((a), ()), CUBE (b)',
  'SELECT x FROM clean.orders QUALIFY row_number() OVER (PARTITION BY y ORDER BY z) = 1',
  'SELECT * FROM clean.orders USING SAMPLE 10',
  "SELECT '; DROP TABLE x; -- /etc/passwd' AS text",
]

describe('the guard lets a question pass', () => {
  test.each(ALLOWED)('%s', async (sql) => {
    expect((await judge(sql))?.message ?? null).toBeNull()
  })
})

/** Statement, and what the message must name. */
const REFUSED: readonly (readonly [string, string])[] = [
  ["COPY clean.orders TO '/tmp/x'", 'COPY'],
  ["EXPORT DATABASE '/tmp/x'", 'EXPORT'],
  ["IMPORT DATABASE '/tmp/x'", 'IMPORT'],
  ["ATTACH '/tmp/x.db'", 'ATTACH'],
  ['DETACH memory', 'DETACH'],
  ['USE memory', 'USE'],
  ['INSTALL httpfs', 'INSTALL'],
  ['LOAD httpfs', 'LOAD'],
  ["SET memory_limit = '100GB'", 'SET'],
  ['RESET memory_limit', 'RESET'],
  ['PRAGMA database_list', 'PRAGMA'],
  ['CALL enable_logging()', 'CALL'],
  ['CREATE TABLE t AS SELECT 1', 'CREATE'],
  ['CREATE SECRET s (TYPE s3)', 'CREATE'],
  ['INSERT INTO clean.orders VALUES (1)', 'INSERT'],
  ['UPDATE clean.orders SET id = 1', 'UPDATE'],
  ['DELETE FROM clean.orders', 'DELETE'],
  ['DROP VIEW clean.orders', 'DROP'],
  ['ALTER TABLE clean.orders ADD COLUMN x INT', 'ALTER'],
  ['BEGIN', 'BEGIN'],
  ['VACUUM', 'VACUUM'],
  ['CHECKPOINT', 'CHECKPOINT'],
  ['EXPLAIN SELECT * FROM clean.orders', 'EXPLAIN'],
  ['PREPARE p AS SELECT 1', 'PREPARE'],
  ['EXECUTE p', 'EXECUTE'],
  ['SELECT 1; DROP TABLE x', 'DROP'],
  ['SELECT 1; SELECT 2', 'second statement'],
  ['/* SELECT */ COPY (SELECT 1) TO STDOUT', 'COPY'],
  ['SHOW TABLES', 'SHOW'],
  ['SHOW ALL TABLES', 'SHOW'],
  ['SELECT $1', 'parameter'],
  ['SELECT ?', 'parameter'],
  ["SELECT * FROM '/etc/passwd'", 'reading a file'],
  ["SELECT * FROM 'x.parquet'", 'reading a file'],
  ['SELECT * FROM "https://example.com/x.csv"', 'reading a file'],
  ["WITH x AS (SELECT * FROM '../../x.json') SELECT * FROM x", 'reading a file'],
  ['WITH "/etc/passwd" AS (SELECT * FROM "/etc/passwd") SELECT * FROM "/etc/passwd"', 'reading a file'],
  ['WITH RECURSIVE "/a" AS (SELECT * FROM "/a" UNION ALL SELECT 1) SELECT 1', 'reading a file'],
  ['SELECT * FROM (WITH "/a.csv" AS (SELECT 1) SELECT 1) x, "/a.csv"', 'reading a file'],
  ["SELECT * FROM read_csv('/etc/passwd')", 'read_csv'],
  ["SELECT * FROM read_parquet('*')", 'read_parquet'],
  ["SELECT * FROM parquet_scan('x')", 'parquet_scan'],
  ["SELECT * FROM parquet_metadata('x')", 'parquet_metadata'],
  ["SELECT * FROM read_json_auto('x')", 'read_json_auto'],
  ["SELECT * FROM read_text('/etc/passwd')", 'read_text'],
  ["SELECT * FROM read_blob('/etc/passwd')", 'read_blob'],
  ["SELECT * FROM glob('/*')", 'glob'],
  ["SELECT * FROM sniff_csv('x')", 'sniff_csv'],
  ["SELECT * FROM query('SELECT 1')", 'query'],
  ["SELECT * FROM query_table('x')", 'query_table'],
  ["SELECT * FROM json_execute_serialized_sql('{}')", 'json_execute_serialized_sql'],
  ["SELECT * FROM enable_logging(storage = 'file')", 'enable_logging'],
  ['SELECT * FROM enable_profiling()', 'enable_profiling'],
  ['SELECT * FROM checkpoint()', 'checkpoint'],
  ['SELECT * FROM enable_peg_parser()', 'enable_peg_parser'],
  ['SELECT * FROM duckdb_settings()', 'duckdb_settings'],
  ['SELECT * FROM duckdb_views', 'duckdb_views'],
  ['SELECT * FROM duckdb_secrets()', 'duckdb_secrets'],
  ['SELECT * FROM sqlite_master', 'sqlite_master'],
  ['SELECT * FROM information_schema.tables', 'information_schema.tables'],
  ['SELECT * FROM pg_catalog.pg_class', 'pg_catalog.pg_class'],
  ["SELECT * FROM which_secret('x', 's3')", 'which_secret'],
  ["SELECT current_setting('allowed_paths')", 'current_setting'],
  ["SELECT getvariable('x')", 'getvariable'],
  ["SELECT getenv('HOME')", 'getenv'],
  ["SELECT nextval('s')", 'nextval'],
  ['SELECT setseed(0.1)', 'setseed'],
  ['SELECT sleep_ms(10000)', 'sleep_ms'],
  ["SELECT write_log('x')", 'write_log'],
  ['SELECT version()', 'version'],
  ["SELECT main.read_text('x')", 'read_text'],
  ["SELECT system.main.upper('x')", 'system.main.upper'],
  ["SELECT landing.upper('x')", 'landing.upper'],
  ["SELECT json_serialize_plan('SELECT 1')", 'json_serialize_plan'],
  ["SELECT 'x'::regclass", 'regclass'],
  ["SELECT 'a'::landing.clickstreams", 'clickstreams'],
  ['SELECT * FROM clean.orders AT (VERSION => 1)', 'AT (VERSION'],
  ['SELECT * FROM x.clean.orders WHERE (SELECT * FROM glob(1))', 'x.clean.orders'],
  ['SELECT 1 ORDER BY (SELECT * FROM read_text(1))', 'read_text'],
  ['SELECT 1 LIMIT (SELECT count(*) FROM glob(1))', 'glob'],
  ["SELECT sum(1) FILTER (WHERE getvariable('x'))", 'getvariable'],
  ["SELECT list_transform([1], lambda x: getvariable('x'))", 'getvariable'],
  ["SELECT rank() OVER (ORDER BY getvariable('x'))", 'getvariable'],
  ["SELECT 1 GROUP BY GROUPING SETS ((getvariable('x')))", 'getvariable'],
  ["VALUES (getvariable('x'))", 'getvariable'],
  ["SELECT * REPLACE (getvariable('x') AS id) FROM clean.orders", 'getvariable'],
  ["SELECT columns(c -> getvariable('x')) FROM clean.orders", 'getvariable'],
  ["SELECT * FROM clean.orders o JOIN clean.orders p ON getvariable('x')", 'getvariable'],
  ["SELECT * FROM unnest(getvariable('x'))", 'getvariable'],
  ["DESCRIBE SELECT * FROM read_csv('x')", 'read_csv'],
  ["SUMMARIZE 'x.parquet'", 'reading a file'],
  ['PIVOT clean.orders ON a USING sum(b)', 'PIVOT'],
]

describe('the guard refuses and names', () => {
  test.each(REFUSED)('%s', async (sql, named) => {
    const error = await judge(sql)
    expect(error?.code).toMatch(/^HEM_SQL_(FORBIDDEN|UNKNOWN_TABLE)$/)
    expect(error?.message).toContain(named)
  })
})

test('a syntax error says where', async () => {
  const error = await judge('SELECT 1,\n  FROM FROM x')
  expect(error?.code).toBe('HEM_SQL_SYNTAX')
  expect(error?.message).toContain('line 2, column 8')
  expect((await judge("SELECT 'áo', selec from from"))?.message).toContain('line 1, column 25')
  expect((await judge(''))?.code).toBe('HEM_SQL_SYNTAX')
})

test('an unknown table suggests names', async () => {
  const error = await judge('SELECT * FROM clickstream')
  expect(error?.code).toBe('HEM_SQL_UNKNOWN_TABLE')
  expect(error?.message).toContain('clean.clickstreams or landing.clickstreams')
  expect((await judge('SELECT * FROM sales'))?.message).toContain('mart.sales_daily')
})

test('a statement of more than 16 KiB is refused before it is parsed', () => {
  expect(() => checkLength(`SELECT '${'é'.repeat(8192)}'`)).toThrow('HEM_SQL_TOO_LONG')
})

test('nesting that would exhaust the stack is refused', async () => {
  const deep = (times: number): string => `SELECT ${'abs('.repeat(times)}1${')'.repeat(times)}`
  expect(await judge(deep(200))).toBeNull()
  expect((await judge(deep(400)))?.message).toContain('nesting deeper')
  expect((await judge(deep(3000)))?.code).toMatch(/HEM_SQL_(SYNTAX|FORBIDDEN)/)
})

test('no allowed function is one of those that read, write, wait or look around', async () => {
  const forbidden =
    /read|glob|copy|scan|getenv|setting|secret|sleep|write|log_|logging|pragma|duckdb_|nextval|setseed|query|checkpoint|serialize|variable$/
  expect([...ALLOWED_FUNCTIONS].filter((name) => forbidden.test(name))).toEqual([])
})
