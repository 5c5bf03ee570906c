/**
 * embedded/stream/group-commit: puts groups on disk, one after another.
 *
 * In: encoded records of many callers.
 * Out: for each caller, the sequence number that covers its records, once `fdatasync` has returned.
 * Invariant: one group is in flight; sequence numbers have no gaps; the tail moves on success only;
 *   a failed group takes with it every group that waits behind it.
 */
import type { Clock } from '../../../std/clock.ts'
import { HemlineError } from '../../../std/errors.ts'
import type { Doorbell } from './doorbell.ts'
import { createGroup, isFull, type Group } from './group.ts'
import { encodeHashes, removeOldHashes } from './id-log.ts'
import { keyOf, type StreamFiles } from './lmdb-files.ts'
import { causeOf, diskFull, freeBytes, writeFailed } from './write-fault.ts'

/** Old hashes are looked for once in this many groups. */
const GROUPS_PER_CLEANING = 256
/** With less room than this, a fault is taken for a full disk: LMDB reports a short write as EIO. */
const SUSPICIOUS_FREE_BYTES = 1024 * 1024

export interface GroupCommitOptions {
  readonly files: StreamFiles
  readonly folder: string
  readonly clock: Clock
  readonly doorbell: Doorbell
  readonly minFreeBytes: number
  /** Told how many of the newest ids are not on disk after all. */
  readonly onLost: (idCount: number) => void
}

export interface GroupCommit {
  /** Resolves with the newest sequence number of the group. @throws HEM_STREAM_DISK_FULL, HEM_STREAM_WRITE_FAILED */
  add(records: readonly Buffer[], hashes: readonly number[]): Promise<number>
  /** Resolves when all that was added so far is on disk, with the newest sequence number. */
  settled(): Promise<number>
  queuedBytes(): number
  /** A fault after which nothing more is written. */
  fault(): HemlineError | null
}

export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { files, clock, doorbell } = options
  const waiting: Group[] = []
  let inFlight: Group | null = null
  let queuedBytes = 0
  let groups = 0
  let fault: HemlineError | null = null
  let isScheduled = false

  const fail = (error: HemlineError) => {
    const lost = inFlight === null ? waiting.splice(0) : [inFlight, ...waiting.splice(0)]
    inFlight = null
    queuedBytes = 0
    options.onLost(lost.reduce((sum, group) => sum + group.hashes.length / 2, 0))
    for (const group of lost) group.settle(error)
  }

  const flush = async (): Promise<void> => {
    const group = inFlight === null ? waiting.shift() : undefined
    if (group === undefined) return
    inFlight = group
    try {
      refuseWhenFull(options)
      await writeGroup(files, group, { firstSequence: doorbell.tail() + 1, atMs: clock.nowMs() })
    } catch (thrown) {
      const error = await faultOf(thrown, options)
      if (error.code !== 'HEM_STREAM_DISK_FULL') fault = error
      return fail(error)
    }
    queuedBytes -= group.bytes
    inFlight = null
    doorbell.ring(doorbell.tail() + group.records.length)
    group.settle(doorbell.tail())
    if (++groups % GROUPS_PER_CLEANING === 0) removeOldHashes(files, clock).catch(() => undefined)
    // Not returned: a chain of promises would grow for as long as the stream is busy.
    void flush()
  }

  /** Waits for the end of the turn, so that calls that came together share a group. */
  const scheduleFlush = () => {
    if (isScheduled || inFlight !== null) return
    isScheduled = true
    setImmediate(() => {
      isScheduled = false
      void flush()
    })
  }

  return {
    add(records, hashes) {
      let group = waiting.at(-1)
      if (group === undefined || isFull(group)) waiting.push((group = createGroup()))
      for (const bytes of records) {
        group.records.push(bytes)
        group.bytes += bytes.length
        queuedBytes += bytes.length
      }
      for (const half of hashes) group.hashes.push(half)
      scheduleFlush()
      return group.onDisk
    },
    settled: () => (waiting.at(-1) ?? inFlight)?.onDisk ?? Promise.resolve(doorbell.tail()),
    queuedBytes: () => queuedBytes,
    fault: () => fault,
  }
}

function refuseWhenFull({ folder, minFreeBytes }: GroupCommitOptions): void {
  const free = freeBytes(folder)
  if (free < minFreeBytes) throw diskFull(minFreeBytes, free)
}

async function faultOf(thrown: unknown, { folder, minFreeBytes }: GroupCommitOptions): Promise<HemlineError> {
  if (thrown instanceof HemlineError) return thrown
  const cause = await causeOf(thrown)
  const free = freeBytes(folder)
  return free < Math.max(minFreeBytes, SUSPICIOUS_FREE_BYTES) ? diskFull(minFreeBytes, free, cause) : writeFailed(cause)
}

/** Resolves when the group is on disk: with `overlappingSync: false` LMDB's promise means just that. */
async function writeGroup(
  files: StreamFiles,
  group: Group,
  given: { readonly firstSequence: number; readonly atMs: number },
): Promise<void> {
  let sequence = given.firstSequence
  let key = keyOf(sequence)
  const writes: Promise<boolean>[] = []
  // All puts of one turn share a transaction.
  for (const bytes of group.records) {
    key = keyOf(sequence++)
    const write = appendLast(files.records, key, bytes)
    write.catch(() => undefined)
    writes.push(write)
  }
  if (group.hashes.length > 0) {
    const write = files.hashes.put(key, encodeHashes(group.hashes, given.atMs))
    write.catch(() => undefined)
    writes.push(write)
  }
  hearBatch(files)
  await Promise.all(writes)
}

/**
 * LMDB makes a promise of its own for the batch of this turn, at the turn's end, and gives it to nobody. Were it not
 * heard when the disk is full, Node would end the process.
 */
function hearBatch(files: StreamFiles): void {
  setImmediate(() => {
    files.environment.committed.then(undefined, () => undefined)
  })
}

interface AppendingTable {
  put(key: Buffer, value: Buffer, options: { readonly append: boolean }): Promise<boolean>
}

/** `append` fills pages to the end; the library's types know it only for the synchronous call. */
function appendLast(table: StreamFiles['records'], key: Buffer, bytes: Buffer): Promise<boolean> {
  return (table as unknown as AppendingTable).put(key, bytes, { append: true })
}
