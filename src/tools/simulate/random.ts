/**
 * simulate/random: chance that repeats, one generator a purpose.
 *
 * In: a seed and the names of a purpose, such as ("orders", 412).
 * Out: uniform, normal, exponential, Poisson and Gamma draws, and weighted picks in constant time.
 * Invariant: same seed and purpose, same draws; purposes do not disturb one another.
 */

export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** 32 bits of chance, as a whole number. */
  bits(): number
  /** Whole number in [0, below). */
  int(below: number): number
  chance(probability: number): boolean
  normal(): number
  exponential(mean: number): number
  poisson(mean: number): number
  gamma(shape: number): number
  pick<T>(list: readonly T[]): T
}

const UNIT = 2 ** -32

/** FNV-1a over the seed and the purpose, as text. */
export function hashOf(seed: number, purpose: readonly (string | number)[]): number {
  let hash = 0x811c9dc5
  for (const char of `${seed}/${purpose.join('/')}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
  return hash >>> 0
}

/** Neighbouring numbers as 32 bits of chance. @source Wellons, hash-prospector: the best of two rounds */
export function mixedBits(value: number): number {
  const once = Math.imul(value ^ (value >>> 16), 0x21f0aaad)
  const twice = Math.imul(once ^ (once >>> 15), 0x735a2d97)
  return twice ^ (twice >>> 15)
}

/**
 * A counter that is mixed, with a step of its own for each purpose, so that no two walk the same way.
 *
 * @source Steele, Lea and Flood 2014, OOPSLA, SplitMix, in 32 bits
 */
function splitMix(seed: number): () => number {
  const step = mixedBits(seed + 1) | 1
  let counter = seed | 0
  return () => mixedBits((counter = (counter + step) | 0))
}

export function seededRandom(seed: number, ...purpose: readonly (string | number)[]): Random {
  const bits = splitMix(hashOf(seed, purpose))
  const next = () => (bits() >>> 0) * UNIT
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  return {
    bits,
    next,
    int: (below) => Math.floor(next() * below),
    chance: (probability) => next() < probability,
    normal,
    exponential: (mean) => -mean * Math.log(1 - next()),
    poisson: (mean) => poisson(mean, next, normal),
    gamma: (shape) => gamma(shape, next, normal),
    pick: (list) => list[Math.floor(next() * list.length)],
  }
}

function poisson(mean: number, next: () => number, normal: () => number): number {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()))
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = next(); product > limit; product *= next()) count += 1
  return count
}

/** @source Marsaglia and Tsang 2000, ACM Transactions on Mathematical Software 26(3); shape >= 1 */
function gamma(shape: number, next: () => number, normal: () => number): number {
  const d = Math.max(1, shape) - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = normal()
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

/** Picks positions in proportion to fixed weights, in constant time. */
export interface WeightedPick {
  (random: Random): number
}

/** @param weights at least one above 0 */
export function weightedPick(weights: ArrayLike<number>): WeightedPick {
  const { stays, others } = aliasTable(weights)
  return (random) => {
    const place = random.next() * stays.length
    const column = place | 0
    return place - column < stays[column] ? column : others[column]
  }
}

/** For a column, the share of draws that stay in it, and where the others go. */
interface AliasTable {
  readonly stays: Float64Array
  readonly others: Uint32Array
}

/** @source Vose 1991, IEEE Transactions on Software Engineering 17(9), the alias method */
function aliasTable(weights: ArrayLike<number>): AliasTable {
  const size = weights.length
  let total = 0
  for (let i = 0; i < size; i++) total += weights[i]
  const stays = Float64Array.from(weights, (weight) => (weight * size) / total)
  const others = new Uint32Array(size)
  const small: number[] = []
  const large: number[] = []
  stays.forEach((share, i) => (share < 1 ? small : large).push(i))
  while (small.length > 0 && large.length > 0) {
    const low = small.pop()!
    const high = large.at(-1)!
    others[low] = high
    stays[high] += stays[low] - 1
    if (stays[high] < 1) small.push(large.pop()!)
  }
  for (const rest of [...small, ...large]) stays[rest] = 1
  return { stays, others }
}
