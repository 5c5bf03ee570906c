/**
 * embedded/stream/duplicate-index: which event ids came within the last day.
 *
 * In: hashed ids with the time they came.
 * Out: whether an id is new.
 * Invariant: holds at most `maxIds` ids, the newest; an id leaves it when its time is over or its write failed.
 */
import type { HashPair } from './id-hash.ts'

export const DUPLICATE_WINDOW_MS = 24 * 3_600_000
const MAX_IDS = 20_000_000
const FIRST_SLOTS = 1 << 16
const FIRST_RING = 1 << 15
/** The table grows when fuller than this share. */
const MAX_LOAD = 0.6

export interface DuplicateIndex {
  /** Adds the id unless present. @returns whether it was new */
  add(hash: Readonly<HashPair>, atMs: number): boolean
  /** Takes out the newest `count` ids, whose write failed. */
  removeNewest(count: number): void
  /** Takes out what is older than the window. */
  expire(nowMs: number): void
  readonly size: number
}

/**
 * Open addressing with linear probing in two Uint32Arrays, and a ring of the ids in order of arrival for expiry.
 */
export function createDuplicateIndex(
  limits: { readonly maxIds?: number; readonly windowMs?: number } = {},
): DuplicateIndex {
  const maxIds = limits.maxIds ?? MAX_IDS
  const windowSeconds = Math.ceil((limits.windowMs ?? DUPLICATE_WINDOW_MS) / 1000)
  let table = createTable(FIRST_SLOTS)
  let ring = createRing(FIRST_RING)
  let oldest = 0
  let size = 0

  const dropOldest = () => {
    table.remove(ring.high[oldest], ring.low[oldest])
    oldest = (oldest + 1) & ring.mask
    size--
  }
  const growFullRing = () => {
    if (size <= ring.mask) return
    ring = growRing(ring, oldest)
    oldest = 0
  }
  /** Makes the table anew from the ring, which must hold every id by then. */
  const growFullTable = () => {
    if (size < (table.mask + 1) * MAX_LOAD) return
    table = createTable((table.mask + 1) * 2)
    for (let nth = 0; nth < size; nth++) {
      const at = (oldest + nth) & ring.mask
      table.insert(ring.high[at], ring.low[at])
    }
  }

  return {
    add(hash, atMs) {
      if (!table.insert(hash.high, hash.low)) return false
      if (size >= maxIds) dropOldest()
      growFullRing()
      const at = (oldest + size) & ring.mask
      ring.high[at] = hash.high
      ring.low[at] = hash.low
      ring.second[at] = Math.floor(atMs / 1000)
      size++
      growFullTable()
      return true
    },
    removeNewest(count) {
      for (let nth = 0; nth < count && size > 0; nth++) {
        size--
        const at = (oldest + size) & ring.mask
        table.remove(ring.high[at], ring.low[at])
      }
    },
    expire(nowMs) {
      const before = Math.floor(nowMs / 1000) - windowSeconds
      for (let left = size; left > 0 && ring.second[oldest] < before; left--) dropOldest()
    },
    get size() {
      return size
    },
  }
}

interface Ring {
  readonly high: Uint32Array
  readonly low: Uint32Array
  readonly second: Uint32Array
  readonly mask: number
}

function createRing(length: number): Ring {
  return {
    high: new Uint32Array(length),
    low: new Uint32Array(length),
    second: new Uint32Array(length),
    mask: length - 1,
  }
}

/** A ring of twice the length with the same entries, the oldest at 0. */
function growRing(ring: Ring, oldest: number): Ring {
  const length = ring.mask + 1
  const grown = createRing(length * 2)
  for (const name of ['high', 'low', 'second'] as const) {
    grown[name].set(ring[name].subarray(oldest), 0)
    grown[name].set(ring[name].subarray(0, oldest), length - oldest)
  }
  return grown
}

interface Table {
  readonly mask: number
  /** @returns whether it was absent */
  insert(high: number, low: number): boolean
  remove(high: number, low: number): void
}

function createTable(slots: number): Table {
  const mask = slots - 1
  const highs = new Uint32Array(slots)
  const lows = new Uint32Array(slots)
  const isEmpty = (slot: number) => highs[slot] === 0 && lows[slot] === 0
  return {
    mask,
    insert(high, low) {
      let slot = low & mask
      while (!isEmpty(slot)) {
        if (highs[slot] === high && lows[slot] === low) return false
        slot = (slot + 1) & mask
      }
      highs[slot] = high
      lows[slot] = low
      return true
    },
    remove(high, low) {
      let slot = low & mask
      while (highs[slot] !== high || lows[slot] !== low) {
        if (isEmpty(slot)) return
        slot = (slot + 1) & mask
      }
      // Later entries of the same run move up, so that no probe stops short.
      let gap = slot
      for (let next = (slot + 1) & mask; !isEmpty(next); next = (next + 1) & mask) {
        const home = lows[next] & mask
        const mayMove = gap <= next ? home <= gap || home > next : home <= gap && home > next
        if (!mayMove) continue
        highs[gap] = highs[next]
        lows[gap] = lows[next]
        gap = next
      }
      highs[gap] = 0
      lows[gap] = 0
    },
  }
}
