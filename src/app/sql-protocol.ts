/**
 * app/sql-protocol: what the server and a query process say to each other.
 *
 * In: nothing; these are types.
 * Out: one JSON object a line in each direction.
 * Invariant: each `stream` gets `columns`, any number of `rows` and one `end`, each `describe` one `description`, with its
 *   id; or an `error` instead of what is still to come; unless the process dies.
 */
import type { SqlColumn, SqlDescription, SqlFormat, SqlSnapshot, SqlSummary, SqlValue } from '../parts/sql/port.ts'
import type { ErrorCode } from '../std/error-codes.ts'

export type ToSqlChild =
  | { readonly type: 'tables'; readonly snapshot: SqlSnapshot }
  | { readonly type: 'stream'; readonly id: number; readonly sql: string; readonly format: SqlFormat }
  | { readonly type: 'describe'; readonly id: number; readonly sql: string }
  | { readonly type: 'interrupt' }

export type SqlAnswer =
  | { readonly type: 'columns'; readonly id: number; readonly columns: readonly SqlColumn[] }
  | { readonly type: 'rows'; readonly id: number; readonly rows: readonly (readonly SqlValue[])[] }
  | { readonly type: 'end'; readonly id: number; readonly summary: SqlSummary }
  | { readonly type: 'description'; readonly id: number; readonly description: SqlDescription }
  | {
      readonly type: 'error'
      readonly id: number
      readonly code: ErrorCode
      readonly detail: {
        readonly subject: string
        readonly expected: string
        readonly got: string
        readonly remedy: string
      }
    }

export type FromSqlChild = { readonly type: 'ready' } | SqlAnswer
