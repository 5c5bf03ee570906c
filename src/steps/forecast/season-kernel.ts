/**
 * forecast/season-kernel: what a season looks like in this panel, learned from all its series together.
 *
 * In: the years of every series, each as 52 departures from its trend.
 * Out: the mean shape, how two weeks of the year go together, and how much of a season comes back a year later.
 * Invariant: only what two different years of a series share counts as season; the rest is noise.
 */
import { clipNegative, solvePositive } from './symmetric.ts'
import { WEEKS_A_YEAR } from './prepare.ts'

/** Departures from the trend by phase of the year, newest year first; NaN where not known. */
export type Years = readonly Float64Array[]

export interface SeasonKernel {
  /** float64[52] */
  readonly mean: Float64Array
  /** float64[52 × 52], mean of the diagonal 1. */
  readonly covariance: Float64Array
  /** Of a series' variance around its trend, the share that its season makes, 0 to 1. */
  readonly signalShare: number
  /** Correlation of one year's season with the next one's. */
  readonly persistence: number
}

/** Series at which the panel is believed as much as the prior. */
const PRIOR_SERIES = 10
/** Series without a season that the mean shape is averaged with. */
const MEAN_PRIOR_SERIES = 3
const PRIOR_SIGNAL_SHARE = 0.4
const PRIOR_PERSISTENCE = 0.9
const PERSISTENCE_FLOOR = 0.6
/** Widths of the prior's two bumps, as a share of the year's circle: some 3 and 8 weeks. */
const PRIOR_WIDTHS = [0.35, 1] as const

export function learnSeasonKernel(panel: readonly Years[]): SeasonKernel {
  const size = WEEKS_A_YEAR
  const mean = meanShape(panel)
  const covariance = new Float64Array(size * size)
  const shared = [0, 0, 0, 0]
  let series = 0
  for (const years of panel) {
    if (years.length < 2) continue
    const away = years.map((year) => year.map((value, phase) => (Number.isNaN(value) ? 0 : value - mean[phase])))
    const known = years.reduce((sum, year) => sum + knownIn(year), 0) / size
    const total = away.reduce((sum, year) => sum + dot(year, year), 0) / known
    if (!(total > 1e-12)) continue
    series += 1
    for (let lag = 1; lag < Math.min(shared.length, away.length); lag += 1) {
      let sum = 0
      let pairs = 0
      for (let year = 0; year + lag < away.length; year += 1) {
        sum += dot(away[year], away[year + lag])
        pairs += knownIn(years[year + lag]) / size
      }
      shared[lag] += pairs > 0 ? sum / pairs / total : 0
    }
    addShared(covariance, away, total)
  }
  const trace = Math.max(1e-12, traceOf(covariance, size))
  const prior = priorCovariance()
  const trust = series / (series + PRIOR_SERIES)
  for (let i = 0; i < covariance.length; i += 1) {
    covariance[i] = trust * ((covariance[i] * size) / trace) + (1 - trust) * prior[i]
  }
  clipNegative(covariance, size)
  const scale = size / traceOf(covariance, size)
  const one = shared[1] + PRIOR_SERIES * PRIOR_SIGNAL_SHARE
  const two = shared[2] + PRIOR_SERIES * PRIOR_SIGNAL_SHARE * PRIOR_PERSISTENCE
  return {
    mean,
    covariance: covariance.map((value) => value * scale),
    signalShare: Math.min(0.98, Math.max(0.02, one / (series + PRIOR_SERIES))),
    persistence: Math.min(1, Math.max(PERSISTENCE_FLOOR, two / one)),
  }
}

/** What the years of one series have in common: products of different years only, so that noise cancels. */
function addShared(covariance: Float64Array, away: readonly Float64Array[], total: number): void {
  const size = WEEKS_A_YEAR
  const sum = new Float64Array(size)
  for (const year of away) for (let phase = 0; phase < size; phase += 1) sum[phase] += year[phase]
  const pairs = away.length * (away.length - 1) * total
  for (let p = 0; p < size; p += 1) {
    for (let q = 0; q < size; q += 1) covariance[p * size + q] += (sum[p] * sum[q]) / pairs
    for (const year of away) {
      const own = year[p] / pairs
      for (let q = 0; q < size; q += 1) covariance[p * size + q] -= own * year[q]
    }
  }
}

function meanShape(panel: readonly Years[]): Float64Array {
  const sums = new Float64Array(WEEKS_A_YEAR)
  const counts = new Float64Array(WEEKS_A_YEAR)
  for (const years of panel) {
    for (const year of years) {
      for (let phase = 0; phase < WEEKS_A_YEAR; phase += 1) {
        const value = year[phase]
        if (Number.isNaN(value)) continue
        sums[phase] += value / years.length
        counts[phase] += 1 / years.length
      }
    }
  }
  return sums.map((sum, phase) => sum / (counts[phase] + MEAN_PRIOR_SERIES))
}

function priorCovariance(): Float64Array {
  const size = WEEKS_A_YEAR
  return Float64Array.from({ length: size * size }, (_, at) => {
    const sine = Math.sin((Math.PI * ((at % size) - Math.floor(at / size))) / size)
    return PRIOR_WIDTHS.reduce((sum, width) => sum + Math.exp((-2 * sine ** 2) / width ** 2), 0) / PRIOR_WIDTHS.length
  })
}

/**
 * The season to expect next year: the panel's shape where the series has shown little, its own where it has shown much.
 *
 * @param seen years of one series
 * @returns float64[52], departures from the trend by phase
 * @source the conditional mean of a normal vector given noisy copies of it; Rasmussen and Williams 2006, section 2.2
 */
export function expectedSeason(seen: Years, kernel: SeasonKernel): Float64Array {
  const size = WEEKS_A_YEAR
  if (seen.length === 0) return Float64Array.from(kernel.mean)
  const years = seen.length === 1 ? [levelled(seen[0], kernel.mean)] : seen
  const { signal, noise } = variances(years, kernel)
  if (signal + noise <= 1e-15) return new Float64Array(size)
  const weights = yearWeights(years.length, kernel.persistence, noise / signal)
  const gram = new Float64Array(size * size)
  for (let i = 0; i < gram.length; i += 1) gram[i] = signal * kernel.covariance[i]
  const departures = new Float64Array(size)
  for (let phase = 0; phase < size; phase += 1) {
    let sum = 0
    let weight = 0
    let squares = 0
    for (const [year, values] of years.entries()) {
      if (Number.isNaN(values[phase])) continue
      sum += weights[year] * values[phase]
      weight += weights[year]
      squares += weights[year] ** 2
    }
    departures[phase] = weight > 0 ? sum / weight - kernel.mean[phase] : 0
    gram[phase * size + phase] += weight > 0 ? (noise * squares) / weight ** 2 : noise * 1e6
  }
  const solved = solvePositive(gram, departures)
  return kernel.mean.map((value, phase) => {
    let sum = 0
    for (let k = 0; k < size; k += 1) sum += kernel.covariance[phase * size + k] * solved[k]
    return value + signal * sum
  })
}

/** Part of a year lies as far above or below its mean as the season does there: that is no departure of its own. */
function levelled(year: Float64Array, mean: Float64Array): Float64Array {
  let sum = 0
  let count = 0
  for (let phase = 0; phase < year.length; phase += 1) {
    if (Number.isNaN(year[phase])) continue
    sum += year[phase] - mean[phase]
    count += 1
  }
  return year.map((value) => value - sum / count)
}

/** A phase's variance by season and by noise: the series' own, drawn towards the panel's split. */
function variances(years: Years, kernel: SeasonKernel): { readonly signal: number; readonly noise: number } {
  let total = 0
  let count = 0
  let shared = 0
  let sharedCount = 0
  for (const [year, values] of years.entries()) {
    const before = years[year + 1]
    for (let phase = 0; phase < WEEKS_A_YEAR; phase += 1) {
      const value = values[phase] - kernel.mean[phase]
      if (Number.isNaN(value)) continue
      total += value ** 2
      count += 1
      const earlier = before === undefined ? Number.NaN : before[phase] - kernel.mean[phase]
      if (Number.isNaN(earlier)) continue
      shared += value * earlier
      sharedCount += 1
    }
  }
  const variance = count > 0 ? total / count : 0
  const pairs = sharedCount / WEEKS_A_YEAR
  const own = sharedCount > 0 ? shared / sharedCount : 0
  const signal = (pairs * own + kernel.signalShare * variance) / (pairs + 1)
  const kept = Math.min(0.95 * variance, Math.max(0.02 * variance, signal))
  return { signal: kept, noise: variance - kept }
}

/** Best weights of past years, newest first, for a season that half forgets itself. */
function yearWeights(years: number, persistence: number, noise: number): Float64Array {
  const gram = new Float64Array(years * years)
  for (let a = 0; a < years; a += 1) {
    for (let b = 0; b < years; b += 1) {
      // A week of noise is averaged over its neighbours, so years compare by less of it.
      gram[a * years + b] = persistence ** Math.abs(a - b) + (a === b ? noise / 6 : 0)
    }
  }
  const right = Float64Array.from({ length: years }, (_, a) => persistence ** (a + 1))
  return solvePositive(gram, right).map((weight) => Math.max(1e-3, weight))
}

function knownIn(year: Float64Array): number {
  return year.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0)
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0
  for (let i = 0; i < left.length; i += 1) sum += left[i] * right[i]
  return sum
}

function traceOf(matrix: Float64Array, size: number): number {
  let sum = 0
  for (let i = 0; i < size; i += 1) sum += matrix[i * size + i]
  return sum
}
