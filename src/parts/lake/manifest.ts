/**
 * lake/manifest: which data files a snapshot is made of.
 *
 * In: entries (a data file that was added, exists, or was deleted) and the table's schema and partition spec.
 * Out: the bytes of Avro manifests and manifest lists, and the same read back.
 * Invariant: sequence numbers of added entries are left to be inherited, so that a retried commit reuses its manifest.
 * @source Apache Iceberg specification version 2, "Manifests"
 */
import { HemlineError } from '../../std/errors.ts'
import { readAvroFile, writeAvroFile, type AvroStruct } from './avro.ts'
import { entrySchema, MANIFEST_LIST_SCHEMA } from './manifest-avro.ts'
import type { IcebergPartitionSpec, IcebergSchema } from './schema.ts'

/** Days since 1970-01-01, or null for rows without a date; absent in unpartitioned tables. */
export type PartitionDay = number | null

/** Column statistics by field id. */
export interface ColumnCounts {
  readonly sizes: ReadonlyMap<number, number>
  readonly values: ReadonlyMap<number, number>
  readonly nulls: ReadonlyMap<number, number>
  readonly lower: ReadonlyMap<number, Uint8Array>
  readonly upper: ReadonlyMap<number, Uint8Array>
}

/** What a file holds: rows, places of rows that are deleted, or values whose rows are deleted. */
export type FileContent = 'data' | 'position deletes' | 'equality deletes'
const CONTENTS: readonly FileContent[] = ['data', 'position deletes', 'equality deletes']

export interface DataFile extends ColumnCounts {
  readonly content: FileContent
  /** As other engines know it. */
  readonly location: string
  readonly partition: PartitionDay | undefined
  readonly rows: number
  readonly bytes: number
}

export type EntryStatus = 'existing' | 'added' | 'deleted'
const STATUSES: readonly EntryStatus[] = ['existing', 'added', 'deleted']

export interface ManifestEntry {
  readonly status: EntryStatus
  readonly snapshotId: bigint
  /** Null in an added entry that was not read back through its manifest's own number. */
  readonly sequenceNumber: bigint | null
  readonly fileSequenceNumber: bigint | null
  readonly file: DataFile
}

export interface ManifestFile {
  readonly location: string
  readonly bytes: number
  readonly specId: number
  readonly content: 'data' | 'deletes'
  readonly sequenceNumber: bigint
  readonly minSequenceNumber: bigint
  readonly addedSnapshotId: bigint
  readonly addedFiles: number
  readonly existingFiles: number
  readonly deletedFiles: number
  readonly addedRows: bigint
  readonly existingRows: bigint
  readonly deletedRows: bigint
  /** Bounds of the one partition field, little-endian days; null in unpartitioned tables. */
  readonly partition: PartitionSummary | null
}

export interface PartitionSummary {
  readonly containsNull: boolean
  readonly lower: number | null
  readonly upper: number | null
}

export interface ManifestShape {
  readonly schema: IcebergSchema
  readonly spec: IcebergPartitionSpec
}

export function writeManifest(shape: ManifestShape, entries: readonly ManifestEntry[], sync: Uint8Array): Uint8Array {
  const header = new Map([
    // Sentences about columns stand in the table's metadata; here they would be most of the file.
    ['schema', JSON.stringify(shape.schema, (key, value: unknown) => (key === 'doc' ? undefined : value))],
    ['schema-id', String(shape.schema['schema-id'])],
    ['partition-spec', JSON.stringify(shape.spec.fields)],
    ['partition-spec-id', String(shape.spec['spec-id'])],
    ['format-version', '2'],
    ['content', 'data'],
  ])
  const records = entries.map((entry) => entryRecord(entry, shape.spec))
  return writeAvroFile(entrySchema(shape.spec), header, records, sync)
}

function entryRecord(entry: ManifestEntry, spec: IcebergPartitionSpec): AvroStruct {
  const file = entry.file
  const partition = spec.fields.length === 0 ? {} : { [spec.fields[0]['field-id']]: file.partition }
  return {
    0: STATUSES.indexOf(entry.status),
    1: entry.snapshotId,
    3: entry.sequenceNumber,
    4: entry.fileSequenceNumber,
    2: {
      134: 0,
      100: file.location,
      101: 'PARQUET',
      102: partition,
      103: file.rows,
      104: file.bytes,
      108: pairs(file.sizes, 117, 118),
      109: pairs(file.values, 119, 120),
      110: pairs(file.nulls, 121, 122),
      125: pairs(file.lower, 126, 127),
      128: pairs(file.upper, 129, 130),
      140: 0,
    },
  }
}

function pairs(map: ReadonlyMap<number, unknown>, keyId: number, valueId: number): readonly AvroStruct[] {
  return [...map].map(([key, value]) => ({ [keyId]: key, [valueId]: value }))
}

/** Reads a manifest's entries; what an entry inherits is taken from `manifest`. */
export function readManifest(manifest: ManifestFile, spec: IcebergPartitionSpec, bytes: Uint8Array): ManifestEntry[] {
  const file = readAvroFile(manifest.location, bytes)
  return file.records.map((record) => {
    const data = record[2] as AvroStruct
    refuseUnknownFormat(manifest.location, data)
    const status = STATUSES[record[0] as number]
    const inherited = status === 'added' ? manifest.sequenceNumber : null
    const snapshotId = (record[1] as bigint | null) ?? manifest.addedSnapshotId
    return {
      status,
      snapshotId,
      sequenceNumber: (record[3] as bigint | null) ?? inherited,
      fileSequenceNumber: (record[4] as bigint | null) ?? inherited,
      file: dataFileOf(data, spec),
    }
  })
}

function refuseUnknownFormat(path: string, data: AvroStruct): void {
  const format = String(data[101]).toUpperCase()
  if (format === 'PARQUET') return
  throw new HemlineError('HEM_LAKE_UNSUPPORTED', {
    subject: path,
    expected: 'Parquet files only',
    got: `format ${format}`,
    remedy: 'compact the table with the engine that wrote it, then retry',
  })
}

function dataFileOf(data: AvroStruct, spec: IcebergPartitionSpec): DataFile {
  const partition = data[102] as AvroStruct
  return {
    content: CONTENTS[Number(data[134] ?? 0)],
    location: data[100] as string,
    partition: spec.fields.length === 0 ? undefined : (partition[spec.fields[0]['field-id']] as PartitionDay),
    rows: Number(data[103]),
    bytes: Number(data[104]),
    sizes: mapOf(data[108], 117, 118, Number),
    values: mapOf(data[109], 119, 120, Number),
    nulls: mapOf(data[110], 121, 122, Number),
    lower: mapOf(data[125], 126, 127, (value) => value as Uint8Array),
    upper: mapOf(data[128], 129, 130, (value) => value as Uint8Array),
  }
}

function mapOf<T>(list: unknown, keyId: number, valueId: number, convert: (value: unknown) => T): Map<number, T> {
  const records = (list ?? []) as readonly AvroStruct[]
  return new Map(records.map((record) => [record[keyId] as number, convert(record[valueId])]))
}

export interface ManifestListHead {
  readonly snapshotId: bigint
  readonly parentSnapshotId: bigint | null
  readonly sequenceNumber: bigint
}

export function writeManifestList(
  head: ManifestListHead,
  manifests: readonly ManifestFile[],
  sync: Uint8Array,
): Uint8Array {
  const header = new Map([
    ['snapshot-id', String(head.snapshotId)],
    ['parent-snapshot-id', String(head.parentSnapshotId)],
    ['sequence-number', String(head.sequenceNumber)],
    ['format-version', '2'],
  ])
  return writeAvroFile(MANIFEST_LIST_SCHEMA, header, manifests.map(listRecord), sync)
}

function listRecord(manifest: ManifestFile): AvroStruct {
  const summary = manifest.partition
  return {
    500: manifest.location,
    501: manifest.bytes,
    502: manifest.specId,
    517: manifest.content === 'data' ? 0 : 1,
    515: manifest.sequenceNumber,
    516: manifest.minSequenceNumber,
    503: manifest.addedSnapshotId,
    504: manifest.addedFiles,
    505: manifest.existingFiles,
    506: manifest.deletedFiles,
    512: manifest.addedRows,
    513: manifest.existingRows,
    514: manifest.deletedRows,
    507:
      summary === null
        ? []
        : [{ 509: summary.containsNull, 518: false, 510: dayBytes(summary.lower), 511: dayBytes(summary.upper) }],
  }
}

export function readManifestList(path: string, bytes: Uint8Array): ManifestFile[] {
  return readAvroFile(path, bytes).records.map((record) => ({
    location: record[500] as string,
    bytes: Number(record[501]),
    specId: Number(record[502]),
    content: record[517] === 1 ? 'deletes' : 'data',
    sequenceNumber: record[515] as bigint,
    minSequenceNumber: record[516] as bigint,
    addedSnapshotId: record[503] as bigint,
    addedFiles: Number(record[504]),
    existingFiles: Number(record[505]),
    deletedFiles: Number(record[506]),
    addedRows: record[512] as bigint,
    existingRows: record[513] as bigint,
    deletedRows: record[514] as bigint,
    partition: summaryOf(record[507] as readonly AvroStruct[] | null),
  }))
}

function summaryOf(list: readonly AvroStruct[] | null): PartitionSummary | null {
  if (list === null || list.length === 0) return null
  const [summary] = list
  return { containsNull: summary[509] as boolean, lower: bytesDay(summary[510]), upper: bytesDay(summary[511]) }
}

function dayBytes(day: number | null): Uint8Array | null {
  if (day === null) return null
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(day)
  return bytes
}

function bytesDay(bytes: unknown): number | null {
  return bytes === null || bytes === undefined ? null : Buffer.from(bytes as Uint8Array).readInt32LE()
}

/** What the manifest list says of a manifest with these entries. */
export function describeManifest(
  written: { readonly location: string; readonly bytes: number; readonly specId: number },
  commit: { readonly snapshotId: bigint; readonly sequenceNumber: bigint },
  entries: readonly ManifestEntry[],
  isPartitioned: boolean,
): ManifestFile {
  const files = { existing: 0, added: 0, deleted: 0 }
  const rows = { existing: 0n, added: 0n, deleted: 0n }
  let minSequenceNumber = commit.sequenceNumber
  const days: number[] = []
  let containsNull = false
  for (const entry of entries) {
    files[entry.status] += 1
    rows[entry.status] += BigInt(entry.file.rows)
    if (entry.status !== 'deleted' && entry.sequenceNumber !== null && entry.sequenceNumber < minSequenceNumber) {
      minSequenceNumber = entry.sequenceNumber
    }
    if (entry.file.partition === null) containsNull = true
    else if (entry.file.partition !== undefined) days.push(entry.file.partition)
  }
  days.sort((a, b) => a - b)
  return {
    ...written,
    content: 'data',
    sequenceNumber: commit.sequenceNumber,
    minSequenceNumber,
    addedSnapshotId: commit.snapshotId,
    addedFiles: files.added,
    existingFiles: files.existing,
    deletedFiles: files.deleted,
    addedRows: rows.added,
    existingRows: rows.existing,
    deletedRows: rows.deleted,
    partition: isPartitioned ? { containsNull, lower: days.at(0) ?? null, upper: days.at(-1) ?? null } : null,
  }
}
