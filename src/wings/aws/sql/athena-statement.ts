/**
 * aws/sql/athena-statement: what goes to Athena in place of what was asked.
 *
 * In: a statement, checked by the same guard as on one machine.
 * Out: the statement with the database of each table written out.
 * Invariant: nothing goes to Athena that the guard has not walked; only names of tables are rewritten, at the places
 *   where the parser found them.
 */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { quoteName, quoteText } from '../../../parts/lake/schema.ts'
import { checkLength, checkStatement } from '../../../parts/sql/guard.ts'
import { DEFAULT_ZONES } from '../../../parts/sql/port.ts'
import { treeOf } from '../../../parts/sql/sandbox.ts'
import { travelsOf, type TimeTravel } from '../../../parts/sql/time-travel.ts'
import { statementsOf } from '../../../parts/sql/tokens.ts'
import { isObject } from '../../../std/object.ts'

export interface AthenaStatements {
  /**
   * @param mayHaveParameters whether `$1` may stand in it, as where it is only described
   * @throws HEM_SQL_SYNTAX, HEM_SQL_FORBIDDEN, HEM_SQL_UNKNOWN_TABLE, HEM_SQL_TOO_LONG
   */
  prepare(sql: string, mayHaveParameters?: boolean): Promise<string>
  close(): void
}

export interface StatementPlace {
  /** Such as "clean.orders". */
  readonly tables: readonly string[]
  /** Before each zone in the name of its database. */
  readonly databasePrefix: string
}

/** The engine of the other wing parses here; it opens no file. */
export async function openAthenaStatements(place: StatementPlace): Promise<AthenaStatements> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: '64MB',
    temp_directory: '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    enable_external_access: 'false',
    lock_configuration: 'true',
  })
  const connection = await instance.connect()
  return {
    prepare: (sql, mayHaveParameters = false) => prepare(connection, place, sql, mayHaveParameters),
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

async function prepare(
  connection: DuckDBConnection,
  { tables, databasePrefix }: StatementPlace,
  sql: string,
  mayHaveParameters: boolean,
): Promise<string> {
  checkLength(sql)
  const travelled = travelsOf(sql)
  const tree = await treeOf(connection, travelled.sql)
  const known = new Set(tables)
  const shown = new Set([
    ...known,
    ...travelled.travels.filter(({ name }) => known.has(name)).map(({ alias }) => alias),
  ])
  checkStatement(travelled.sql, tree, { tables: shown, mayHaveParameters })
  const named = tablesIn(JSON.parse(tree))
  const described = describedTable(sql, named)
  if (described !== null) return columnsSelect(placeOf(described, known), databasePrefix)
  // Places are bytes; from the last to the first, so that those before stay right.
  let bytes = Buffer.from(travelled.sql)
  for (const table of named.toSorted((a, b) => b.location - a.location)) {
    const rest = bytes.subarray(table.location)
    const length = Buffer.byteLength(NAME.exec(rest.toString())?.[0] ?? '')
    const written = Buffer.from(nameFor(table, known, travelled.travels, databasePrefix))
    bytes = Buffer.concat([bytes.subarray(0, table.location), written, rest.subarray(length)])
  }
  // A closing semicolon is the shell's, not the statement's.
  return statementsOf(bytes.toString())[0] ?? ''
}

const PART = String.raw`(?:"(?:[^"]|"")*"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)`
const FULL_NAME = String.raw`${PART}(?:\s*\.\s*${PART})?`
const NAME = new RegExp(`^${FULL_NAME}`)
const DESCRIBE = new RegExp(String.raw`^\s*DESCRIBE\s+${FULL_NAME}\s*;?\s*$`, 'i')

interface NamedTable {
  /** Bytes from the statement's start. */
  readonly location: number
  /** Empty where the name stands alone. */
  readonly schema: string
  readonly table: string
}

/** Every table of the catalogue that a tree names, those that WITH makes left out. */
function tablesIn(tree: unknown): readonly NamedTable[] {
  const found: NamedTable[] = []
  const made = new Set<string>()
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit)
    if (!isObject(value)) return
    const withTables = isObject(value['cte_map']) ? value['cte_map']['map'] : []
    for (const entry of Array.isArray(withTables) ? withTables : []) made.add(textOf(entry, 'key').toLowerCase())
    if (typeof value['cte_name'] === 'string') made.add(value['cte_name'].toLowerCase())
    if (value['type'] === 'BASE_TABLE') {
      const [schema, table] = [textOf(value, 'schema_name'), textOf(value, 'table_name')]
      found.push({ location: Number(value['query_location']), schema, table })
    }
    Object.values(value).forEach(visit)
  }
  visit(tree)
  return found.filter(({ schema, table }) => schema !== '' || !made.has(table.toLowerCase()))
}

function textOf(value: unknown, key: string): string {
  const text = isObject(value) ? value[key] : undefined
  return typeof text === 'string' ? text : ''
}

interface Place {
  readonly zone: string
  readonly table: string
}

/** A name that stands alone is one of the zones that need not be named. */
function placeOf({ schema, table }: NamedTable, known: ReadonlySet<string>): Place {
  const name = table.toLowerCase()
  const zone =
    schema === '' ? DEFAULT_ZONES.find((candidate) => known.has(`${candidate}.${name}`)) : schema.toLowerCase()
  return { zone: zone ?? DEFAULT_ZONES[0], table: name }
}

function nameFor(
  named: NamedTable,
  known: ReadonlySet<string>,
  travels: readonly TimeTravel[],
  databasePrefix: string,
): string {
  const { zone, table } = placeOf(named, known)
  const travel = travels.find(({ alias }) => alias === `${zone}.${table}`)
  const database = quoteName(databasePrefix + zone)
  if (travel === undefined) return `${database}.${quoteName(table)}`
  return `${database}.${quoteName(travel.name.slice(zone.length + 1))} ${asOfText(travel.asOf)}`
}

function asOfText(asOf: TimeTravel['asOf']): string {
  if ('snapshotId' in asOf) return `FOR VERSION AS OF ${asOf.snapshotId}`
  const moment = new Date(asOf.timestampMs).toISOString().replace('T', ' ').replace('Z', ' UTC')
  return `FOR TIMESTAMP AS OF TIMESTAMP ${quoteText(moment)}`
}

/** The table of `DESCRIBE zone.table`, which Athena answers in a form of its own. */
function describedTable(sql: string, [table]: readonly NamedTable[]): NamedTable | null {
  return DESCRIBE.test(sql) ? table : null
}

function columnsSelect({ zone, table }: Place, databasePrefix: string): string {
  return `SELECT column_name, data_type AS column_type FROM information_schema.columns
    WHERE table_schema = ${quoteText(databasePrefix + zone)} AND table_name = ${quoteText(table)} ORDER BY ordinal_position`
}
