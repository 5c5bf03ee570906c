/**
 * embedded/stream/lmdb-files: the LMDB environment of the stream, as writer and readers open it.
 *
 * In: the folder.
 * Out: its databases: records by sequence number, id hashes by group, and facts about the stream.
 * Invariant: a committed group is on disk before it is visible (`overlappingSync: false`).
 */
import { mkdirSync } from 'node:fs'
import { open, type Database, type RootDatabase } from 'lmdb'

/** Reserved address space, not disk: the file grows as it fills. */
const MAP_BYTES = 2 ** 36
const KEY_BYTES = 8

type Table = Database<Buffer, Buffer>

export interface StreamFiles {
  readonly environment: RootDatabase<Buffer, Buffer>
  readonly records: Table
  readonly hashes: Table
  readonly facts: Database<Buffer, string>
  /** Holds something only while freed pages are overwritten. */
  readonly filler: Table
}

/** @param durable false gives up fsync: for measurements only, an acknowledged event may be lost */
export function openStreamFiles(folder: string, durable = true): StreamFiles {
  mkdirSync(folder, { recursive: true })
  const environment = open<Buffer, Buffer>({
    path: folder,
    overlappingSync: false,
    noSync: !durable,
    mapSize: MAP_BYTES,
    maxDbs: 8,
    maxReaders: 64,
    keyEncoding: 'binary',
    encoding: 'binary',
  })
  const table = (name: string): Table => environment.openDB({ name, keyEncoding: 'binary', encoding: 'binary' })
  return {
    environment,
    records: table('records'),
    hashes: table('hashes'),
    facts: environment.openDB<Buffer, string>({ name: 'facts', encoding: 'binary' }),
    filler: table('filler'),
  }
}

/** Eight bytes, big-endian, so that keys sort as numbers do. */
export function keyOf(sequence: number): Buffer {
  const key = Buffer.allocUnsafeSlow(KEY_BYTES)
  key.writeBigUInt64BE(BigInt(sequence))
  return key
}

export function sequenceOf(key: Buffer): number {
  return Number(key.readBigUInt64BE())
}

/** Sequence number of the newest record, 0 in an empty stream. */
export function newestSequence(files: StreamFiles): number {
  return firstOf(files, true)
}

/** Sequence number of the oldest record still kept, 0 in an empty stream. */
export function oldestSequence(files: StreamFiles): number {
  return firstOf(files, false)
}

function firstOf(files: StreamFiles, reverse: boolean): number {
  files.environment.resetReadTxn()
  for (const key of files.records.getKeys({ reverse, limit: 1 })) return sequenceOf(key)
  return 0
}
