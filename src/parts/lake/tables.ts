/**
 * lake/tables: every table of the lake, and the page that describes them.
 *
 * In: the definitions of the rooms that fill them.
 * Out: `LAKE_TABLES`, and the text of docs/tables.md.
 * Invariant: docs/tables.md is exactly what `tablesPage` gives (held by a test).
 */
import { CLICKSTREAM_TABLES } from './clickstream-tables.ts'
import { MART_TABLES } from './mart-tables.ts'
import type { TableDefinition } from './schema.ts'
import { SHOP_TABLES } from './shop-tables.ts'

export const LAKE_TABLES: readonly TableDefinition[] = [...CLICKSTREAM_TABLES, ...SHOP_TABLES, ...MART_TABLES]

const ZONES = [
  ['landing', 'As received. Nothing is dropped, so an event may come twice.'],
  ['clean', 'Typed, unique and enriched. Most questions start here.'],
  ['mart', 'Shaped for questions; rebuilt each night.'],
] as const

/** docs/tables.md. */
export function tablesPage(): string {
  const zones = ZONES.map(([zone, meaning]) => {
    const tables = LAKE_TABLES.filter((table) => table.namespace === zone)
    return `## ${zone}\n\n${meaning}\n\n${tables.map(tableSection).join('\n')}`
  })
  return `# Tables of the lake

Apache Iceberg version 2, read by \`hemline sql\`, Athena, Trino, Spark, Redshift, ClickHouse, PyIceberg and DuckDB alike.
Every column may be null. Timestamps are UTC with microseconds and no zone; money is decimal; JSON is text.
Columns are only ever added.

${zones.join('\n')}`
}

function tableSection(table: TableDefinition): string {
  const rows = table.columns.map((column) => `| \`${column.name}\` | ${column.type} | ${column.description} |`)
  const { partition } = table
  const partitioned =
    partition === null
      ? 'Not partitioned.'
      : `Partitioned by ${partition.transform === 'day' ? `day of \`${partition.column}\`` : `\`${partition.column}\``}.`
  return `### ${table.namespace}.${table.table}

${table.description} ${partitioned}

| column | type | meaning |
|---|---|---|
${rows.join('\n')}
`
}
