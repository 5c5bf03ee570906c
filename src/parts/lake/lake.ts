/**
 * lake/lake: the tables, as the steps use them.
 *
 * In: rows for a table, with a sink's checkpoint; names of tables to read.
 * Out: commits; views of the newest snapshots.
 * Invariant: what a call committed is durable when it resolves, and happened once.
 */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import type { Clock } from '../../std/clock.ts'
import { HemlineError } from '../../std/errors.ts'
import { dayOf, isoDateOf } from './bounds.ts'
import type { Change, CommitContext, CommitResult, Removal, SinkCheckpoint } from './change.ts'
import { checkpointOf } from './commit.ts'
import { deleteRows, type Deletion } from './delete-rows.ts'
import { ensureTable } from './ensure-table.ts'
import { clearPast, maintainTable, pathsOfTable, type MaintenanceLimits, type MaintenanceReport } from './maintain.ts'
import type { PartitionDay } from './manifest.ts'
import { stageRows, type Adoption, type RowSource, type StagedFile } from './parquet.ts'
import { currentSnapshot } from './metadata.ts'
import type { Entropy, Failpoint, FileStore, TableCatalogue, TableName } from './port.ts'
import { forgetPast, resetTable } from './reset.ts'
import { scanTable, type ScanOptions, type SnapshotScan } from './scan.ts'
import { quoteName, type TableDefinition } from './schema.ts'
import { liveEntries, loadTable, newManifestCache, textOf, type TableState } from './table-state.ts'
import { verifyTable, type TableCheck } from './verify.ts'
import { writeChange } from './write.ts'

export interface LakeOptions {
  readonly files: FileStore
  readonly catalogue: TableCatalogue
  readonly clock: Clock
  readonly entropy: Entropy
  readonly tables: readonly TableDefinition[]
  /** What DuckDB may use to write and to read, for example "512MB". */
  readonly memoryLimit: string
  readonly threads: number
  /** Where DuckDB may put what does not fit in memory; its own choice, a folder ".tmp", where absent. */
  readonly spillFolder?: string
  /** Tests crash commits here. */
  readonly failpoint?: Failpoint
}

export interface AppendOptions {
  readonly checkpoint?: SinkCheckpoint
}

export interface ReplaceOptions extends AppendOptions {
  /** The snapshot the rows were computed from (null: none): refused if the partitions changed since. */
  readonly basedOn?: bigint | null
}

/** ISO dates of partitions, null for rows without a date, or the whole table. */
export type Partitions = 'all' | readonly (string | null)[]

/** One table at one moment. */
export interface TableSnapshot {
  /** Such as "clean.orders". */
  readonly name: string
  /** A SELECT that reads exactly the files of `files`. */
  readonly select: string
  /** Local paths the SELECT reads. */
  readonly files: readonly string[]
}

/** Two snapshots with the same key hold the same rows. */
export interface LakeSnapshot {
  readonly key: string
  readonly tables: readonly TableSnapshot[]
}

export class Lake {
  readonly #options: LakeOptions
  readonly #context: CommitContext
  readonly #definitions: ReadonlyMap<string, TableDefinition>
  readonly #connection: DuckDBConnection

  constructor(options: LakeOptions, connection: DuckDBConnection) {
    this.#options = options
    this.#connection = connection
    this.#definitions = new Map(options.tables.map((definition) => [textOf(definition), definition]))
    this.#context = {
      reader: { files: options.files, cache: newManifestCache() },
      catalogue: options.catalogue,
      states: new Map(),
      clock: options.clock,
      entropy: options.entropy,
      failpoint: options.failpoint ?? (() => {}),
    }
  }

  /** Names of all tables, such as "clean.orders". */
  get tableNames(): readonly string[] {
    return [...this.#definitions.keys()]
  }

  /** Creates the tables that are missing and adds the columns that are new. @param zones those alone; all where left out */
  async ensureTables(zones?: readonly string[]): Promise<void> {
    for (const definition of this.#definitions.values()) {
      if (zones?.includes(definition.namespace) ?? true) await ensureTable(this.#context, definition)
    }
  }

  /** @throws HEM_LAKE_TABLE_MISSING */
  async table(name: string): Promise<TableState> {
    const state = await loadTable(this.#context, this.#nameOf(name))
    if (state === null) throw tableMissing(name)
    return state
  }

  /** Adds rows. With no rows and a checkpoint, only the checkpoint moves. */
  async append(name: string, source: RowSource, options: AppendOptions = {}): Promise<CommitResult> {
    return this.#write(name, source, { operation: 'append', removal: null, checkpoint: options.checkpoint ?? null })
  }

  /**
   * Replaces all rows of the partitions by the given ones, in one commit.
   *
   * @throws HEM_LAKE_ROWS_INVALID when a row lies outside the partitions
   * @throws HEM_LAKE_CONFLICT when `basedOn` is given and the partitions changed since
   */
  async replace(
    name: string,
    partitions: Partitions,
    source: RowSource,
    options: ReplaceOptions = {},
  ): Promise<CommitResult> {
    const days =
      partitions === 'all' ? partitions : new Set(partitions.map((iso) => (iso === null ? null : dayOf(iso))))
    const basis = options.basedOn === undefined ? {} : { basedOn: options.basedOn ?? ('none' as const) }
    return this.#write(name, source, {
      operation: 'overwrite',
      removal: { partitions: days },
      checkpoint: options.checkpoint ?? null,
      ...basis,
    })
  }

  /** The value a sink last committed with its rows, or null. */
  async checkpoint(name: string, sink: string): Promise<string | null> {
    return checkpointOf((await this.table(name)).metadata, sink)
  }

  /** The newest snapshot as a FROM expression and the exact local files it reads. */
  async snapshotFiles(name: string, options: ScanOptions = {}): Promise<SnapshotScan> {
    return scanTable(this.#context.reader, await this.table(name), options)
  }

  /** The newest snapshots of tables, in the shape in which a SQL runner takes them. */
  async snapshot(names: readonly string[] = this.tableNames): Promise<LakeSnapshot> {
    const tables: TableSnapshot[] = []
    const keys: string[] = []
    for (const name of names) {
      const scan = await this.snapshotFiles(name)
      tables.push({ name, select: `SELECT * FROM ${scan.sql}`, files: scan.localPaths })
      keys.push(`${name}@${scan.snapshotId}/${scan.schemaId}`)
    }
    return { key: keys.join(' '), tables }
  }

  /** A connection of its own with a view of each named table; close it with `closeSync()`. */
  async connect(names: readonly string[] = this.tableNames): Promise<DuckDBConnection> {
    const connection = await openConnection(this.#options)
    for (const { name, select } of (await this.snapshot(names)).tables) {
      const [schema, table] = name.split('.').map(quoteName)
      await connection.run(`CREATE SCHEMA IF NOT EXISTS ${schema}`)
      await connection.run(`CREATE VIEW ${schema}.${table} AS ${select}`)
    }
    return connection
  }

  /**
   * Deletes the rows for which a SQL condition is true; the files that held them are written again without them. Older
   * snapshots keep the rows until they expire.
   */
  async deleteWhere(name: string, condition: string): Promise<Deletion> {
    return this.blankWhere(name, condition, [])
  }

  /** Makes columns null in the rows for which a SQL condition is true, in the same way. */
  async blankWhere(name: string, condition: string, columns: readonly string[]): Promise<Deletion> {
    return deleteRows(this.#context, this.#connection, () => this.table(name), { condition, blank: columns })
  }

  /**
   * Leaves of a table nothing but its newest snapshot: older ones, files that only they need, what manifests tell of removed
   * files, and files that nothing names, go at once. A reader that is under way on an older snapshot loses its files.
   */
  async clearPast(name: string): Promise<MaintenanceReport> {
    return clearPast(this.#context, this.#nameOf(name))
  }

  /** Reads the table's metadata, manifests and every data file of every snapshot, and tells what is damaged. */
  async verify(name: string): Promise<TableCheck> {
    return verifyTable(this.#context, this.#nameOf(name))
  }

  /** Replaces data files that are damaged, which are not read, by rows from elsewhere; in one commit. */
  async replaceFiles(name: string, locations: readonly string[], source: RowSource): Promise<CommitResult> {
    const state = await this.table(name)
    const live = await liveEntries(this.#context.reader, state, currentSnapshot(state.metadata))
    const removal = { locations: new Set(locations), appliedDeletes: live.deleteManifests }
    return this.#write(name, source, { operation: 'overwrite', removal, checkpoint: null })
  }

  /** Every file that the table needs, as paths below the lake's root. */
  async filesOf(name: string): Promise<readonly string[]> {
    return pathsOfTable(this.#context, this.#nameOf(name))
  }

  /** Forgets all snapshots but the newest, so that none needs a file that is damaged. */
  async forgetPast(name: string): Promise<void> {
    await forgetPast(this.#context, this.#nameOf(name))
  }

  /** Empties a table whose manifests are damaged, without reading them: snapshots and checkpoints go, columns stay. */
  async reset(name: string): Promise<void> {
    await resetTable(this.#context, this.#nameOf(name))
  }

  /** Compacts small files, expires old snapshots, and removes files that no table names. */
  async maintain(limits: MaintenanceLimits): Promise<readonly MaintenanceReport[]> {
    const reports: MaintenanceReport[] = []
    for (const name of this.tableNames) {
      reports.push(await maintainTable(this.#context, this.#connection, this.#nameOf(name), limits))
    }
    return reports
  }

  close(): void {
    this.#connection.closeSync()
  }

  async #write(name: string, source: RowSource, change: Omit<Change, keyof Adoption>): Promise<CommitResult> {
    const state = await this.table(name)
    const isEmpty = 'rows' in source && source.rows.length === 0
    const stage = async (folder: string): Promise<readonly StagedFile[]> => {
      const staged = isEmpty ? [] : await stageRows(this.#connection, { state, folder }, source)
      refuseOutside(name, staged, change.removal)
      return staged
    }
    return writeChange(this.#context, state, stage, change)
  }

  #nameOf(text: string): TableName {
    const definition = this.#definitions.get(text)
    if (definition === undefined) throw tableMissing(text)
    return { namespace: definition.namespace, table: definition.table }
  }
}

export async function openLake(options: LakeOptions): Promise<Lake> {
  const connection = await openConnection(options)
  // Rows of a file need no order, and a SELECT that gives one keeps it.
  await connection.run('SET preserve_insertion_order=false')
  return new Lake(options, connection)
}

async function openConnection(options: LakeOptions): Promise<DuckDBConnection> {
  const { spillFolder } = options
  // Spill files of all instances have the same names, so each gets a folder of its own.
  const spill: Record<string, string> =
    spillFolder === undefined
      ? {}
      : { temp_directory: `${spillFolder}/spill-${Buffer.from(options.entropy(8)).toString('hex')}` }
  const instance = await DuckDBInstance.create(':memory:', {
    ...spill,
    memory_limit: options.memoryLimit,
    threads: String(options.threads),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  await connection.run(`SET TimeZone='UTC'`)
  return connection
}

function refuseOutside(name: string, staged: readonly StagedFile[], removal: Removal | null): void {
  if (removal === null || 'locations' in removal || removal.partitions === 'all') return
  const allowed: ReadonlySet<PartitionDay> = removal.partitions
  const stray = staged.find((file) => !allowed.has(file.partition ?? null))
  if (stray === undefined) return
  throw new HemlineError('HEM_LAKE_ROWS_INVALID', {
    subject: name,
    expected: `rows of ${allowed.size} partitions, the first ${partitionText([...allowed][0])}`,
    got: `a row of partition ${partitionText(stray.partition)}`,
    remedy: 'name every partition that the rows belong to',
  })
}

function partitionText(day: PartitionDay | undefined): string {
  return typeof day === 'number' ? isoDateOf(day) : 'null'
}

function tableMissing(name: string): HemlineError {
  return new HemlineError('HEM_LAKE_TABLE_MISSING', {
    subject: name,
    expected: 'a table listed in docs/tables.md',
    got: 'no such table',
    remedy: 'call ensureTables() first, or correct the name',
  })
}
