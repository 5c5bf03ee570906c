/**
 * test/parts/sql/escapes: ways out that a query might try.
 *
 * In: the path of a file that must stay unread.
 * Out: statements, and for those that are SELECTs the same inside other statements, quoted and spelled in other ways.
 * Invariant: none of them is a question about the lake.
 */
const words = (text: string): readonly string[] => text.trim().split(/\s+/)

/** Functions in FROM that open what their argument names. */
const READERS = words(`
  read_csv read_csv_auto read_parquet parquet_scan read_json read_json_auto read_json_objects read_json_objects_auto read_ndjson
  read_ndjson_auto read_ndjson_objects read_text read_blob glob sniff_csv parquet_metadata parquet_schema
  parquet_file_metadata parquet_kv_metadata arrow_scan iceberg_scan iceberg_snapshots sqlite_scan postgres_scan
  postgres_query mysql_scan delta_scan read_xlsx st_read read_avro query query_table json_execute_serialized_sql
  from_substrait sql_auto_complete duckdb_log_parsed parse_duckdb_log_message`)

/** Functions in FROM that tell of the engine, or change it. */
const TELLTALES = words(`
  duckdb_tables duckdb_views duckdb_columns duckdb_settings duckdb_functions duckdb_extensions duckdb_secrets duckdb_databases
  duckdb_schemas duckdb_types duckdb_constraints duckdb_indexes duckdb_sequences duckdb_memory duckdb_temporary_files
  duckdb_logs duckdb_log_contexts duckdb_keywords duckdb_optimizers duckdb_external_file_cache duckdb_variables
  duckdb_prepared_statements duckdb_dependencies duckdb_secret_types pragma_database_size pragma_version pragma_platform
  pragma_user_agent pragma_collations pragma_show test_all_types enable_logging disable_logging truncate_duckdb_logs
  enable_profiling disable_profiling checkpoint force_checkpoint enable_peg_parser disable_peg_parser icu_calendar_names`)

/** Functions of a value that look around, wait, or change something. */
const SCALARS = words(`
  current_setting getenv getvariable nextval currval setseed sleep_ms write_log version current_database current_schemas
  current_query txid_current in_search_path add_parquet_key json_serialize_plan json_serialize_sql json_deserialize_sql
  parse_path stats vector_type create_sort_key error pg_read_file lo_import dblink pg_ls_dir to_regclass has_table_privilege
  pg_get_viewdef obj_description format_type set_config`)

const RELATIONS = words(`
  information_schema.tables information_schema.columns information_schema.schemata pg_catalog.pg_class pg_catalog.pg_settings
  pg_catalog.pg_proc pg_class pg_settings sqlite_master sqlite_schema duckdb_settings duckdb_views system.main.duckdb_tables
  temp.sqlite_master memory.main.x main.x`)

const STATEMENTS = (secret: string): readonly string[] => [
  `COPY (SELECT 1) TO '${secret}'`,
  `COPY clean.orders TO '${secret}' (FORMAT parquet)`,
  `COPY clean.orders FROM '${secret}'`,
  `COPY FROM DATABASE memory TO x`,
  `EXPORT DATABASE '${secret}'`,
  `IMPORT DATABASE '${secret}'`,
  `ATTACH '${secret}'`,
  `ATTACH '${secret}' AS x (READ_ONLY)`,
  `ATTACH 'host=127.0.0.1' AS p (TYPE postgres)`,
  `ATTACH 'https://example.com/x.db'`,
  'DETACH memory',
  'USE memory',
  'USE system',
  'INSTALL httpfs',
  `INSTALL '${secret}'`,
  'FORCE INSTALL httpfs',
  'LOAD httpfs',
  `LOAD '${secret}'`,
  'UPDATE EXTENSIONS',
  `SET allowed_paths = ['${secret}']`,
  `SET allowed_directories = ['/']`,
  'SET enable_external_access = true',
  'SET lock_configuration = false',
  `SET GLOBAL temp_directory = '/tmp'`,
  `SET SESSION profiling_output = '${secret}'`,
  `SET VARIABLE x = (SELECT content FROM read_text('${secret}'))`,
  'RESET lock_configuration',
  'RESET VARIABLE x',
  'PRAGMA database_list',
  `PRAGMA enable_profiling`,
  `PRAGMA profiling_output = '${secret}'`,
  `PRAGMA import_database('${secret}')`,
  `CALL enable_logging(storage = 'file')`,
  `CALL pragma_version()`,
  'CALL force_checkpoint()',
  'CREATE TABLE t AS SELECT 1',
  `CREATE TABLE t AS FROM '${secret}'`,
  `CREATE VIEW v AS SELECT * FROM read_text('${secret}')`,
  'CREATE OR REPLACE VIEW clean.orders AS SELECT 1',
  'CREATE MACRO upper(x) AS 1',
  `CREATE MACRO f() AS TABLE FROM read_text('${secret}')`,
  'CREATE SCHEMA s',
  'CREATE SEQUENCE s',
  "CREATE TYPE t AS ENUM ('a')",
  `CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')`,
  'CREATE PERSISTENT SECRET s (TYPE http)',
  'DROP SECRET s',
  'DROP VIEW clean.orders',
  'DROP SCHEMA clean CASCADE',
  'DROP MACRO date_diff',
  'ALTER VIEW clean.orders RENAME TO x',
  'ALTER TABLE clean.orders ADD COLUMN x INTEGER',
  'COMMENT ON VIEW clean.orders IS NULL',
  'INSERT INTO clean.orders SELECT 1',
  'INSERT OR REPLACE INTO clean.orders VALUES (1)',
  'UPDATE clean.orders SET id = 1',
  'DELETE FROM clean.orders',
  'TRUNCATE clean.orders',
  'MERGE INTO clean.orders USING clean.orders AS o ON true WHEN MATCHED THEN DELETE',
  'BEGIN',
  'COMMIT',
  'ROLLBACK',
  'VACUUM',
  'ANALYZE',
  'CHECKPOINT',
  'FORCE CHECKPOINT',
  'EXPLAIN SELECT 1',
  `EXPLAIN ANALYZE SELECT * FROM read_text('${secret}')`,
  'PREPARE p AS SELECT 1',
  'EXECUTE p',
  'DEALLOCATE p',
  'SHOW TABLES',
  'SHOW ALL TABLES',
  'SHOW DATABASES',
  'SELECT 1; SELECT 2',
  `SELECT 1; COPY (SELECT 1) TO '${secret}'`,
  `/* SELECT */ ATTACH '${secret}'`,
  `-- SELECT\nATTACH '${secret}'`,
  `PIVOT (FROM read_text('${secret}')) ON content USING count(*)`,
  `UNPIVOT (FROM read_text('${secret}')) ON content INTO NAME n VALUE v`,
  `SELECT * FROM '${secret}'`,
  `SELECT * FROM "${secret}"`,
  `FROM '${secret}'`,
  `TABLE "${secret}"`,
  `DESCRIBE '${secret}'`,
  `SUMMARIZE '${secret}'`,
  `SELECT * FROM 'file://${secret}'`,
  `SELECT * FROM '${secret}?x=1'`,
  `SELECT * FROM '/proc/self/environ'`,
  `SELECT * FROM '../../keys.json'`,
  `SELECT * FROM 's3://bucket/x.parquet'`,
  `SELECT * FROM 'https://example.com/x.csv'`,
  `SELECT * FROM "*.parquet"`,
  `SELECT 'x'::regclass`,
  `SELECT CAST('x' AS clean.orders)`,
  `SELECT * FROM clean.orders AT (VERSION => 1)`,
  `SELECT * FROM read_text(getenv('HOME'))`,
  `SELECT * FROM (VALUES ('${secret}')) t(f), LATERAL (SELECT * FROM read_text(f))`,
]

/** A SELECT inside others: each must still be seen. */
const WRAPPERS: readonly ((select: string) => string)[] = [
  (select) => `WITH x AS (${select}) SELECT * FROM x`,
  (select) => `SELECT (${select} LIMIT 1)`,
  (select) => `SELECT 1 WHERE EXISTS (${select})`,
  (select) => `SELECT 1 UNION ALL (${select})`,
  (select) => `SELECT * FROM clean.orders AS o JOIN (${select}) AS x ON true`,
  (select) => `SELECT CASE WHEN 1 IN (${select}) THEN 1 END`,
  (select) => `SELECT 1 ORDER BY (${select} LIMIT 1)`,
  (select) => `SELECT 1 LIMIT (${select} LIMIT 1)`,
  (select) => `SELECT ARRAY(${select})`,
  (select) => `SELECT list_transform([1], lambda y: (${select} LIMIT 1))`,
  (select) => `SELECT sum(1) FILTER (WHERE (${select} LIMIT 1) IS NULL)`,
  (select) => `SELECT rank() OVER (ORDER BY (${select} LIMIT 1))`,
  (select) => `WITH RECURSIVE r AS (SELECT 1 UNION ALL (${select})) SELECT * FROM r`,
  (select) => `DESCRIBE ${select}`,
  (select) => `SUMMARIZE ${select}`,
  (select) => `((${select}))`,
]

/** Each SELECT stands in a fourth of the wrappers, and each wrapper around a fourth of the SELECTs. */
const EVERY = 4

/** Other ways to write a call by name. */
const SPELLINGS: readonly ((name: string) => string)[] = [
  (name) => name.toUpperCase(),
  (name) => `"${name}"`,
  (name) => `${name}/* */`,
  (name) => `main.${name}`,
  (name) => `system.main.${name}`,
]

/** Written by hand, one each. */
export function escapes(secret: string): readonly string[] {
  return [
    ...READERS.map((name) => `SELECT * FROM ${name}('${secret}')`),
    ...TELLTALES.map((name) => `SELECT * FROM ${name}()`),
    ...SCALARS.map((name) => `SELECT ${name}('${secret}')`),
    ...RELATIONS.map((name) => `SELECT * FROM ${name}`),
    ...STATEMENTS(secret),
  ]
}

/** Made from them. */
export function escapeVariants(secret: string): readonly string[] {
  const selects = escapes(secret).filter((sql) => sql.startsWith('SELECT') && !sql.includes(';'))
  const wrapped = selects.flatMap((select, at) =>
    WRAPPERS.filter((_, number) => (at + number) % EVERY === 0).map((wrap) => wrap(select)),
  )
  const calls = [...READERS, ...TELLTALES].map((name) => ({
    name,
    call: (as: string) => `SELECT * FROM ${as}('${secret}')`,
  }))
  const values = SCALARS.map((name) => ({ name, call: (as: string) => `SELECT ${as}('${secret}')` }))
  const spelled = [...calls, ...values].flatMap(({ name, call }) => SPELLINGS.map((spell) => call(spell(name))))
  return [...wrapped, ...spelled]
}
