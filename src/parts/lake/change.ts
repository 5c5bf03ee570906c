/**
 * lake/change: what a commit is asked to do, and what came of it.
 *
 * In: data files to add, which files they replace, and a sink's checkpoint.
 * Out: the types that building and committing share.
 * Invariant: a change says nothing of a table's version, so that it can be applied to whichever is newest.
 */
import type { Clock } from '../../std/clock.ts'
import { HemlineError } from '../../std/errors.ts'
import type { DataFile, PartitionDay } from './manifest.ts'
import type { Entropy, Failpoint, TableName } from './port.ts'
import { textOf, type StateSource, type TableReader } from './table-state.ts'

export interface CommitContext extends StateSource {
  readonly reader: TableReader
  readonly clock: Clock
  readonly entropy: Entropy
  readonly failpoint: Failpoint
}

/** How far a sink has delivered, kept in the table's properties and changed with its rows. */
export interface SinkCheckpoint {
  readonly sink: string
  readonly value: string
  /** If given, the commit is refused unless the table still holds this value (null: none yet). */
  readonly expected?: string | null
}

export type Removal =
  | { readonly partitions: 'all' | ReadonlySet<PartitionDay> }
  /** Exactly these files; the commit is refused if one is gone. */
  | {
      readonly locations: ReadonlySet<string>
      /** Manifests of delete files that were applied; refused where another has come, since its rows would return. */
      readonly appliedDeletes: ReadonlySet<string>
    }

export interface Change {
  readonly operation: 'append' | 'overwrite' | 'replace'
  readonly added: readonly DataFile[]
  /** Resolves when the added files are durable; the commit waits for it, its manifests need not. */
  readonly adopted: Promise<void>
  readonly removal: Removal | null
  readonly checkpoint: SinkCheckpoint | null
  /** Manifests say no more of files that are gone: their bounds hold values of rows that were in them. */
  readonly forgetsRemoved?: boolean
  /** If given, refused when the removed partitions hold other files than in this snapshot ("none": no snapshot). */
  readonly basedOn?: bigint | 'none'
}

export interface CommitResult {
  /** Null where there was nothing to add or remove. */
  readonly snapshotId: bigint | null
  readonly addedRows: number
  readonly addedFiles: number
  readonly removedRows: number
  readonly removedFiles: number
  readonly attempts: number
}

export function isConflict(thrown: unknown): boolean {
  return thrown instanceof HemlineError && thrown.code === 'HEM_LAKE_CONFLICT'
}

export function conflict(name: TableName, got: string): HemlineError {
  return new HemlineError('HEM_LAKE_CONFLICT', {
    subject: textOf(name),
    expected: 'to commit on the version that was read',
    got,
    remedy: 'read the table again and repeat the change',
  })
}
