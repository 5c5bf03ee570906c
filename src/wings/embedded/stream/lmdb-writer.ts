/**
 * embedded/stream/lmdb-writer: the one writer of a data folder's stream.
 *
 * In: records from the collector.
 * Out: their positions, once `fdatasync` has returned.
 * Guarantee: what was acknowledged is on disk; an id seen within 24 h is dropped, and acknowledged no
 *   earlier than its original.
 * Invariant: no event id of the last 24 h is on disk twice.
 */
import { encodeRecord } from '../../../parts/stream/codec.ts'
import type { HemlineEvent } from '../../../parts/event/event.ts'
import { embeddedPosition } from '../../../parts/stream/position.ts'
import type { AppendResult, ErasingStreamWriter } from '../../../parts/stream/port.ts'
import type { StreamRecord } from '../../../parts/stream/record.ts'
import type { Clock } from '../../../std/clock.ts'
import { HemlineError } from '../../../std/errors.ts'
import { createDoorbell, type Doorbell } from './doorbell.ts'
import { createDuplicateIndex, DUPLICATE_WINDOW_MS, type DuplicateIndex } from './duplicate-index.ts'
import { createGroupCommit } from './group-commit.ts'
import { hashId, type HashPair, type HashSeed } from './id-hash.ts'
import { loadIds, openSeed } from './id-log.ts'
import { eraseRecords } from './lmdb-erase.ts'
import { newestSequence, oldestSequence, openStreamFiles, type StreamFiles } from './lmdb-files.ts'
import { MIN_FREE_BYTES } from './write-fault.ts'

const MAX_QUEUE_BYTES = 64 * 1024 * 1024

export interface StreamWriterOptions {
  readonly folder: string
  readonly clock: Clock
  readonly randomBytes: (count: number) => Uint8Array
  /** False gives up fsync: for measurements only. */
  readonly durable?: boolean
  readonly maxQueueBytes?: number
  readonly minFreeBytes?: number
  /** Most ids remembered for duplicates; 20 million by default. */
  readonly maxIds?: number
}

export interface EmbeddedStreamWriter extends ErasingStreamWriter {
  /** For readers in any thread. */
  readonly doorbell: Doorbell
  /** Bytes accepted into the queue and not yet on disk. */
  queuedBytes(): number
  /** Sequence number of the oldest record still kept; 0 in an empty stream. */
  oldestSequence(): number
}

export async function openStreamWriter(options: StreamWriterOptions): Promise<EmbeddedStreamWriter> {
  const files = openStreamFiles(options.folder, options.durable ?? true)
  const seed = await openSeed(files, options.randomBytes)
  const index = createDuplicateIndex({ maxIds: options.maxIds })
  loadIds(files, index, options.clock)
  return createWriter(options, { files, seed, index })
}

interface Opened {
  readonly files: StreamFiles
  readonly seed: HashSeed
  readonly index: DuplicateIndex
}

function createWriter(options: StreamWriterOptions, opened: Opened): EmbeddedStreamWriter {
  const { files, index } = opened
  const maxQueueBytes = options.maxQueueBytes ?? MAX_QUEUE_BYTES
  const doorbell = createDoorbell()
  doorbell.ring(newestSequence(files))
  const commit = createGroupCommit({
    files,
    doorbell,
    folder: options.folder,
    clock: options.clock,
    minFreeBytes: options.minFreeBytes ?? MIN_FREE_BYTES,
    onLost: (idCount) => index.removeNewest(idCount),
  })
  let closed = false

  const refuse = () => {
    if (closed) throw closedError()
    const fault = commit.fault()
    if (fault !== null) throw fault
    if (commit.queuedBytes() >= maxQueueBytes) throw queueFull(maxQueueBytes, commit.queuedBytes())
  }

  return {
    capabilities: { duplicateWindowMs: DUPLICATE_WINDOW_MS },
    doorbell,
    queuedBytes: () => commit.queuedBytes(),
    oldestSequence: () => oldestSequence(files),
    async append(records): Promise<AppendResult> {
      refuse()
      const nowMs = options.clock.nowMs()
      index.expire(nowMs)
      const fresh = dropDuplicates(records, { ...opened, nowMs })
      const encoded = encodeAll(fresh, index)
      // A duplicate waits for everything before it, its original included.
      const last = await (encoded.length > 0 ? commit.add(encoded, fresh.hashes) : commit.settled())
      return { last: embeddedPosition(last), duplicateEventIds: fresh.duplicateEventIds }
    },
    async erase(remains) {
      refuse()
      await eraseRecords(files, options.folder, remains)
    },
    async close() {
      if (closed) return
      closed = true
      await commit.settled().catch(() => undefined)
      await files.environment.close()
    },
  }
}

/** Encodes, or forgets the ids again where a record is too large. */
function encodeAll(fresh: Fresh, index: DuplicateIndex): readonly Buffer[] {
  try {
    return fresh.records.map(encodeRecord)
  } catch (error) {
    index.removeNewest(fresh.hashes.length / 2)
    throw error
  }
}

interface Fresh {
  readonly records: readonly StreamRecord[]
  readonly hashes: readonly number[]
  readonly duplicateEventIds: readonly string[]
}

/** Takes known ids out of the records, and remembers the new ones. */
function dropDuplicates(records: readonly StreamRecord[], given: Opened & { readonly nowMs: number }): Fresh {
  const { seed, index, nowMs } = given
  const pair: HashPair = { high: 0, low: 0 }
  const hashes: number[] = []
  const duplicateEventIds: string[] = []
  const isNew = (event: HemlineEvent): boolean => {
    hashId(event.event_id, seed, pair)
    if (!index.add(pair, nowMs)) {
      duplicateEventIds.push(event.event_id)
      return false
    }
    hashes.push(pair.high, pair.low)
    return true
  }
  const kept: StreamRecord[] = []
  for (const record of records) {
    if (record.kind !== 'events') {
      kept.push(record)
      continue
    }
    const events = record.events.filter(isNew)
    if (events.length === record.events.length) kept.push(record)
    else if (events.length > 0) kept.push({ ...record, events })
  }
  return { records: kept, hashes, duplicateEventIds }
}

function closedError(): HemlineError {
  return new HemlineError('HEM_STREAM_CLOSED', {
    subject: 'the stream',
    expected: 'to be open',
    got: 'a stream that is closing',
    remedy: 'send again once Hemline has started',
  })
}

function queueFull(expected: number, got: number): HemlineError {
  return new HemlineError('HEM_STREAM_FULL', {
    subject: "the stream's queue",
    expected: `less than ${expected} bytes waiting for the disk`,
    got: `${got}`,
    remedy: 'send again after the time in Retry-After',
  })
}
