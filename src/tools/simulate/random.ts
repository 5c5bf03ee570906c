/**
 * simulate/random: chance that repeats, one generator a purpose.
 *
 * In: a seed and the names of a purpose, such as ("orders", 412).
 * Out: uniform, normal, exponential, Poisson, Gamma and Gumbel draws, and weighted picks in constant time.
 * Invariant: same seed and purpose, same draws; purposes do not disturb one another.
 */

export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** Whole number in [0, below). */
  int(below: number): number
  chance(probability: number): boolean
  normal(): number
  exponential(mean: number): number
  poisson(mean: number): number
  gamma(shape: number): number
  /** Standard Gumbel, from a table of 4,096 quantiles. */
  gumbel(): number
  pick<T>(list: readonly T[]): T
}

const GUMBEL_SIZE = 4096
const GUMBEL = Float64Array.from({ length: GUMBEL_SIZE }, (_, i) => -Math.log(-Math.log((i + 0.5) / GUMBEL_SIZE)))

/** FNV-1a over the seed and the purpose, as text. */
export function hashOf(seed: number, purpose: readonly (string | number)[]): number {
  let hash = 0x811c9dc5
  for (const char of `${seed}/${purpose.join('/')}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
  return hash >>> 0
}

/** The sfc32 generator of Chris Doty-Humphrey (PractRand), 128 bits of state. */
function sfc32(seed: number): () => number {
  let a = seed | 0
  let b = Math.imul(seed, 0x9e3779b1) | 0
  let c = Math.imul(seed ^ 0x5bf03635, 0x85ebca6b) | 0
  let counter = 1
  const next = () => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 4_294_967_296
  }
  for (let i = 0; i < 12; i++) next()
  return next
}

export function seededRandom(seed: number, ...purpose: readonly (string | number)[]): Random {
  const next = sfc32(hashOf(seed, purpose))
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  return {
    next,
    int: (below) => Math.floor(next() * below),
    chance: (probability) => next() < probability,
    normal,
    exponential: (mean) => -mean * Math.log(1 - next()),
    poisson: (mean) => poisson(mean, next, normal),
    gamma: (shape) => gamma(shape, next, normal),
    gumbel: () => GUMBEL[(next() * GUMBEL_SIZE) | 0],
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

/**
 * @param weights at least one above 0
 * @source Vose 1991, IEEE Transactions on Software Engineering 17(9), the alias method
 */
export function weightedPick(weights: ArrayLike<number>): WeightedPick {
  const size = weights.length
  let total = 0
  for (let i = 0; i < size; i++) total += weights[i]
  const scaled = Float64Array.from(weights, (weight) => (weight * size) / total)
  const alias = new Uint32Array(size)
  const small: number[] = []
  const large: number[] = []
  scaled.forEach((share, i) => (share < 1 ? small : large).push(i))
  while (small.length > 0 && large.length > 0) {
    const low = small.pop()!
    const high = large.at(-1)!
    alias[low] = high
    scaled[high] += scaled[low] - 1
    if (scaled[high] < 1) small.push(large.pop()!)
  }
  for (const rest of [...small, ...large]) scaled[rest] = 1
  return (random) => {
    const place = random.next() * size
    const column = place | 0
    return place - column < scaled[column] ? column : alias[column]
  }
}
