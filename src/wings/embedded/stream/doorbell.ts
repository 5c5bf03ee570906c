/**
 * embedded/stream/doorbell: tells readers in every thread that the stream grew.
 *
 * In: the sequence number of the newest record on disk.
 * Out: that number, and a wait that ends when it grows.
 * Invariant: the number is only ever what is durable.
 */
const BYTES = 16

/** Shared memory of one stream; hand `memory` to worker threads. */
export interface Doorbell {
  readonly memory: SharedArrayBuffer
  /** Newest durable sequence number; 0 in an empty stream. */
  tail(): number
  /** Publishes a new tail and wakes all who wait. */
  ring(tail: number): void
  /** Resolves when the tail is past `after`, or when `timeoutMs` have passed. */
  wait(after: number, timeoutMs: number): Promise<void>
}

/** @param memory of another thread's doorbell; a new one where absent */
export function createDoorbell(memory: SharedArrayBuffer = new SharedArrayBuffer(BYTES)): Doorbell {
  const bell = new Int32Array(memory, 0, 1)
  const position = new BigInt64Array(memory, 8, 1)
  return {
    memory,
    tail: () => Number(Atomics.load(position, 0)),
    ring(tail) {
      Atomics.store(position, 0, BigInt(tail))
      Atomics.add(bell, 0, 1)
      Atomics.notify(bell, 0)
    },
    async wait(after, timeoutMs) {
      const seen = Atomics.load(bell, 0)
      // Looked at after the bell, so that a ring between the two is not missed.
      if (Number(Atomics.load(position, 0)) > after) return
      const { async: waits, value } = Atomics.waitAsync(bell, 0, seen, timeoutMs)
      if (!waits) return
      // A pending waitAsync does not keep a thread alive; a timer does.
      const alive = setTimeout(() => undefined, timeoutMs + 50)
      await value
      clearTimeout(alive)
    },
  }
}
