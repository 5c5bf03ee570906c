/**
 * lake/relocate: a table's documents as they must read where the table lies elsewhere.
 *
 * In: metadata, a manifest list or a manifest, and the table's old and new location.
 * Out: the same document with every location below the old one put below the new one.
 * Invariant: nothing else changes, also not what other engines wrote; the same input gives the same bytes, so that a move
 *   that was broken off goes on.
 */
import { createHash } from 'node:crypto'
import { HemlineError } from '../../std/errors.ts'
import { readAvroFile, writeAvroFile, type AvroStruct } from './avro.ts'
import { snapshotsOf, type TableMetadata } from './metadata.ts'

export interface Relocation {
  /** Such as "/home/shop/hemline-data/lake/clean/orders". */
  readonly from: string
  /** Such as "s3://shop-clean/clean/orders". */
  readonly to: string
}

/** Field ids of the specification: where a manifest and a list name files. */
const MANIFEST_PATH = 500
const MANIFEST_BYTES = 501
const DATA_FILE = 2
const FILE_PATH = 100

/** All snapshots stay; the log of older versions goes, since those stay behind. */
export function relocatedMetadata(metadata: TableMetadata, relocation: Relocation): TableMetadata {
  return {
    ...metadata,
    location: relocation.to,
    snapshots: snapshotsOf(metadata).map((snapshot) => ({
      ...snapshot,
      'manifest-list': relocated(snapshot['manifest-list'], relocation),
    })),
    'metadata-log': [],
  }
}

export function relocatedManifest(path: string, bytes: Uint8Array, relocation: Relocation): Uint8Array {
  return rewritten(path, bytes, (record) => {
    const file = record[DATA_FILE] as AvroStruct
    const location = relocated(file[FILE_PATH] as string, relocation)
    return { ...record, [DATA_FILE]: { ...file, [FILE_PATH]: location } }
  })
}

/** @param bytesOf length of a manifest once it is rewritten, by its old location */
export function relocatedList(
  path: string,
  bytes: Uint8Array,
  { bytesOf, ...relocation }: Relocation & { readonly bytesOf: ReadonlyMap<string, number> },
): Uint8Array {
  return rewritten(path, bytes, (record) => {
    const location = record[MANIFEST_PATH] as string
    return {
      ...record,
      [MANIFEST_PATH]: relocated(location, relocation),
      [MANIFEST_BYTES]: bytesOf.get(location) ?? record[MANIFEST_BYTES],
    }
  })
}

function relocated(location: string, { from, to }: Relocation): string {
  if (location.startsWith(`${from}/`)) return to + location.slice(from.length)
  throw new HemlineError('HEM_LAKE_UNSUPPORTED', {
    subject: location,
    expected: `a file below ${from}`,
    got: 'one that lies elsewhere',
    remedy: 'rewrite the table into its own folder',
  })
}

function rewritten(path: string, bytes: Uint8Array, change: (record: AvroStruct) => AvroStruct): Uint8Array {
  const { header, schema, records } = readAvroFile(path, bytes)
  // Any marker will do that hardly comes by chance; this one is the same each time.
  const sync = createHash('sha256').update(bytes).digest().subarray(0, 16)
  return writeAvroFile(schema, header, records.map(change), sync)
}
