/**
 * app/sql-child: keeps one query process running and asks it.
 *
 * In: statements, one at a time, and a function that gives the tables of this moment.
 * Out: rows as they come, or a coded error; a process that hangs or dies is replaced.
 * Invariant: none runs longer than `killAfterMs`.
 */
import type { SqlDescription, SqlFormat, SqlSink, SqlSnapshot, SqlSummary } from '../parts/sql/port.ts'
import { cancelled, timedOut } from '../parts/sql/refusals.ts'
import { travelsOf, type TimeTravel } from '../parts/sql/time-travel.ts'
import { HemlineError } from '../std/errors.ts'
import { sendTo, startSqlProcess, stopSqlProcess, type SqlProcess, type SqlProcessOptions } from './sql-process.ts'
import type { SqlAnswer } from './sql-protocol.ts'

export interface SqlChildOptions extends SqlProcessOptions {
  /** The tables as they are now, and those of the past. Called before each statement, never twice at once. */
  readonly snapshot: (travels: readonly TimeTravel[]) => Promise<SqlSnapshot>
  readonly killAfterMs?: number
}

/** One statement at a time. */
export interface SqlChild {
  stream(sql: string, sink: SqlSink, options: { format: SqlFormat; signal?: AbortSignal }): Promise<SqlSummary>
  describe(sql: string): Promise<SqlDescription>
  close(): Promise<void>
}

const DEFAULT_KILL_AFTER_MS = 12_000

type Question =
  | { readonly type: 'stream'; readonly sql: string; readonly format: SqlFormat }
  | { readonly type: 'describe'; readonly sql: string }

interface Asking<Result> {
  readonly question: Question
  readonly onAnswer: (answer: SqlAnswer, done: (result: Result) => void) => void
  readonly signal?: AbortSignal
}

export function startSqlChild(options: SqlChildOptions): SqlChild {
  let running = startSqlProcess(options)
  let isClosed = false
  let nextId = 1

  async function ask<Result>(asking: Asking<Result>): Promise<Result> {
    if (running.isGone) running = startSqlProcess(options)
    const current = running
    await current.ready
    const { sql, travels } = travelsOf(asking.question.sql)
    const snapshot = await options.snapshot(travels)
    if (current.shownKey !== snapshot.key) {
      sendTo(current, { type: 'tables', snapshot })
      current.shownKey = snapshot.key
    }
    try {
      return await converse(
        current,
        { ...asking, question: { ...asking.question, sql } },
        {
          id: nextId++,
          killAfterMs: options.killAfterMs ?? DEFAULT_KILL_AFTER_MS,
        },
      )
    } catch (error) {
      // What a failed allocation leaves behind makes later queries fail too: begin anew.
      if (error instanceof HemlineError && error.code === 'HEM_SQL_MEMORY') await stopSqlProcess(current)
      throw error
    } finally {
      if (current.isGone && !isClosed) running = startSqlProcess(options)
    }
  }

  /** Files of a snapshot can go away under a query; a new snapshot then helps, unless rows have gone out already. */
  async function askTwice<Result>(asking: Asking<Result>, mayRepeat: () => boolean): Promise<Result> {
    try {
      return await ask(asking)
    } catch (error) {
      const helps = error instanceof HemlineError && error.code === 'HEM_SQL_UNAVAILABLE'
      if (!helps || isClosed || !mayRepeat()) throw error
      running.shownKey = null
      return ask(asking)
    }
  }

  return {
    stream(sql, sink, { format, signal }) {
      let hasBegun = false
      const onAnswer: Asking<SqlSummary>['onAnswer'] = (answer, done) => {
        hasBegun ||= answer.type === 'rows'
        if (answer.type === 'columns') sink.onColumns(answer.columns)
        if (answer.type === 'rows') sink.onRows(answer.rows)
        if (answer.type === 'end') done(answer.summary)
      }
      return askTwice({ question: { type: 'stream', sql, format }, onAnswer, signal }, () => !hasBegun)
    },
    describe(sql) {
      const onAnswer: Asking<SqlDescription>['onAnswer'] = (answer, done) => {
        if (answer.type === 'description') done(answer.description)
      }
      return askTwice({ question: { type: 'describe', sql }, onAnswer }, () => true)
    },
    async close() {
      isClosed = true
      await stopSqlProcess(running)
    },
  }
}

/** One question and its answers, ended by the clock or by the asker. */
async function converse<Result>(
  current: SqlProcess,
  { question, onAnswer, signal }: Asking<Result>,
  { id, killAfterMs }: { readonly id: number; readonly killAfterMs: number },
): Promise<Result> {
  if (signal?.aborted) throw cancelled()
  const interrupt = (): void => sendTo(current, { type: 'interrupt' })
  let isKilled = false
  const timer = setTimeout(() => {
    isKilled = true
    current.child.kill('SIGKILL')
  }, killAfterMs)
  signal?.addEventListener('abort', interrupt)
  try {
    return await new Promise<Result>((resolve, reject) => {
      const take = (answer: SqlAnswer): void => {
        if (answer.type === 'error') reject(new HemlineError(answer.code, answer.detail))
        else onAnswer(answer, resolve)
      }
      current.waiting = { take, reject }
      sendTo(current, { ...question, id })
    })
  } catch (error) {
    const isEnded = isKilled || (error instanceof HemlineError && error.code === 'HEM_SQL_TIMEOUT')
    if (isEnded && signal?.aborted) throw cancelled()
    throw isKilled ? timedOut() : error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', interrupt)
    current.waiting = null
  }
}
