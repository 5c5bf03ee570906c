/**
 * sql/port: a question in SQL and its answer.
 *
 * In: one SELECT over landing, clean and mart.
 * Out: columns and rows as JSON can hold them, and whether rows were left out.
 * Invariant: a runner only reads, and only the tables it was given.
 */

/** Longest statement, UTF-8 bytes. */
export const MAX_SQL_BYTES = 16 * 1024
/** Most rows in one answer; `truncated` says that there were more. */
export const MAX_SQL_ROWS = 10_000
/** Most bytes of rows in one answer, as JSON. */
export const MAX_SQL_ANSWER_BYTES = 8 * 1024 * 1024

/** Zones whose tables need no zone before their name. */
export const DEFAULT_ZONES: readonly string[] = ['clean', 'mart']

export interface SqlColumn {
  /** Unique within the answer: a second "a" is called "a_2". */
  readonly name: string
  /** The engine's type, such as `DECIMAL(12,2)`. */
  readonly type: string
}

/** What JSON can hold; `json-rows.ts` says how each type is written. */
export type SqlValue = null | boolean | number | string | readonly SqlValue[] | { readonly [key: string]: SqlValue }

export interface SqlResult extends Omit<SqlSummary, 'rowCount'> {
  readonly columns: readonly SqlColumn[]
  readonly rows: readonly (readonly SqlValue[])[]
}

/** What an engine that charges by the byte asked for an answer. */
export interface SqlCost {
  readonly scannedBytes: number
  /** Decimal text in US dollars, to the ten-thousandth of a cent. */
  readonly usd: string
}

/** One table as a sandbox shows it. */
export interface SqlTable {
  /** `zone.table`, such as `clean.clickstreams`. */
  readonly name: string
  /** A SELECT that reads exactly the files of `files`. */
  readonly select: string
  /** Absolute paths the SELECT reads. */
  readonly files: readonly string[]
}

/** The tables of one moment. Two snapshots with the same key show the same tables. */
export interface SqlSnapshot {
  readonly key: string
  readonly tables: readonly SqlTable[]
}

/** `json` as `json-rows.ts` says; `text` as PostgreSQL writes each type. */
export type SqlFormat = 'json' | 'text'

/** Takes an answer as it comes: the columns once, then rows in batches. */
export interface SqlSink {
  onColumns(columns: readonly SqlColumn[]): void
  onRows(rows: readonly (readonly SqlValue[])[]): void
}

export interface SqlSummary {
  readonly rowCount: number
  readonly truncated: boolean
  readonly elapsedMs: number
  /** Absent where an answer costs nothing. */
  readonly cost?: SqlCost
}

/** What a statement would answer, and the types of its `$1`, `$2`, …; null where any would do. */
export interface SqlDescription {
  readonly columns: readonly SqlColumn[]
  readonly parameterTypes: readonly (string | null)[]
}

export interface SqlStreamOptions {
  readonly format?: SqlFormat
  /** Ends the statement when its asker has gone; it then fails with HEM_SQL_CANCELLED. */
  readonly signal?: AbortSignal
}

export interface SqlRunner {
  /**
   * Runs one SELECT.
   *
   * @param sql at most 16 KiB
   * @returns at most 10,000 rows and 8 MiB
   * @throws HEM_SQL_SYNTAX, HEM_SQL_FORBIDDEN, HEM_SQL_UNKNOWN_TABLE, HEM_SQL_INVALID, HEM_SQL_TOO_LONG: the statement's fault
   * @throws HEM_SQL_TIMEOUT after the runner's longest time, HEM_SQL_CANCELLED, HEM_SQL_MEMORY, HEM_SQL_SCAN_LIMIT,
   *   HEM_SQL_BUSY, HEM_SQL_UNAVAILABLE
   */
  run(sql: string, options?: SqlStreamOptions): Promise<SqlResult>
  /** The same, with rows given to the sink as they come; it gets nothing before the statement has passed all checks. */
  stream(sql: string, sink: SqlSink, options?: SqlStreamOptions): Promise<SqlSummary>
  /** Looks at a statement without running it. */
  describe(sql: string): Promise<SqlDescription>
  close(): Promise<void>
}

/** The answer as `sql --json` prints it: one object a row. */
export function rowsAsObjects(result: Pick<SqlResult, 'columns' | 'rows'>): Record<string, SqlValue>[] {
  return result.rows.map((row) => rowAsObject(result.columns, row))
}

export function rowAsObject(columns: readonly SqlColumn[], row: readonly SqlValue[]): Record<string, SqlValue> {
  return Object.fromEntries(columns.map((column, index) => [column.name, row[index] ?? null]))
}
