/**
 * embedded/stream/id-log: the hashed ids of each group, kept beside its records.
 *
 * In: the hashes of a group about to be written; at start, those of the last day.
 * Out: the duplicate index as it was before the program stopped.
 * Invariant: hashes are written in the transaction of their records, so neither is there without the other.
 */
import type { Clock } from '../../../std/clock.ts'
import { DUPLICATE_WINDOW_MS, type DuplicateIndex } from './duplicate-index.ts'
import type { HashSeed } from './id-hash.ts'
import type { StreamFiles } from './lmdb-files.ts'

const SEED_FACT = 'id_hash_seed'
const SEED_BYTES = 8
const TIME_BYTES = 8
const PAIR_BYTES = 8
/** A slow disk is not kept from events by the removal of old hashes. */
const MAX_REMOVALS = 100

/** @param pairs high and low halves in turn */
export function encodeHashes(pairs: readonly number[], atMs: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(TIME_BYTES + pairs.length * 4)
  bytes.writeDoubleLE(atMs)
  for (let nth = 0; nth < pairs.length; nth++) bytes.writeUInt32LE(pairs[nth], TIME_BYTES + nth * 4)
  return bytes
}

/** The folder's secret seed, made at the first start. */
export async function openSeed(files: StreamFiles, randomBytes: (count: number) => Uint8Array): Promise<HashSeed> {
  let bytes = files.facts.get(SEED_FACT)
  if (bytes === undefined) {
    bytes = Buffer.from(randomBytes(SEED_BYTES))
    await files.facts.put(SEED_FACT, bytes)
  }
  return { high: bytes.readUInt32LE(0), low: bytes.readUInt32LE(4) }
}

/** Fills the index with the ids of the last day, oldest first. */
export function loadIds(files: StreamFiles, index: DuplicateIndex, clock: Clock): void {
  const since = clock.nowMs() - DUPLICATE_WINDOW_MS
  const pair = { high: 0, low: 0 }
  for (const { value } of files.hashes.getRange()) {
    const atMs = value.readDoubleLE(0)
    if (atMs < since) continue
    for (let at = TIME_BYTES; at + PAIR_BYTES <= value.length; at += PAIR_BYTES) {
      pair.high = value.readUInt32LE(at)
      pair.low = value.readUInt32LE(at + 4)
      index.add(pair, atMs)
    }
  }
}

/** Removes the oldest groups' hashes once their time is over, at most 100 a call. */
export async function removeOldHashes(files: StreamFiles, clock: Clock): Promise<void> {
  const since = clock.nowMs() - DUPLICATE_WINDOW_MS
  const old: Buffer[] = []
  for (const { key, value } of files.hashes.getRange({ limit: MAX_REMOVALS })) {
    if (value.readDoubleLE(0) >= since) break
    old.push(key)
  }
  await Promise.all(old.map((key) => files.hashes.remove(key)))
}
