/**
 * app/sql-protocol: what the server and its query process say to each other.
 *
 * In: nothing; these are types.
 * Out: one JSON object a line in each direction.
 * Invariant: each `run` gets exactly one `result` or `error` with its id, unless the process dies.
 */
import type { SqlResult, SqlSnapshot } from '../parts/sql/port.ts'
import type { ErrorCode } from '../std/error-codes.ts'

export type ToSqlChild =
  | { readonly type: 'tables'; readonly snapshot: SqlSnapshot }
  | { readonly type: 'run'; readonly id: number; readonly sql: string }

export type FromSqlChild =
  | { readonly type: 'ready' }
  | { readonly type: 'result'; readonly id: number; readonly result: SqlResult }
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
