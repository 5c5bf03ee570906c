/**
 * aws/sql/athena-runner: questions in SQL, answered by Athena.
 *
 * In: one SELECT over landing, clean and mart.
 * Out: rows as the other wing gives them, and what the answer cost.
 * Invariant: a query that nobody waits for any more is stopped; the same guard walks every statement before Athena sees it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
  type QueryExecution,
} from '@aws-sdk/client-athena'
import type { Entropy } from '../../../parts/lake/port.ts'
import { fillParameters } from '../../../parts/sql/parameters.ts'
import { DEFAULT_ZONES, MAX_SQL_ANSWER_BYTES, MAX_SQL_ROWS } from '../../../parts/sql/port.ts'
import type { SqlColumn, SqlRunner, SqlSink, SqlStreamOptions, SqlSummary, SqlValue } from '../../../parts/sql/port.ts'
import { cancelled, timedOut } from '../../../parts/sql/refusals.ts'
import { tokensOf } from '../../../parts/sql/tokens.ts'
import type { Clock } from '../../../std/clock.ts'
import { HemlineError, messageOf } from '../../../std/errors.ts'
import { clientSettings, type AwsAccess } from '../access.ts'
import { repeated } from '../calls.ts'
import { faultKindOf, isNamed } from '../faults.ts'
import { costOf } from './athena-cost.ts'
import { athenaFault, tooMany, unavailable } from './athena-faults.ts'
import { openAthenaStatements } from './athena-statement.ts'
import { columnsOf, rowReader } from './athena-values.ts'

export interface AthenaRunnerOptions {
  readonly access: AwsAccess
  /** Its settings say where answers are kept and how many bytes a query may scan. */
  readonly workgroup: string
  /** Tables that may be asked, such as "clean.orders". */
  readonly tables: readonly string[]
  /** As in the catalogue; nothing where absent. */
  readonly databasePrefix?: string
  /** Longest time of one query. */
  readonly timeoutMs: number
  /** Price of a terabyte scanned, decimal text in US dollars. */
  readonly usdPerTerabyte: string
  readonly clock: Clock
  readonly entropy: Entropy
}

const FIRST_POLL_MS = 100
const LONGEST_POLL_MS = 2000
const POLL_GROWTH = 1.5
const PAGE_ROWS = 1000
/** Athena takes tokens of 32 to 128 characters. */
const TOKEN_BYTES = 32

export async function openAthenaRunner(options: AthenaRunnerOptions): Promise<SqlRunner> {
  const { access, databasePrefix = '' } = options
  const client = new AthenaClient(clientSettings(access))
  const statements = await openAthenaStatements({ tables: options.tables, databasePrefix })
  const athena: Athena = { ...options, databasePrefix, client }

  const stream: SqlRunner['stream'] = async (sql, sink, streamOptions = {}) =>
    streamAnswer(athena, await statements.prepare(sql), sink, streamOptions)

  const run: SqlRunner['run'] = async (sql, runOptions) => {
    const collected = collectingSink()
    const { rowCount: _rowCount, ...summary } = await stream(sql, collected.sink, runOptions)
    return { columns: collected.columns(), rows: collected.rows, ...summary }
  }

  return {
    stream,
    run,
    async describe(sql) {
      const statement = await statements.prepare(sql, true)
      const parameterTypes = parameterPlaces(statement)
      const empty = fillParameters(
        statement,
        parameterTypes.map(() => ({ type: null, value: null })),
      )
      const collected = collectingSink()
      await streamAnswer(athena, `SELECT * FROM (${empty}) AS described LIMIT 0`, collected.sink, {})
      return { columns: collected.columns(), parameterTypes }
    },
    close() {
      statements.close()
      client.destroy()
      return Promise.resolve()
    },
  }
}

interface Athena extends Required<AthenaRunnerOptions> {
  readonly client: AthenaClient
}

function collectingSink() {
  let columns: readonly SqlColumn[] = []
  const rows: (readonly SqlValue[])[] = []
  const sink: SqlSink = {
    onColumns: (found) => void (columns = found),
    onRows: (more) => void rows.push(...more),
  }
  return { sink, rows, columns: () => columns }
}

/** Athena does not say which types would do. */
function parameterPlaces(sql: string): readonly null[] {
  const numbers = tokensOf(sql).flatMap(({ kind, text }) => (kind === 'parameter' ? [Number(text.slice(1))] : []))
  return Array.from({ length: Math.max(0, ...numbers) }, () => null)
}

async function streamAnswer(
  athena: Athena,
  statement: string,
  sink: SqlSink,
  { format = 'json', signal }: SqlStreamOptions,
): Promise<SqlSummary> {
  const startedMs = athena.clock.nowMs()
  if (signal?.aborted) throw cancelled()
  const id = await start(athena, statement)
  let isDone = false
  try {
    const execution = await untilDone(athena, id, { statement, deadlineMs: startedMs + athena.timeoutMs, signal })
    isDone = true
    const counted = await readPages(athena, id, format, sink)
    const cost = costOf(execution.Statistics?.DataScannedInBytes ?? 0, athena.usdPerTerabyte)
    return { ...counted, elapsedMs: athena.clock.nowMs() - startedMs, cost }
  } catch (fault) {
    if (!isDone) await stop(athena, id)
    throw fault instanceof HemlineError ? fault : unavailable(fault)
  }
}

/** The token makes a repeated start the same query, so a lost answer costs nothing. */
async function start(athena: Athena, statement: string): Promise<string> {
  const command = new StartQueryExecutionCommand({
    QueryString: statement,
    ClientRequestToken: Buffer.from(athena.entropy(TOKEN_BYTES)).toString('hex'),
    WorkGroup: athena.workgroup,
    QueryExecutionContext: { Database: athena.databasePrefix + DEFAULT_ZONES[0] },
  })
  try {
    const { QueryExecutionId = '' } = await repeated(athena.access, () => athena.client.send(command))
    return QueryExecutionId
  } catch (fault) {
    if (faultKindOf(fault) === 'throttled') throw tooMany(fault)
    if (isNamed(fault, 'InvalidRequestException')) throw athenaFault(statement, messageOf(fault))
    throw unavailable(fault)
  }
}

interface Waiting {
  readonly statement: string
  readonly deadlineMs: number
  readonly signal?: AbortSignal
}

async function untilDone(
  athena: Athena,
  id: string,
  { statement, deadlineMs, signal }: Waiting,
): Promise<QueryExecution> {
  const command = new GetQueryExecutionCommand({ QueryExecutionId: id })
  for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(pauseMs * POLL_GROWTH, LONGEST_POLL_MS)) {
    const { QueryExecution } = await repeated(athena.access, () => athena.client.send(command))
    const status = QueryExecution?.Status
    if (signal?.aborted) throw cancelled()
    if (QueryExecution !== undefined && status?.State === 'SUCCEEDED') return QueryExecution
    if (status?.State === 'FAILED') throw athenaFault(statement, status.StateChangeReason ?? 'no reason')
    // Not by us: somebody stopped it in the console, or the workgroup its limit.
    if (status?.State === 'CANCELLED') throw stopped(statement, status.StateChangeReason)
    if (athena.clock.nowMs() >= deadlineMs) throw timedOut(athena.timeoutMs)
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
  }
}

function stopped(statement: string, reason: string | undefined): HemlineError {
  return reason === undefined || reason === '' ? cancelled() : athenaFault(statement, reason)
}

/** Of no use to whoever asked, whose own fault is told. */
async function stop(athena: Athena, id: string): Promise<void> {
  const command = new StopQueryExecutionCommand({ QueryExecutionId: id })
  await repeated(athena.access, () => athena.client.send(command)).catch(() => undefined)
}

async function readPages(
  athena: Athena,
  id: string,
  format: 'json' | 'text',
  sink: SqlSink,
): Promise<Pick<SqlSummary, 'rowCount' | 'truncated'>> {
  let rowCount = 0
  let bytes = 0
  let token: string | undefined
  for (let isFirst = true; isFirst || token !== undefined; isFirst = false) {
    const page = { QueryExecutionId: id, NextToken: token, MaxResults: PAGE_ROWS }
    const answer = await repeated(athena.access, () => athena.client.send(new GetQueryResultsCommand(page)))
    const infos = answer.ResultSet?.ResultSetMetadata?.ColumnInfo ?? []
    if (isFirst) sink.onColumns(columnsOf(infos))
    const read = rowReader(infos, format)
    const rows: SqlValue[][] = []
    // The first line of a SELECT's answer is the names of its columns.
    for (const { Data = [] } of (answer.ResultSet?.Rows ?? []).slice(isFirst ? 1 : 0)) {
      const row = read(Data.map((datum) => datum.VarCharValue))
      bytes += Buffer.byteLength(JSON.stringify(row)) + 1
      if (rowCount === MAX_SQL_ROWS || bytes > MAX_SQL_ANSWER_BYTES) {
        if (rows.length > 0) sink.onRows(rows)
        return { rowCount, truncated: true }
      }
      rows.push(row)
      rowCount++
    }
    if (rows.length > 0) sink.onRows(rows)
    token = answer.NextToken
  }
  return { rowCount, truncated: false }
}
