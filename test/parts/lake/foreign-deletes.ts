/**
 * test/parts/lake/foreign-deletes: commits deletes as another engine does, merge on read.
 *
 * In: a table, and places of rows that shall be gone.
 * Out: a delete file, its manifest, and a snapshot that names both.
 * Invariant: written from the specification, not with the code under test, but for the Avro container.
 * @source Apache Iceberg specification version 2, "Delete Formats"
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { readAvroFile, writeAvroFile } from '../../../src/parts/lake/avro.ts'
import type { Lake } from '../../../src/parts/lake/lake.ts'
import { entrySchema, MANIFEST_LIST_SCHEMA } from '../../../src/parts/lake/manifest-avro.ts'
import {
  currentSnapshot,
  currentSpec,
  nextVersion,
  tableMetadataJson,
  withSnapshot,
} from '../../../src/parts/lake/metadata.ts'
import type { FileStore, TableCatalogue } from '../../../src/parts/lake/port.ts'
import { pathOf } from '../../../src/parts/lake/table-state.ts'

export interface ForeignDelete {
  readonly lake: Lake
  readonly files: FileStore
  readonly catalogue: TableCatalogue
  readonly table: string
  readonly partition: number | null
  /** Rows of the delete file, as a SELECT of file_path and pos. */
  readonly select: string
  /** 1: by position, 2: by equality. */
  readonly content: 1 | 2
}

const SYNC = new Uint8Array(16).fill(9)

export async function commitForeignDelete(options: ForeignDelete): Promise<void> {
  const { lake, files, catalogue, table, partition, content } = options
  const state = await lake.table(table)
  const { metadata } = state
  const folder = table.replace('.', '/')
  const id = 7_000_000_000_000_000_001n + BigInt(metadata['last-sequence-number'])
  const sequence = metadata['last-sequence-number'] + 1
  const bytes = await parquetOf(options.select)
  await files.write(`${folder}/data/${id}-deletes.parquet`, bytes)
  const spec = currentSpec(metadata)
  const file = {
    134: content,
    100: `${metadata.location}/data/${id}-deletes.parquet`,
    101: 'PARQUET',
    102: spec.fields.length === 0 ? {} : { [spec.fields[0]['field-id']]: partition },
    103: 1,
    104: bytes.length,
    108: [],
    109: [],
    110: [],
    125: [],
    128: [],
    140: null,
  }
  const entries = [{ 0: 1, 1: id, 3: null, 4: null, 2: file }]
  const header = new Map([
    ['schema', JSON.stringify(metadata.schemas[0])],
    ['partition-spec', JSON.stringify(spec.fields)],
    ['partition-spec-id', '0'],
    ['format-version', '2'],
    ['content', 'deletes'],
  ])
  const manifest = writeAvroFile(entrySchema(spec), header, entries, SYNC)
  await files.write(`${folder}/metadata/${id}-m0.avro`, manifest)
  const parent = currentSnapshot(metadata)
  const list = parent === null ? [] : [...(await listOf(files, pathOf(state, parent['manifest-list'])))]
  list.push({
    500: `${metadata.location}/metadata/${id}-m0.avro`,
    501: manifest.length,
    502: 0,
    517: 1,
    515: sequence,
    516: sequence,
    503: id,
    504: 1,
    505: 0,
    506: 0,
    512: 1,
    513: 0,
    514: 0,
    507: null,
  })
  await files.write(`${folder}/metadata/snap-${id}.avro`, writeAvroFile(MANIFEST_LIST_SCHEMA, new Map(), list, SYNC))
  const snapshot = {
    'snapshot-id': id,
    ...(parent === null ? {} : { 'parent-snapshot-id': parent['snapshot-id'] }),
    'sequence-number': sequence,
    'timestamp-ms': metadata['last-updated-ms'] + 1,
    'manifest-list': `${metadata.location}/metadata/snap-${id}.avro`,
    'schema-id': metadata['current-schema-id'],
    summary: { operation: 'delete' },
  }
  const next = nextVersion(metadata, state.metadataLocation, snapshot['timestamp-ms'], withSnapshot(metadata, snapshot))
  await catalogue.commit(state.name, state.version, tableMetadataJson(next))
}

async function listOf(files: FileStore, path: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return readAvroFile(path, await files.read(path)).records
}

async function parquetOf(select: string): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'hemline-deletes-'))
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  await connection.run(`COPY (${select}) TO '${folder}/x.parquet' (FIELD_IDS {file_path: 2147483546, pos: 2147483545})`)
  connection.closeSync()
  const bytes = readFileSync(join(folder, 'x.parquet'))
  rmSync(folder, { recursive: true })
  return bytes
}
