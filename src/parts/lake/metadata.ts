/**
 * lake/metadata: the one document that says what a table is at one version.
 *
 * In: the document of the version before, and one change to it.
 * Out: the document of the next version, as Iceberg's `metadata.json`.
 * Invariant: nothing another engine wrote into it is lost; every change keeps `last-updated-ms` from moving backwards.
 * @source Apache Iceberg specification version 2, "Table Metadata"
 */
import { assert } from '../../std/assert.ts'
import { HemlineError } from '../../std/errors.ts'
import { parseLossless, stringifyLossless } from './lossless-json.ts'
import {
  checkReadable,
  evolvedSchema,
  icebergPartitionSpec,
  icebergSchema,
  type IcebergPartitionSpec,
  type IcebergSchema,
  type TableDefinition,
} from './schema.ts'

export interface Snapshot {
  readonly 'snapshot-id': bigint
  readonly 'parent-snapshot-id'?: bigint
  readonly 'sequence-number': number
  readonly 'timestamp-ms': number
  readonly 'manifest-list': string
  readonly 'schema-id'?: number
  readonly summary: Readonly<Record<string, string>>
}

export interface TableMetadata {
  readonly 'format-version': number
  readonly 'table-uuid': string
  readonly location: string
  readonly 'last-sequence-number': number
  readonly 'last-updated-ms': number
  readonly 'last-column-id': number
  readonly schemas: readonly IcebergSchema[]
  readonly 'current-schema-id': number
  readonly 'partition-specs': readonly IcebergPartitionSpec[]
  readonly 'default-spec-id': number
  readonly 'last-partition-id': number
  readonly 'sort-orders': readonly unknown[]
  readonly 'default-sort-order-id': number
  readonly properties: Readonly<Record<string, string>>
  readonly 'current-snapshot-id'?: bigint
  readonly snapshots?: readonly Snapshot[]
  readonly 'snapshot-log'?: readonly { readonly 'timestamp-ms': number; readonly 'snapshot-id': bigint }[]
  readonly 'metadata-log'?: readonly MetadataLogEntry[]
  readonly refs?: Readonly<Record<string, { readonly 'snapshot-id': bigint; readonly type: string }>>
}

export interface MetadataLogEntry {
  readonly 'timestamp-ms': number
  readonly 'metadata-file': string
}

const NO_SNAPSHOT = -1n
/** Older versions of the metadata are forgotten and deleted, so that they do not outgrow the rows. */
export const PREVIOUS_VERSIONS_MAX = 10
const FIRST_PARTITION_FIELD_ID = 1000

/** What other engines should do when they write, and what Hemline itself goes by. */
const TABLE_PROPERTIES = {
  'write.format.default': 'parquet',
  'write.parquet.compression-codec': 'zstd',
  'write.delete.mode': 'copy-on-write',
  'write.update.mode': 'copy-on-write',
  'write.merge.mode': 'copy-on-write',
  'write.metadata.delete-after-commit.enabled': 'true',
  'write.metadata.previous-versions-max': String(PREVIOUS_VERSIONS_MAX),
}

export function newTableMetadata(
  definition: TableDefinition,
  facts: { readonly uuid: string; readonly location: string; readonly nowMs: number },
): TableMetadata {
  const schema = icebergSchema(definition)
  const spec = icebergPartitionSpec(definition, schema)
  return {
    'format-version': 2,
    'table-uuid': facts.uuid,
    location: facts.location,
    'last-sequence-number': 0,
    'last-updated-ms': facts.nowMs,
    'last-column-id': schema.fields.length,
    schemas: [schema],
    'current-schema-id': 0,
    'partition-specs': [spec],
    'default-spec-id': 0,
    'last-partition-id': FIRST_PARTITION_FIELD_ID - 1 + spec.fields.length,
    'sort-orders': [{ 'order-id': 0, fields: [] }],
    'default-sort-order-id': 0,
    properties: { ...TABLE_PROPERTIES, comment: definition.description },
    'current-snapshot-id': NO_SNAPSHOT,
    snapshots: [],
    'snapshot-log': [],
    'metadata-log': [],
    refs: {},
  }
}

/** @throws HEM_LAKE_UNSUPPORTED when another engine made of the table something Hemline cannot write to */
export function parseTableMetadata(table: string, json: string): TableMetadata {
  const metadata = readDocument(table, json)
  if (metadata['format-version'] !== 2) {
    throw new HemlineError('HEM_LAKE_UNSUPPORTED', {
      subject: table,
      expected: 'Iceberg format version 2',
      got: `version ${metadata['format-version']}`,
      remedy: 'keep the table at version 2',
    })
  }
  checkReadable(table, currentSchema(metadata))
  const spec = currentSpec(metadata)
  if (spec.fields.length > 1 || spec.fields.some((field) => !['identity', 'day'].includes(field.transform))) {
    throw new HemlineError('HEM_LAKE_UNSUPPORTED', {
      subject: table,
      expected: 'no partition field, or one by day',
      got: JSON.stringify(spec.fields),
      remedy: 'set the partition spec back to the one in docs/tables.md',
    })
  }
  return metadata
}

function readDocument(table: string, json: string): TableMetadata {
  try {
    return parseLossless(json) as TableMetadata
  } catch (cause) {
    throw new HemlineError('HEM_LAKE_FILE_CORRUPT', {
      subject: `metadata of ${table}`,
      expected: 'JSON as it was written',
      got: `${json.length} characters that are not`,
      remedy: 'stop Hemline and run "hemline repair"',
      cause,
    })
  }
}

/** Text of the parts that versions share: snapshots, log entries, schemas. They are never changed in place. */
const texts = new WeakMap<object, string>()

/** Each part is spelled out once, since a version differs from the one before by little more than a snapshot. */
export function tableMetadataJson(metadata: TableMetadata): string {
  const fields = Object.entries(metadata)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]: [string, unknown]) => {
      const text = Array.isArray(value) ? `[${value.map(sharedText).join(',')}]` : stringifyLossless(value)
      return `${JSON.stringify(key)}:${text}`
    })
  return `{${fields.join(',')}}`
}

function sharedText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return stringifyLossless(value)
  const known = texts.get(value)
  if (known !== undefined) return known
  const text = stringifyLossless(value)
  texts.set(value, text)
  return text
}

export function currentSchema(metadata: TableMetadata): IcebergSchema {
  const schema = metadata.schemas.find((candidate) => candidate['schema-id'] === metadata['current-schema-id'])
  assert(schema !== undefined, 'a table without its current schema')
  return schema
}

export function currentSpec(metadata: TableMetadata): IcebergPartitionSpec {
  return specWithId(metadata, metadata['default-spec-id'])
}

export function specWithId(metadata: TableMetadata, id: number): IcebergPartitionSpec {
  const spec = metadata['partition-specs'].find((candidate) => candidate['spec-id'] === id)
  assert(spec !== undefined, `a table without its partition spec ${id}`)
  return spec
}

export function snapshotsOf(metadata: TableMetadata): readonly Snapshot[] {
  return metadata.snapshots ?? []
}

/** A moment, or a snapshot by its id. */
export type AsOf = { readonly timestampMs: number } | { readonly snapshotId: bigint }

/** @throws HEM_LAKE_SNAPSHOT_MISSING when it has expired or never was */
export function snapshotAsOf(table: string, metadata: TableMetadata, asOf: AsOf): Snapshot {
  const snapshots = snapshotsOf(metadata)
  const found =
    'snapshotId' in asOf
      ? snapshots.find((snapshot) => snapshot['snapshot-id'] === asOf.snapshotId)
      : snapshots.findLast((snapshot) => snapshot['timestamp-ms'] <= asOf.timestampMs)
  if (found !== undefined) return found
  const [oldest] = snapshots
  throw new HemlineError('HEM_LAKE_SNAPSHOT_MISSING', {
    subject: table,
    expected:
      oldest === undefined
        ? 'a snapshot'
        : `a snapshot it still keeps; the oldest is ${oldest['snapshot-id']} of ${isoTimeOf(oldest)}`,
    got: 'snapshotId' in asOf ? `id ${asOf.snapshotId}` : new Date(asOf.timestampMs).toISOString(),
    remedy: 'ask for a later time; older snapshots have expired',
  })
}

function isoTimeOf(snapshot: Snapshot): string {
  return new Date(snapshot['timestamp-ms']).toISOString()
}

/** The columns as they were when a snapshot was made. */
export function schemaOf(metadata: TableMetadata, snapshot: Snapshot | null): IcebergSchema {
  const id = snapshot?.['schema-id']
  return metadata.schemas.find((schema) => schema['schema-id'] === id) ?? currentSchema(metadata)
}

/** The newest snapshot, or null in a table that never held a row. */
export function currentSnapshot(metadata: TableMetadata): Snapshot | null {
  const id = metadata['current-snapshot-id'] ?? NO_SNAPSHOT
  return snapshotsOf(metadata).find((snapshot) => snapshot['snapshot-id'] === id) ?? null
}

/** The next version, which remembers the one before in its log. */
export function nextVersion(
  before: TableMetadata,
  beforeLocation: string,
  nowMs: number,
  change: Partial<TableMetadata>,
): TableMetadata {
  const updatedMs = Math.max(nowMs, before['last-updated-ms'])
  const logged = { 'timestamp-ms': before['last-updated-ms'], 'metadata-file': beforeLocation }
  const log = change['metadata-log'] ?? before['metadata-log'] ?? []
  return { ...before, ...change, 'last-updated-ms': updatedMs, 'metadata-log': [...log, logged] }
}

/** The change that makes a snapshot the newest of its table. */
export function withSnapshot(before: TableMetadata, snapshot: Snapshot): Partial<TableMetadata> {
  const id = snapshot['snapshot-id']
  return {
    'last-sequence-number': snapshot['sequence-number'],
    'current-snapshot-id': id,
    snapshots: [...snapshotsOf(before), snapshot],
    'snapshot-log': [
      ...(before['snapshot-log'] ?? []),
      { 'timestamp-ms': snapshot['timestamp-ms'], 'snapshot-id': id },
    ],
    refs: { ...before.refs, main: { ...before.refs?.['main'], 'snapshot-id': id, type: 'branch' } },
  }
}

/** The change that forgets all snapshots, the newest too: a table without rows. */
export function emptied(): Partial<TableMetadata> {
  return { 'current-snapshot-id': NO_SNAPSHOT, snapshots: [], 'snapshot-log': [], refs: {} }
}

/** The change that forgets snapshots; the newest one always stays. */
export function withoutSnapshots(before: TableMetadata, expired: ReadonlySet<bigint>): Partial<TableMetadata> {
  assert(!expired.has(before['current-snapshot-id'] ?? NO_SNAPSHOT), 'the newest snapshot cannot expire')
  return {
    snapshots: snapshotsOf(before).filter((snapshot) => !expired.has(snapshot['snapshot-id'])),
    'snapshot-log': (before['snapshot-log'] ?? []).filter((entry) => !expired.has(entry['snapshot-id'])),
  }
}

/** The change that gives a table the columns of its definition, or null where it has them. */
export function withColumnsOf(before: TableMetadata, definition: TableDefinition): Partial<TableMetadata> | null {
  const schemaId = Math.max(...before.schemas.map((schema) => schema['schema-id'])) + 1
  const lastColumnId = before['last-column-id']
  const schema = evolvedSchema(currentSchema(before), definition, { lastColumnId, schemaId })
  if (schema === null) return null
  return {
    schemas: [...before.schemas, schema],
    'current-schema-id': schemaId,
    'last-column-id': schema.fields.reduce((last, field) => Math.max(last, field.id), lastColumnId),
  }
}
