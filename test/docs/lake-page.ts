/**
 * test/docs/lake-page: the page "The lake", made from the tables' definitions and the transforms that fill them.
 *
 * In: `LAKE_TABLES`, and every .sql file of the steps.
 * Out: the text of docs/lake.md.
 * Invariant: an arrow of the picture stands for a table that a transform reads; none is drawn by hand.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { LAKE_TABLES } from '../../src/parts/lake/tables.ts'
import type { TableDefinition } from '../../src/parts/lake/schema.ts'

const STEPS = join(import.meta.dirname, '../../src/steps')

/** What comes from outside the lake. */
const FROM_STREAM = ['landing.clickstreams', 'landing.product_changes', 'landing.quarantine']

const nameOf = (table: TableDefinition): string => `${table.namespace}.${table.table}`

/** The table a transform fills, by its file's name and folder. */
function targetOf(path: string): string | null {
  const name = basename(path, '.sql').replaceAll('-', '_')
  const target = path.startsWith('report/') ? `mart.${name}` : `clean.${name.replace(/^clean_/, '')}`
  return LAKE_TABLES.some((table) => nameOf(table) === target) ? target : null
}

/** Each table with the tables its transform reads. */
export function lineage(): ReadonlyMap<string, readonly string[]> {
  const paths = readdirSync(STEPS, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.sql'))
  const edges = new Map<string, readonly string[]>()
  for (const path of paths.map((one) => one.replaceAll('\\', '/')).sort()) {
    const target = targetOf(path)
    if (target === null || path.includes('expectations/')) continue
    const sql = readFileSync(join(STEPS, path), 'utf8').replaceAll(/--.*/g, '')
    const read = new Set(sql.match(/\b(?:landing|clean|mart)\.[a-z_]+\b/g))
    read.delete(target)
    edges.set(target, [...read].sort())
  }
  return edges
}

function picture(): string {
  const id = (name: string): string => name.replace('.', '_')
  const zones = ['landing', 'clean', 'mart'].map((zone) => {
    const tables = LAKE_TABLES.filter((table) => table.namespace === zone).map((table) => table.table)
    return `  subgraph ${zone}\n${tables.map((table) => `    ${zone}_${table}[${table}]`).join('\n')}\n  end`
  })
  const stream = FROM_STREAM.map((name) => `  stream([stream]) --> ${id(name)}`)
  const shop = LAKE_TABLES.map(nameOf)
    .filter((name) => name.startsWith('landing.') && !FROM_STREAM.includes(name))
    .map((name) => `  shop[(shop database)] --> ${id(name)}`)
  const transforms = [...lineage()].flatMap(([target, sources]) =>
    sources.map((source) => `  ${id(source)} --> ${id(target)}`),
  )
  return ['flowchart LR', ...zones, ...stream, ...shop, ...transforms].join('\n')
}

function zoneTable(zone: string): string {
  const rows = LAKE_TABLES.filter((table) => table.namespace === zone).map((table) => {
    const { partition } = table
    const by = partition === null ? '' : `${partition.transform === 'day' ? 'day of ' : ''}\`${partition.column}\``
    const anchor = nameOf(table).replace('.', '')
    return `| [${nameOf(table)}](tables.md#${anchor}) | ${table.description} | ${by} |`
  })
  return `| table | one row is | partitioned by |\n|---|---|---|\n${rows.join('\n')}`
}

export function lakePage(): string {
  return `# The lake

Everything Hemline knows, as Apache Iceberg tables (version 2, Parquet, zstd) in \`hemline-data/lake\`. This page is made from the tables' definitions and
the transforms that fill them; every column, with its type, meaning and unit, is in [tables.md](tables.md).

## Zones

**landing** holds rows as received: events within 30 seconds of their acknowledgement, the shop's tables once a night.

${zoneTable('landing')}

**clean** holds each row once, typed and enriched: clickstreams with every delivery, the shop's tables once a night.

${zoneTable('clean')}

**mart** is shaped for questions and rebuilt each night, for every day that may have changed.

${zoneTable('mart')}

## Where rows come from

An arrow means that a transform reads the table; the transforms are the \`.sql\` files under \`src/steps\`. Tables without one (forecasts, fitted models,
the history of nights) are computed in code from what the nights have read.

\`\`\`mermaid
${picture()}
\`\`\`

## What always holds

- Rows and the position of the stream they came from change in one commit, so an event is delivered exactly once, whatever crashes.
- A reader sees one snapshot, whole. Writers that meet go one after the other; what would overwrite rows it never saw is refused and done again.
- A data file carries the SHA-256 of its bytes in its name. \`hemline verify\` reads and compares every file, and counts the events of the stream against
  landing; \`hemline repair\` rebuilds what is damaged from landing, the stream or the shop.
- Small files become large ones each hour. Each snapshot is kept for an hour, then one an hour for a day, then the newest alone.
- Columns keep their id for good, so renamed and added columns read right in files of any age. No column is ever required.
- Rows that other engines delete by position stay deleted, and are dropped for good by the next compaction. Deletes by equality are refused with
  \`HEM_LAKE_UNSUPPORTED\`, never passed over.

## The past

\`\`\`sql
SELECT count(*) FROM clean.orders FOR TIMESTAMP AS OF TIMESTAMP '2026-11-24 08:00:00 UTC'
SELECT count(*) FROM clean.orders FOR VERSION AS OF 949530903748831860
\`\`\`

The words are Athena's. Other engines list the ids: \`inspect.snapshots()\` in PyIceberg, \`iceberg_snapshots(…)\` in DuckDB.

## Other engines

Hemline is a read-only Iceberg REST catalogue at \`/iceberg\`; the token is the admin key (\`npx hemline keys\`). Engines read the data files by their
path, so they run on the same machine, or see the folder under the same path.

| engine | how |
|---|---|
| PyIceberg | \`RestCatalog('hemline', uri='http://127.0.0.1:8787/iceberg', token=KEY)\` |
| DuckDB | \`ATTACH '' AS lake (TYPE iceberg, ENDPOINT 'http://127.0.0.1:8787/iceberg', TOKEN 'KEY')\` |
| ClickHouse | \`ENGINE = DataLakeCatalog('http://127.0.0.1:8787/iceberg') SETTINGS catalog_type='rest', warehouse='lake', auth_header='Authorization: Bearer KEY', vended_credentials=false\`; the lake must lie within \`user_files_path\` |
| Trino | \`iceberg.catalog.type=rest\`, \`iceberg.rest-catalog.uri=…/iceberg\`, \`iceberg.rest-catalog.security=OAUTH2\`, \`iceberg.rest-catalog.oauth2.token=KEY\` |
| Spark | \`spark.sql.catalog.lake.type=rest\`, \`….uri=…/iceberg\`, \`….token=KEY\` |

Tests run icebird, PyIceberg, DuckDB and ClickHouse over each stage of a table's life. Trino and Spark are not run here. Without a running Hemline, engines
that read folders (\`iceberg_scan\`, \`icebergLocal\`) open \`hemline-data/lake/clean/orders\` as it stands. Working scripts are in
[examples](../examples/README.md).
`
}
