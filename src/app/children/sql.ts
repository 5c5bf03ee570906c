/**
 * app/children/sql: the process that runs users' queries, so that none can harm the pipeline.
 *
 * In: lines of JSON on stdin: the tables of a snapshot, then statements.
 * Out: lines of JSON on stdout for each statement: columns and rows, or a coded error.
 * Invariant: it ends at once when stdin closes; it holds no key and writes no file.
 */
import { createInterface } from 'node:readline'
import { openSandbox } from '../../parts/sql/sandbox.ts'
import type { Sandbox } from '../../parts/sql/sandbox.ts'
import type { SqlSink, SqlSnapshot } from '../../parts/sql/port.ts'
import { HemlineError, messageOf } from '../../std/errors.ts'
import { filesMoved } from '../../parts/sql/refusals.ts'
import type { FromSqlChild, ToSqlChild } from '../sql-protocol.ts'

const [memoryMb = 256, threads = 2, interruptAfterMs = 10_000] = process.argv.slice(2).map(Number)

const nowMs = (): number => performance.now()
let sandbox: Sandbox | null = null
let pending: Promise<void> = Promise.resolve()

const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => {
  const message = JSON.parse(line) as ToSqlChild
  // An interrupt is for the statement that runs; everything else waits for its turn.
  if (message.type === 'interrupt') sandbox?.interrupt()
  else if (message.type === 'tables') pending = pending.then(() => show(message.snapshot))
  else pending = pending.then(() => answer(message))
})
// A statement that ignores interrupts would keep a polite exit waiting.
lines.on('close', () => process.kill(process.pid, 'SIGKILL'))
send({ type: 'ready' })

async function show(snapshot: SqlSnapshot): Promise<void> {
  sandbox?.close()
  sandbox = null
  try {
    sandbox = await openSandbox(snapshot, { memoryMb, threads })
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`)
  }
}

async function answer(question: Exclude<ToSqlChild, { type: 'tables' | 'interrupt' }>): Promise<void> {
  const { id, sql } = question
  const timer = setTimeout(() => sandbox?.interrupt(), interruptAfterMs)
  try {
    if (sandbox === null) throw filesMoved()
    if (question.type === 'describe') send({ type: 'description', id, description: await sandbox.describe(sql) })
    else send({ type: 'end', id, summary: await sandbox.stream(sql, sinkFor(id), { format: question.format, nowMs }) })
  } catch (error) {
    send({ type: 'error', id, ...describe(error) })
  } finally {
    clearTimeout(timer)
  }
}

function sinkFor(id: number): SqlSink {
  return {
    onColumns: (columns) => send({ type: 'columns', id, columns }),
    onRows: (rows) => send({ type: 'rows', id, rows }),
  }
}

function describe(error: unknown): Pick<Extract<FromSqlChild, { type: 'error' }>, 'code' | 'detail'> {
  if (error instanceof HemlineError) {
    const { subject, expected, got, remedy, cause } = error.detail
    if (cause !== undefined) process.stderr.write(`${error.code} ${messageOf(cause)}\n`)
    return { code: error.code, detail: { subject, expected, got, remedy } }
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  const detail = { subject: 'SQL', expected: 'an answer', got: 'a fault of ours', remedy: 'the log has the details' }
  return { code: 'HEM_INTERNAL', detail }
}

function send(message: FromSqlChild): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}
