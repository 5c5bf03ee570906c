/**
 * aws/lake/table-catalogue: which metadata file of a table is the newest, by the Glue Data Catalog.
 *
 * In: the next version of a table's metadata.
 * Out: a file below the table's `metadata/`, and its location in the table's parameters, where Athena, Redshift and
 *   every Iceberg engine look for it.
 * Invariant: only Glue's own compare-and-set of `VersionId` decides who committed; a commit whose answer
 *   was lost is not sent again, since Glue would then refuse our own.
 */
import {
  CreateDatabaseCommand,
  CreateTableCommand,
  DeleteTableCommand,
  GetDatabasesCommand,
  GetTableCommand,
  GetTablesCommand,
  GlueClient,
  UpdateTableCommand,
  type Table,
  type TableInput,
} from '@aws-sdk/client-glue'
import type { CommitOutcome, Entropy, FileStore, TableCatalogue, TableName } from '../../../parts/lake/port.ts'
import { folderOf, textOf } from '../../../parts/lake/table-state.ts'
import { retry } from '../../../std/retry.ts'
import { backoffOf, clientSettings, type AwsAccess } from '../access.ts'
import { repeated, serviceFault } from '../calls.ts'
import { faultKindOf, isNamed } from '../faults.ts'
import { METADATA_LOCATION, PREVIOUS_LOCATION, tableInputOf } from './glue-columns.ts'

export interface GlueCatalogueOptions {
  readonly access: AwsAccess
  /** Where the metadata lies; the same files as the lake's. */
  readonly files: FileStore
  readonly entropy: Entropy
  /** Before each zone in the name of its database, such as "hemline_"; nothing where absent. */
  readonly databasePrefix?: string
}

const LIST_PAGES_MAX = 1000
const DISCARDS_MAX = 10
const METADATA_FILE = /^(\d{5,})-[^/]*\.metadata\.json$/

export function openGlueCatalogue(options: GlueCatalogueOptions): TableCatalogue {
  const glue: Glue = {
    client: new GlueClient(clientSettings(options.access)),
    access: options.access,
    files: options.files,
    entropy: options.entropy,
    prefix: options.databasePrefix ?? '',
  }
  return {
    namespaces: () => namespacesOf(glue),
    tables: (namespace) => tablesOf(glue, namespace),
    async load(name) {
      const metadataLocation = locationIn(await findTable(glue, name))
      if (metadataLocation === null) return null
      const bytes = await glue.files.read(metadataPath(name, metadataLocation))
      return { version: metadataLocation, metadataLocation, metadataJson: new TextDecoder().decode(bytes) }
    },
    version: async (name) => locationIn(await findTable(glue, name)),
    commit: (name, expectedVersion, metadataJson) => commit(glue, name, expectedVersion, metadataJson),
    discard: (name, version) => discard(glue, name, version),
  }
}

interface Glue {
  readonly client: GlueClient
  readonly access: AwsAccess
  readonly files: FileStore
  readonly entropy: Entropy
  readonly prefix: string
}

/**
 * The version of a table is the location of its metadata, since that names the state itself; Glue's own number, read
 * together with it, guards the swap.
 */
async function commit(
  glue: Glue,
  name: TableName,
  expectedVersion: string | null,
  metadataJson: string,
): Promise<CommitOutcome> {
  const found = await findTable(glue, name)
  const before = locationIn(found)
  if (before !== expectedVersion) return { outcome: 'conflict' }
  const path = `${folderOf(name)}/metadata/${nextFileName(before, glue.entropy)}`
  await glue.files.write(path, new TextEncoder().encode(metadataJson))
  const metadataLocation = glue.files.location(path)
  const input = tableInputOf(name, { metadataLocation, previousLocation: before, metadataJson }, found)
  try {
    await (found === null ? createTable(glue, name, input) : updateTable(glue, name, found, input))
  } catch (fault) {
    const isRefused = isNamed(fault, 'ConcurrentModificationException') || isNamed(fault, 'AlreadyExistsException')
    if (isRefused || faultKindOf(fault) !== 'unanswered') {
      // It certainly did not happen, so nothing names its file.
      await glue.files.delete(path)
      if (isRefused) return { outcome: 'conflict' }
      throw serviceFault(`Glue table ${textOf(name)}`, fault)
    }
    const now = await findTable(glue, name).then(locationIn, () => null)
    if (now !== metadataLocation) return { outcome: 'unknown', cause: fault }
  }
  return { outcome: 'committed', version: metadataLocation, metadataLocation }
}

/** Tried again only where the service said that it is busy; after a lost answer Glue would refuse our own commit. */
async function updateTable(glue: Glue, name: TableName, found: Table, TableInput: TableInput): Promise<void> {
  const table = { DatabaseName: databaseOf(glue, name), TableInput, VersionId: found.VersionId, SkipArchive: true }
  await whileThrottled(glue, () => glue.client.send(new UpdateTableCommand(table)))
}

function whileThrottled<Result>({ access }: Glue, call: () => Promise<Result>): Promise<Result> {
  const isPassing = (fault: unknown): boolean => faultKindOf(fault) === 'throttled'
  return retry(call, { ...backoffOf(access), isPassing })
}

async function createTable(glue: Glue, name: TableName, input: TableInput): Promise<void> {
  const command = new CreateTableCommand({ DatabaseName: databaseOf(glue, name), TableInput: input })
  try {
    await whileThrottled(glue, () => glue.client.send(command))
  } catch (fault) {
    if (!isNamed(fault, 'EntityNotFoundException')) throw fault
    await createDatabase(glue, databaseOf(glue, name))
    await whileThrottled(glue, () => glue.client.send(command))
  }
}

async function createDatabase(glue: Glue, Name: string): Promise<void> {
  try {
    await repeated(glue.access, () => glue.client.send(new CreateDatabaseCommand({ DatabaseInput: { Name } })))
  } catch (fault) {
    // Another made it at the same moment, or we did and the answer was lost.
    if (!isNamed(fault, 'AlreadyExistsException')) throw fault
  }
}

/** Points the table to the version before; the file that cannot be read stays for the orphan sweep. */
async function discard(glue: Glue, name: TableName, version: string): Promise<void> {
  for (let attempt = 1; attempt <= DISCARDS_MAX; attempt++) {
    const found = await findTable(glue, name)
    if (found === null || locationIn(found) !== version) return
    const previous = found.Parameters?.[PREVIOUS_LOCATION] ?? (await fileBefore(glue, name, version))
    try {
      if (previous === null) {
        const table = { DatabaseName: databaseOf(glue, name), Name: name.table }
        await glue.client.send(new DeleteTableCommand(table))
        return
      }
      const bytes = await glue.files.read(metadataPath(name, previous))
      const state = {
        metadataLocation: previous,
        previousLocation: null,
        metadataJson: new TextDecoder().decode(bytes),
      }
      await updateTable(glue, name, found, tableInputOf(name, state, found))
      return
    } catch (fault) {
      if (!isNamed(fault, 'ConcurrentModificationException')) throw serviceFault(`Glue table ${textOf(name)}`, fault)
    }
  }
}

/** The newest metadata file of a lower number, for a table whose parameters do not name one. */
async function fileBefore(glue: Glue, name: TableName, location: string): Promise<string | null> {
  const number = numberOf(location)
  const listed = await glue.files.list(`${folderOf(name)}/metadata`)
  const older = listed
    .filter(({ path }) => METADATA_FILE.test(fileNameOf(path)) && numberOf(path) < number)
    .toSorted((a, b) => numberOf(a.path) - numberOf(b.path))
    .at(-1)
  return older === undefined ? null : glue.files.location(older.path)
}

async function findTable(glue: Glue, name: TableName): Promise<Table | null> {
  try {
    const command = new GetTableCommand({ DatabaseName: databaseOf(glue, name), Name: name.table })
    return (await repeated(glue.access, () => glue.client.send(command))).Table ?? null
  } catch (fault) {
    if (isNamed(fault, 'EntityNotFoundException')) return null
    throw serviceFault(`Glue table ${textOf(name)}`, fault)
  }
}

function locationIn(table: Table | null): string | null {
  return table?.Parameters?.[METADATA_LOCATION] ?? null
}

async function namespacesOf(glue: Glue): Promise<readonly string[]> {
  const names = await paged(glue, async (NextToken) => {
    const { DatabaseList = [], NextToken: next } = await glue.client.send(new GetDatabasesCommand({ NextToken }))
    return { found: DatabaseList.map((database) => database.Name ?? ''), next }
  })
  return names.filter((name) => name.startsWith(glue.prefix)).map((name) => name.slice(glue.prefix.length))
}

async function tablesOf(glue: Glue, namespace: string): Promise<readonly string[]> {
  const DatabaseName = glue.prefix + namespace
  return paged(glue, async (NextToken) => {
    try {
      const { TableList = [], NextToken: next } = await glue.client.send(
        new GetTablesCommand({ DatabaseName, NextToken }),
      )
      const ours = TableList.filter((table) => locationIn(table) !== null)
      return { found: ours.map((table) => table.Name ?? ''), next }
    } catch (fault) {
      if (isNamed(fault, 'EntityNotFoundException')) return { found: [], next: undefined }
      throw fault
    }
  })
}

type Page = (token: string | undefined) => Promise<{ readonly found: readonly string[]; readonly next?: string }>

async function paged({ access }: Glue, page: Page): Promise<readonly string[]> {
  const all: string[] = []
  let token: string | undefined
  for (let pages = 1; pages <= LIST_PAGES_MAX; pages++) {
    try {
      const { found, next } = await repeated(access, () => page(token))
      all.push(...found)
      token = next
    } catch (fault) {
      throw serviceFault('Glue Data Catalog', fault)
    }
    if (token === undefined) return all
  }
  throw serviceFault('Glue Data Catalog', new Error(`more than ${LIST_PAGES_MAX} pages`))
}

function databaseOf(glue: Glue, name: TableName): string {
  return glue.prefix + name.namespace
}

function fileNameOf(location: string): string {
  return location.slice(location.lastIndexOf('/') + 1)
}

function metadataPath(name: TableName, location: string): string {
  return `${folderOf(name)}/metadata/${fileNameOf(location)}`
}

function numberOf(location: string): number {
  return Number(METADATA_FILE.exec(fileNameOf(location))?.[1] ?? 0)
}

/** "00012-….metadata.json", as other engines name them. */
function nextFileName(before: string | null, entropy: Entropy): string {
  const number = before === null ? 0 : numberOf(before) + 1
  return `${String(number).padStart(5, '0')}-${Buffer.from(entropy(16)).toString('hex')}.metadata.json`
}
