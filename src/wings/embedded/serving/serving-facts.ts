/**
 * embedded/serving/serving-facts: what all threads that open one serving store must know at once, in shared memory.
 *
 * In: the checkpoint of each batch, once it is committed; whether it changed the catalogue or the rules.
 * Out: the newest checkpoint, and a number that grows whenever products or rules changed.
 * Invariant: a checkpoint is published after its batch is visible, so a list read after it knows of everything up to it.
 */
import type { ServingCheckpoint } from '../../../parts/serving/slate.ts'
import { embeddedPosition, type Position } from '../../../parts/stream/position.ts'

const WORDS = 3
const CATALOGUE_VERSION = 0
const SLATES = 1
const LISTS = 2

export interface ServingFacts {
  /** Hand it to every thread that opens the store. */
  readonly memory: SharedArrayBuffer
  catalogueVersion(): bigint
  /** Of the newest batch written by this process, or null before the first. */
  checkpoint(): ServingCheckpoint | null
  publish(checkpoint: ServingCheckpoint, catalogueChanged: boolean): void
  /** Resolves when slates know of the position or at least more than now, or after `timeoutMs`. */
  moreSlates(position: Position, timeoutMs: number): Promise<void>
}

/** @param memory of the other threads; new where absent */
export function createServingFacts(
  memory: SharedArrayBuffer = new SharedArrayBuffer(WORDS * BigInt64Array.BYTES_PER_ELEMENT),
): ServingFacts {
  const words = new BigInt64Array(memory)
  return {
    memory,
    catalogueVersion: () => Atomics.load(words, CATALOGUE_VERSION),
    checkpoint() {
      const slates = Number(Atomics.load(words, SLATES))
      if (slates === 0) return null
      return { slates: embeddedPosition(slates), lists: embeddedPosition(Number(Atomics.load(words, LISTS))) }
    },
    publish({ slates, lists }, catalogueChanged) {
      Atomics.store(words, LISTS, BigInt(lists.sequence_number))
      Atomics.store(words, SLATES, BigInt(slates.sequence_number))
      Atomics.notify(words, SLATES)
      if (catalogueChanged) Atomics.add(words, CATALOGUE_VERSION, 1n)
    },
    async moreSlates(position, timeoutMs) {
      const seen = Atomics.load(words, SLATES)
      if (seen < BigInt(position.sequence_number)) await Atomics.waitAsync(words, SLATES, seen, timeoutMs).value
    },
  }
}
