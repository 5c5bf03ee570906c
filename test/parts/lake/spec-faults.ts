/**
 * test/parts/lake/spec-faults: what a table lacks of what the Iceberg specification demands.
 *
 * In: a table's files and its newest metadata.
 * Out: a sentence for each fault; none for a valid table.
 * Invariant: written from the specification's lists of required fields, not from the code that writes them.
 * @source Apache Iceberg specification version 2, "Table Metadata Fields", "Snapshots", "Manifest Lists", "Manifests"
 */
import { readAvroFile, type AvroStruct } from '../../../src/parts/lake/avro.ts'
import { parseLossless } from '../../../src/parts/lake/lossless-json.ts'
import type { FileStore, TableCatalogue, TableName } from '../../../src/parts/lake/port.ts'

type Json = { readonly [key: string]: unknown }

const METADATA = [
  'format-version',
  'table-uuid',
  'location',
  'last-sequence-number',
  'last-updated-ms',
  'last-column-id',
]
const METADATA_LISTS = ['schemas', 'partition-specs', 'sort-orders']
const METADATA_IDS = ['current-schema-id', 'default-spec-id', 'last-partition-id', 'default-sort-order-id']
const SNAPSHOT = ['snapshot-id', 'sequence-number', 'timestamp-ms', 'manifest-list', 'summary', 'schema-id']
/** Field ids of a manifest list; all are required but 507 and 519. */
const LIST = [500, 501, 502, 517, 515, 516, 503, 504, 505, 506, 512, 513, 514]
const MANIFEST_HEADER = ['schema', 'schema-id', 'partition-spec', 'partition-spec-id', 'format-version', 'content']
const OPERATIONS = new Set(['append', 'replace', 'overwrite', 'delete'])

export async function specFaults(
  lake: { readonly files: FileStore; readonly catalogue: TableCatalogue },
  name: TableName,
): Promise<readonly string[]> {
  const found = await lake.catalogue.load(name)
  if (found === null) return ['no metadata']
  const metadata = parseLossless(found.metadataJson) as Json
  const faults: string[] = []
  const demand = (isTrue: boolean, fault: string): unknown => isTrue || faults.push(fault)
  for (const key of [...METADATA, ...METADATA_IDS]) demand(metadata[key] !== undefined, `metadata lacks ${key}`)
  for (const key of METADATA_LISTS) demand(Array.isArray(metadata[key]), `metadata lacks ${key}`)
  schemaFaults(metadata, demand)
  const read = async (location: string) =>
    lake.files.read(`${name.namespace}/${name.table}${location.slice(String(metadata['location']).length)}`)
  let newest = 0n
  for (const snapshot of metadata['snapshots'] as readonly Json[]) {
    for (const key of SNAPSHOT) demand(snapshot[key] !== undefined, `a snapshot lacks ${key}`)
    demand(OPERATIONS.has((snapshot['summary'] as Json)['operation'] as string), 'a summary without operation')
    const sequence = BigInt(snapshot['sequence-number'] as number)
    demand(sequence > newest, 'sequence numbers that do not grow')
    newest = sequence
    await manifestListFaults(snapshot, read, demand)
  }
  demand(newest <= BigInt(metadata['last-sequence-number'] as number), 'last-sequence-number below a snapshot')
  const log = metadata['snapshot-log'] as readonly Json[]
  const ids = new Set((metadata['snapshots'] as readonly Json[]).map((snapshot) => snapshot['snapshot-id']))
  demand(
    log.every((entry) => ids.has(entry['snapshot-id'])),
    'a log entry of a snapshot that is gone',
  )
  const times = log.map((entry) => entry['timestamp-ms'] as number)
  demand(
    times.every((time, index) => index === 0 || time >= (times[index - 1] ?? 0)),
    'a log out of order',
  )
  const main = (metadata['refs'] as Json | undefined)?.['main'] as Json | undefined
  demand(newest === 0n || main?.['snapshot-id'] === metadata['current-snapshot-id'], 'main that is not current')
  return [...new Set(faults)]
}

type Demand = (isTrue: boolean, fault: string) => unknown

function schemaFaults(metadata: Json, demand: Demand): void {
  const schemas = metadata['schemas'] as readonly Json[]
  const columnIds = schemas.flatMap((schema) => (schema['fields'] as readonly Json[]).map((field) => field['id']))
  demand(Math.max(...(columnIds as number[])) <= (metadata['last-column-id'] as number), 'a column id above the last')
  const schemaIds = schemas.map((schema) => schema['schema-id'])
  demand(new Set(schemaIds).size === schemas.length, 'a schema id twice')
  demand(schemaIds.includes(metadata['current-schema-id']), 'a current schema that is not there')
  for (const schema of schemas) {
    for (const field of schema['fields'] as readonly Json[]) {
      for (const key of ['id', 'name', 'required', 'type']) demand(field[key] !== undefined, `a column lacks ${key}`)
    }
  }
}

type Read = (location: string) => Promise<Uint8Array>

async function manifestListFaults(snapshot: Json, read: Read, demand: Demand): Promise<void> {
  const location = snapshot['manifest-list'] as string
  const list = readAvroFile(location, await read(location)).records
  let rows = 0n
  for (const manifest of list) {
    for (const id of LIST) demand(manifest[id] !== undefined && manifest[id] !== null, `a manifest list lacks ${id}`)
    const bytes = await read(manifest[500] as string)
    demand(Number(manifest[501]) === bytes.length, 'a manifest length that is wrong')
    demand((manifest[516] as bigint) <= (manifest[515] as bigint), 'a least sequence number above the newest')
    manifestFaults(manifest, bytes, demand)
    rows += (manifest[512] as bigint) + (manifest[513] as bigint)
  }
  const summary = snapshot['summary'] as Json
  demand(BigInt(summary['total-records'] as string) === rows, 'a summary whose total is wrong')
}

/** Counts, bounds and least sequence number of a manifest, as its list states them, against its entries. */
function manifestFaults(manifest: AvroStruct, bytes: Uint8Array, demand: Demand): void {
  const { header, records } = readAvroFile(String(manifest[500]), bytes)
  for (const key of MANIFEST_HEADER) demand(header.has(key), `a manifest header lacks ${key}`)
  const counts = [0n, 0n, 0n]
  const rows = [0n, 0n, 0n]
  const days: number[] = []
  let hasNull = false
  let least = manifest[515] as bigint
  for (const entry of records) {
    const status = entry[0] as number
    const file = entry[2] as AvroStruct
    counts[status] += 1n
    rows[status] += file[103] as bigint
    demand(status === 1 || entry[3] !== null, 'an existing entry without sequence number')
    demand(status === 1 || entry[4] !== null, 'an existing entry without file sequence number')
    demand(entry[1] !== null, 'an entry without snapshot id')
    const sequence = (entry[3] as bigint | null) ?? (manifest[515] as bigint)
    if (status !== 2 && sequence < least) least = sequence
    for (const id of [134, 100, 101, 102, 103, 104]) demand(file[id] !== undefined, `a data file lacks ${id}`)
    const [day] = Object.values(file[102] as AvroStruct) as (number | null)[]
    if (day === null) hasNull = true
    else if (day !== undefined) days.push(day)
    statisticsFaults(file, demand)
  }
  const stated = (ids: readonly number[]) => ids.map((id) => BigInt(manifest[id] as number)).join(' ')
  demand(stated([505, 504, 506]) === counts.join(' '), 'counts of files that are wrong')
  demand(stated([513, 512, 514]) === rows.join(' '), 'counts of rows that are wrong')
  demand((manifest[516] as bigint) === least, 'a least sequence number that is wrong')
  const [summary] = (manifest[507] ?? []) as readonly AvroStruct[]
  if (summary === undefined) return
  demand(summary[509] === hasNull, 'a partition summary that hides nulls')
  const bound = (id: number): number | null =>
    summary[id] === null ? null : Buffer.from(summary[id] as Uint8Array).readInt32LE()
  demand(
    days.every((day) => (bound(510) ?? day) <= day && day <= (bound(511) ?? day)),
    'a partition outside its summary',
  )
}

/** Value counts and nulls of each column against the rows, and bounds only where there are values. */
function statisticsFaults(file: AvroStruct, demand: Demand): void {
  const mapOf = (id: number) =>
    new Map(((file[id] ?? []) as readonly AvroStruct[]).map((pair) => Object.values(pair) as [number, unknown]))
  const values = mapOf(109)
  const nulls = mapOf(110)
  for (const [column, count] of values) demand(count === file[103], `value count of column ${column}`)
  for (const [column, count] of nulls) {
    demand((count as bigint) <= (file[103] as bigint), `more nulls than rows in column ${column}`)
    const hasBound = mapOf(125).has(column)
    demand(!(hasBound && count === file[103]), `a bound of no value in column ${column}`)
  }
  demand(values.size > 0 && nulls.size > 0, 'a data file without statistics')
}
