/**
 * app/sql-pool: a few query processes, so that one slow question does not hold up a dashboard.
 *
 * In: statements from HTTP, the PostgreSQL port and the command line.
 * Out: answers; HEM_SQL_BUSY when too many wait.
 * Invariant: a process runs one statement at a time; processes and waiting statements are bounded.
 */
import { checkLength } from '../parts/sql/guard.ts'
import type { SqlColumn, SqlRunner, SqlValue } from '../parts/sql/port.ts'
import { cancelled } from '../parts/sql/refusals.ts'
import { HemlineError } from '../std/errors.ts'
import { startSqlChild, type SqlChild, type SqlChildOptions } from './sql-child.ts'

export interface SqlPoolOptions extends Omit<SqlChildOptions, 'snapshot'> {
  /** Gives a process, by its number from 0, the function that tells it the tables of each moment. */
  readonly snapshotsFor: (process: number) => SqlChildOptions['snapshot']
  /** Most processes; the first starts at once, the others when all are busy. */
  readonly processes?: number
}

const DEFAULT_PROCESSES = 3
/** Statements that may wait behind the running ones. */
const MAX_WAITING = 16

export function startSqlRunner(options: SqlPoolOptions): SqlRunner {
  const most = options.processes ?? DEFAULT_PROCESSES
  const all: SqlChild[] = []
  const idle: SqlChild[] = []
  const waiting: ((child: SqlChild) => void)[] = []
  let isClosed = false

  const startAnother = (): SqlChild => {
    const child = startSqlChild({ ...options, snapshot: options.snapshotsFor(all.length) })
    all.push(child)
    return child
  }
  idle.push(startAnother())

  const release = (child: SqlChild): void => {
    const next = waiting.shift()
    if (next === undefined) idle.push(child)
    else next(child)
  }

  /** The process used last is taken first: it shows the newest tables already, and the others may sleep. */
  function acquire(): SqlChild | Promise<SqlChild> {
    const free = idle.pop()
    if (free !== undefined) return free
    if (all.length < most) return startAnother()
    if (waiting.length >= MAX_WAITING) throw busy()
    return new Promise((resolve) => waiting.push(resolve))
  }

  async function withChild<Result>(work: (child: SqlChild) => Promise<Result>): Promise<Result> {
    const child = await acquire()
    try {
      if (isClosed) throw stopping()
      return await work(child)
    } finally {
      release(child)
    }
  }

  const stream: SqlRunner['stream'] = async (sql, sink, { format = 'json', signal } = {}) => {
    checkLength(sql)
    return withChild((child) => {
      if (signal?.aborted) throw cancelled()
      return child.stream(sql, sink, { format, signal })
    })
  }

  return {
    stream,
    async run(sql, runOptions) {
      let columns: readonly SqlColumn[] = []
      const rows: (readonly SqlValue[])[] = []
      const sink = {
        onColumns: (found: readonly SqlColumn[]) => void (columns = found),
        onRows: (more: readonly (readonly SqlValue[])[]) => void rows.push(...more),
      }
      const { truncated, elapsedMs } = await stream(sql, sink, runOptions)
      return { columns, rows, truncated, elapsedMs }
    },
    async describe(sql) {
      checkLength(sql)
      return withChild((child) => child.describe(sql))
    },
    async close() {
      isClosed = true
      await Promise.all(all.map((child) => child.close()))
    },
  }
}

function stopping(): HemlineError {
  return new HemlineError('HEM_SQL_UNAVAILABLE', {
    subject: 'SQL',
    expected: 'an answer',
    got: 'a server that stops',
    remedy: 'ask again',
  })
}

function busy(): HemlineError {
  return new HemlineError('HEM_SQL_BUSY', {
    subject: 'SQL',
    expected: `at most ${MAX_WAITING} waiting queries`,
    got: 'more',
    remedy: 'ask again in some seconds',
  })
}
