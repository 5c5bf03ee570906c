/**
 * forecast/seasonal-index: how far each week of the year lies above or below a value's trend.
 *
 * In: weekly shares, oldest first, and how many looks each week counted.
 * Out: a factor per week of history and of the horizon; 1 where the history is too short to know.
 * Invariant: thin weeks are drawn towards 1, so that noise is not taken for season.
 */

export const WEEKS_A_YEAR = 52
/** Below this much history a season cannot be told from a trend. */
const SEASON_WEEKS_MINIMUM = 60
/** Expected count at which a factor is believed by half. */
const SHRINK_COUNT = 300
/** Three weeks' triangle. */
const KERNEL = [0.25, 0.5, 0.25] as const
const FACTOR_FLOOR = 0.05
/** Of the mean: a fading value does not reach 0. */
const LINE_FLOOR = 0.1

export interface Season {
  /** float64[n], one factor per week of history. */
  readonly history: readonly number[]
  /** float64[horizonWeeks]. */
  readonly ahead: readonly number[]
}

/**
 * @param shares float64[n], share of attention per week, oldest first, no gaps
 * @param weights float64[n], looks counted in the dimension per week
 * @param horizonWeeks 1 to 26
 * @source ratio to a straight trend, shrunk in logarithms
 */
export function seasonOf(shares: readonly number[], weights: readonly number[], horizonWeeks: number): Season {
  const n = shares.length
  const flat = { history: shares.map(() => 1), ahead: Array.from({ length: horizonWeeks }, () => 1) }
  if (n < SEASON_WEEKS_MINIMUM) return flat
  const line = trendLine(shares, weights)
  if (line === null) return flat
  const sums = new Float64Array(WEEKS_A_YEAR)
  const expected = new Float64Array(WEEKS_A_YEAR)
  for (let week = 0; week < n; week += 1) {
    const phase = week % WEEKS_A_YEAR
    sums[phase] += weights[week] * shares[week]
    expected[phase] += weights[week] * line[week]
  }
  const factors = centred(Array.from({ length: WEEKS_A_YEAR }, (_, phase) => factorAt(phase, sums, expected)))
  return {
    history: shares.map((_, week) => factors[week % WEEKS_A_YEAR]),
    ahead: flat.ahead.map((_, step) => factors[(n + step) % WEEKS_A_YEAR]),
  }
}

function factorAt(phase: number, sums: Float64Array, expected: Float64Array): number {
  let observed = 0
  let looked = 0
  for (const [offset, kernel] of KERNEL.entries()) {
    const at = (phase + offset - 1 + WEEKS_A_YEAR) % WEEKS_A_YEAR
    observed += kernel * sums[at]
    looked += kernel * expected[at]
  }
  if (looked <= 0) return 1
  const trust = looked / (looked + SHRINK_COUNT)
  return Math.exp(trust * Math.log(Math.max(FACTOR_FLOOR, observed / looked)))
}

/**
 * The straight line that a value follows from year to year, so that a trend does not look like a season: its slope comes
 * from the same weeks of neighbouring years, its height from whole years only. Null for a value without attention.
 */
function trendLine(shares: readonly number[], weights: readonly number[]): readonly number[] | null {
  const n = shares.length
  const changes = shares.slice(WEEKS_A_YEAR).map((share, week) => share - shares[week])
  const slope = weightedMean(changes, weights.slice(WEEKS_A_YEAR)) / WEEKS_A_YEAR
  const whole = Math.floor(n / WEEKS_A_YEAR) * WEEKS_A_YEAR
  const height = weightedMean(shares.slice(n - whole), weights.slice(n - whole))
  if (height <= 0) return null
  const middle = n - (whole + 1) / 2
  return shares.map((_, week) => Math.max(height * LINE_FLOOR, height + slope * (week - middle)))
}

/** The factors of a year average 1. */
function centred(factors: readonly number[]): readonly number[] {
  const mean = factors.reduce((sum, factor) => sum + factor, 0) / factors.length
  return factors.map((factor) => factor / mean)
}

function weightedMean(values: readonly number[], weights: readonly number[]): number {
  let sum = 0
  let weight = 0
  for (const [index, value] of values.entries()) {
    sum += weights[index] * value
    weight += weights[index]
  }
  return weight > 0 ? sum / weight : 0
}
