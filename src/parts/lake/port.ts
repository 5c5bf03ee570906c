/**
 * lake/port: the two things a wing supplies so that tables can rest somewhere.
 *
 * In: bytes at paths below one root, and one pointer per table to its newest metadata.
 * Out: `FileStore`, `TableCatalogue`, and the named points at which a test may crash a commit.
 * Invariant: a commit happens wholly or not at all, and an outcome that is not known is never reported as a conflict.
 */

export interface StoredFile {
  /** Relative to the root, with forward slashes: "clean/orders/data/…". */
  readonly path: string
  readonly bytes: number
  readonly modifiedMs: number
}

/** Immutable files below one root. Paths are relative, with forward slashes and no "..". */
export interface FileStore {
  /** The path as other engines know it: an absolute path or an `s3://` address. */
  location(path: string): string
  /**
   * Writes a file that must not exist yet; resolves when it and its folder are durable.
   *
   * @throws HEM_LAKE_FILE_EXISTS
   */
  write(path: string, bytes: Uint8Array): Promise<void>
  /** @throws HEM_LAKE_FILE_MISSING */
  read(path: string): Promise<Uint8Array>
  /** Every file below a folder, in any order; empty where there is none. */
  list(folder: string): Promise<readonly StoredFile[]>
  /** Removes a file; a missing one is no error. */
  delete(path: string): Promise<void>
  /**
   * A path on this machine from which DuckDB can read the file.
   *
   * @throws HEM_LAKE_FILE_MISSING
   */
  localPath(path: string): Promise<string>
  /** An empty folder on this machine, for files that DuckDB writes before they are adopted. */
  stagingFolder(): Promise<string>
  /**
   * Moves a staged file to its path, which must not exist yet; resolves when it and its folder are durable.
   *
   * @throws HEM_LAKE_FILE_EXISTS
   */
  adopt(stagedPath: string, path: string): Promise<void>
  /** Removes a staging folder and what is left in it. */
  dropStaging(folder: string): Promise<void>
}

export interface TableName {
  readonly namespace: string
  readonly table: string
}

export interface CataloguedTable {
  /** Token of this state; opaque, to be handed back to `commit`. */
  readonly version: string
  readonly metadataLocation: string
  readonly metadataJson: string
}

export type CommitOutcome =
  | { readonly outcome: 'committed'; readonly version: string; readonly metadataLocation: string }
  /** Another commit came first; this one certainly did not happen. */
  | { readonly outcome: 'conflict' }
  /** The answer was lost: the commit may have happened, may still happen, or may not. */
  | { readonly outcome: 'unknown'; readonly cause: unknown }

/** Where each table's newest metadata is found, changed only by compare-and-set. */
export interface TableCatalogue {
  namespaces(): Promise<readonly string[]>
  tables(namespace: string): Promise<readonly string[]>
  load(name: TableName): Promise<CataloguedTable | null>
  /** The `version` that `load` would give, cheaper: tells whether a table has changed. */
  version(name: TableName): Promise<string | null>
  /**
   * Makes `metadataJson` the newest state if the table is still at `expectedVersion` (null: does not exist).
   * Throws only where the commit certainly did not happen; otherwise a fault is the outcome `unknown`.
   */
  commit(name: TableName, expectedVersion: string | null, metadataJson: string): Promise<CommitOutcome>
  /** Sets the newest version aside, which cannot be read; the one before is the newest again. For repair alone. */
  discard(name: TableName, version: string): Promise<void>
}

/** Points between two steps of a commit, in order. */
export const FAILPOINTS = [
  'data staged',
  'data adopted',
  'manifest written',
  'manifest list written',
  'metadata committed',
  'expiry committed',
  'expired file deleted',
] as const
export type FailpointName = (typeof FAILPOINTS)[number]

/** Called at each point; a test throws from it to crash there. */
export type Failpoint = (name: FailpointName) => void

/** Random bytes, handed in by `app`; snapshot ids and file names come from them. */
export type Entropy = (bytes: number) => Uint8Array
