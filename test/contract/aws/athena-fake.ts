/**
 * test/contract/aws/athena-fake: Athena's calls over the other wing's engine.
 *
 * In: requests of the SDK; a lake whose tables may be asked.
 * Out: answers as Athena gives them: every value as text, the names of columns as the first row, a thousand rows a page.
 * Invariant: it knows nothing of Hemline's guard; what reaches it is run.
 * @source Amazon Athena API reference
 */
import type { ColumnInfo, QueryExecution } from '@aws-sdk/client-athena'
import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api'
import type { Lake } from '../../../src/parts/lake/lake.ts'
import { toSqlValue } from '../../../src/parts/sql/json-rows.ts'
import { preludeStatements } from '../../../src/parts/sql/prelude.ts'
import { travelsOf } from '../../../src/parts/sql/time-travel.ts'
import { messageOf } from '../../../src/std/errors.ts'
import { jsonAnswer, jsonRefusal, startFake, type FakeAnswer, type FakeServer } from './fake-server.ts'

interface Query {
  readonly sql: string
  state: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED'
  reason: string
  columns: ColumnInfo[]
  rows: (string | undefined)[][]
}

export interface AthenaFake extends FakeServer {
  /** Statements in the order in which they came. */
  readonly queries: Query[]
  /** Queries wait for it before they run. */
  hold: Promise<unknown>
  /** Of each query. */
  scannedBytes: number
  /** Of the workgroup. */
  scanLimitBytes: number
}

interface AthenaCall {
  readonly QueryString: string
  readonly ClientRequestToken: string
  readonly QueryExecutionId: string
  readonly NextToken?: string
  readonly MaxResults?: number
}

export async function startAthenaFake(lake: Lake): Promise<AthenaFake> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  for (const statement of preludeStatements()) await connection.run(statement)
  const byToken = new Map<string, string>()
  const fake = await startFake((request) => {
    const action = request.headers['x-amz-target']?.split('.').at(-1) ?? ''
    return answer(action, JSON.parse(request.body.toString()) as AthenaCall)
  })
  const started: AthenaFake = Object.assign(fake, {
    queries: [],
    hold: Promise.resolve(),
    scannedBytes: 12_345_678,
    scanLimitBytes: Number.MAX_SAFE_INTEGER,
  })

  function answer(action: string, call: AthenaCall): FakeAnswer {
    if (action === 'StartQueryExecution') {
      const known = byToken.get(call.ClientRequestToken)
      if (known !== undefined) return jsonAnswer({ QueryExecutionId: known })
      const id = String(started.queries.length)
      byToken.set(call.ClientRequestToken, id)
      const query: Query = { sql: call.QueryString, state: 'RUNNING', reason: '', columns: [], rows: [] }
      started.queries.push(query)
      void execute(query)
      return jsonAnswer({ QueryExecutionId: id })
    }
    const query = started.queries[Number(call.QueryExecutionId)]
    if (query === undefined) return jsonRefusal('InvalidRequestException')
    if (action === 'GetQueryExecution') return jsonAnswer({ QueryExecution: executionOf(query) })
    if (action === 'GetQueryResults') return page(query, call)
    if (query.state === 'RUNNING') query.state = 'CANCELLED'
    return jsonAnswer({})
  }

  function executionOf({ state, reason }: Query): Partial<QueryExecution> {
    const Statistics = { DataScannedInBytes: started.scannedBytes }
    return { Status: { State: state, StateChangeReason: reason }, Statistics }
  }

  async function execute(query: Query): Promise<void> {
    try {
      await started.hold
      if (started.scannedBytes > started.scanLimitBytes) throw new Error('Bytes scanned limit was exceeded')
      const { sql, travels } = travelsOf(query.sql)
      for (const name of lake.tableNames) await show(connection, name, (await lake.snapshotFiles(name)).sql)
      for (const { name, alias, asOf } of travels)
        await show(connection, alias, (await lake.snapshotFiles(name, { asOf })).sql)
      const result = await connection.runAndReadAll(sql)
      query.columns = result.columnNames().map((name, index) => infoOf(name, String(result.columnType(index))))
      query.rows = result.getRows().map((row) => row.map((value, index) => athenaText(value, query.columns[index])))
      if (query.state === 'RUNNING') query.state = 'SUCCEEDED'
    } catch (thrown) {
      query.state = 'FAILED'
      query.reason = messageOf(thrown).replace(/^(Binder|Catalog) Error: /, 'SYNTAX_ERROR: line 1:1: ')
    }
  }

  function page({ columns, rows }: Query, { NextToken = '0', MaxResults = 1000 }: AthenaCall): FakeAnswer {
    const names = columns.map(({ Name }) => Name)
    const all = [names, ...rows]
    const end = Number(NextToken) + MaxResults
    const Rows = all.slice(Number(NextToken), end).map((row) => ({
      Data: row.map((text) => (text === undefined ? {} : { VarCharValue: text })),
    }))
    const next = end < all.length ? { NextToken: String(end) } : {}
    return jsonAnswer({ ResultSet: { Rows, ResultSetMetadata: { ColumnInfo: columns } }, ...next })
  }

  const { close } = started
  started.close = async () => {
    await close()
    connection.closeSync()
    instance.closeSync()
  }
  return started
}

async function show(connection: DuckDBConnection, name: string, from: string): Promise<void> {
  const dot = name.indexOf('.')
  const [schema, table] = [name.slice(0, dot), name.slice(dot + 1)]
  await connection.run(`CREATE SCHEMA IF NOT EXISTS "${schema}"`)
  await connection.run(`CREATE OR REPLACE VIEW "${schema}"."${table}" AS SELECT * FROM ${from}`)
}

function infoOf(name: string, type: string): ColumnInfo {
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(type)
  if (decimal !== null) {
    return { Name: name, Label: name, Type: 'decimal', Precision: Number(decimal[1]), Scale: Number(decimal[2]) }
  }
  // Trino has no larger whole numbers, and none without a sign.
  const plain = /^(HUGEINT|U.*INT(EGER)?)$/.test(type) ? 'bigint' : type.toLowerCase()
  const known = plain === 'blob' ? 'varbinary' : plain
  return { Name: name, Label: name, Type: known.endsWith('[]') ? 'array' : known }
}

/** Every value as Athena writes it. */
function athenaText(value: DuckDBValue, { Type }: ColumnInfo): string | undefined {
  if (value === null) return undefined
  const json = toSqlValue(value)
  if (typeof value === 'number' && (Type === 'double' || Type === 'float')) return javaDouble(value)
  if (typeof value === 'object' && 'micros' in value && 'toString' in value && typeof json === 'string')
    return json.replace('T', ' ').replace('Z', '')
  if (typeof value === 'object' && 'bytes' in value && typeof json === 'string')
    return json.replaceAll(/(..)(?!$)/g, '$1 ')
  if (Array.isArray(json)) return `[${json.join(', ')}]`
  return String(value)
}

/** Java writes 1.0E7 where JavaScript writes 10000000. */
function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e7 || size < 1e-3)) {
    const [digits, exponent] = value.toExponential().split('e')
    return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
  }
  return Number.isInteger(value) ? `${value}.0` : String(value)
}
