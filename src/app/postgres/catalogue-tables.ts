/**
 * postgres/catalogue-tables: the lake's tables as PostgreSQL declares them, without rows.
 *
 * In: the definitions of the lake's tables.
 * Out: statements that make an empty PostgreSQL look like the lake, with every table's and column's description.
 * Invariant: the role that clients speak as may read and nothing else.
 */
import type { ColumnType } from '../../parts/lake/schema.ts'
import { quoteName, quoteText } from '../../parts/lake/schema.ts'
import { LAKE_TABLES } from '../../parts/lake/tables.ts'

/** Name of the database and of the role that clients see. */
export const DATABASE_NAME = 'hemline'

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'integer',
  long: 'bigint',
  double: 'double precision',
}

export function catalogueStatements(): string {
  const zones = [...new Set(LAKE_TABLES.map((table) => table.namespace))]
  const schemas = zones.map((zone) => `CREATE SCHEMA ${quoteName(zone)}`)
  const tables = LAKE_TABLES.flatMap((table) => {
    const name = `${quoteName(table.namespace)}.${quoteName(table.table)}`
    const columns = table.columns.map((column) => `${quoteName(column.name)} ${typeOf(column.type)}`)
    return [
      `CREATE TABLE ${name} (${columns.join(', ')})`,
      `COMMENT ON TABLE ${name} IS ${quoteText(table.description)}`,
      ...table.columns.map(
        (column) => `COMMENT ON COLUMN ${name}.${quoteName(column.name)} IS ${quoteText(column.description)}`,
      ),
    ]
  })
  const rights = zones.flatMap((zone) => [
    `GRANT USAGE ON SCHEMA ${quoteName(zone)} TO ${DATABASE_NAME}`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA ${quoteName(zone)} TO ${DATABASE_NAME}`,
  ])
  const statements = [
    `CREATE ROLE ${DATABASE_NAME} LOGIN`,
    ...schemas,
    ...tables,
    ...rights,
    `REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC`,
    // Renaming needs another database to stand in, which a single session has not.
    `UPDATE pg_database SET datname = '${DATABASE_NAME}' WHERE datname = current_database()`,
  ]
  return statements.join(';\n')
}

function typeOf(type: ColumnType): string {
  return TYPES[type] ?? type.replace('decimal', 'numeric')
}
