/**
 * embedded/stream/group: records that go to disk together.
 *
 * In: encoded records and the hashes of their new ids.
 * Out: one promise for all who wait on the group.
 * Invariant: settles once, with the group's last sequence number or with the reason it is not on disk.
 */
export interface Group {
  readonly records: Buffer[]
  /** High and low halves of the new ids, in turn. */
  readonly hashes: number[]
  bytes: number
  /** Last sequence number of the group, once it is on disk. */
  readonly onDisk: Promise<number>
  readonly settle: (result: number | Error) => void
}

const MAX_GROUP_RECORDS = 8192
const MAX_GROUP_BYTES = 16 * 1024 * 1024

export function createGroup(): Group {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  // Whoever waits hears of it; a group that nobody waits for must not end the process.
  promise.catch(() => undefined)
  return {
    records: [],
    hashes: [],
    bytes: 0,
    onDisk: promise,
    settle: (result) => (typeof result === 'number' ? resolve(result) : reject(result)),
  }
}

export function isFull(group: Group): boolean {
  return group.records.length >= MAX_GROUP_RECORDS || group.bytes >= MAX_GROUP_BYTES
}
