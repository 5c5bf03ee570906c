/**
 * forecast/candidates: the ways of extending a series, of which a panel chooses its mixture.
 *
 * In: a prepared series up to an origin, the panel's seasons.
 * Out: float64[horizonWeeks] per candidate, in the series' own unit, never below 0.
 * Invariant: every candidate answers for every series of at least one week.
 */
import { phaseOf, scaled, unscaled, type Scale } from './decompose.ts'
import { momentum, quarterMean, smoothing, theta, yearMean, type Level } from './levels.ts'
import { meanOf, WEEKS_A_YEAR, type Prepared } from './prepare.ts'
import { expectedSeason, type SeasonKernel, type Years } from './season-kernel.ts'

interface Seasonal {
  readonly name: string
  readonly scale: Scale
  readonly level: (flat: Float64Array) => Level
}

/** A level that goes on, times or plus the season to expect. */
const SEASONAL: readonly Seasonal[] = [
  { name: 'smoothing × season', scale: 'log', level: smoothing },
  { name: 'theta × season', scale: 'log', level: theta },
  { name: 'quarter × season', scale: 'log', level: quarterMean },
  { name: 'year × season', scale: 'log', level: yearMean },
  { name: 'momentum × season', scale: 'log', level: momentum },
  { name: 'smoothing + season', scale: 'linear', level: smoothing },
  { name: 'theta + season', scale: 'linear', level: theta },
  { name: 'year + season', scale: 'linear', level: yearMean },
]

/** Last year's weeks as they were, and the mean of two years, the older brought to the level of the newer. */
const REPEATED_YEARS = [1, 2] as const

/** Newest years that tell how far a series lies from trend and season. */
const DISTANCE_YEARS = 3
/** What a trend takes from the weeks it is drawn through: in a few weeks it lies too close to them. */
const LEVEL_AND_SLOPE = 2

/** A value seen in fewer weeks than this, always the same, may be this share off. */
const SURE_WEEKS = 12
const UNSURE_SHARE = 0.25

export const CANDIDATES: readonly string[] = [
  ...SEASONAL.map(({ name }) => name),
  'last year repeated',
  'two years repeated',
]

/**
 * @returns candidates: one forecast each, in the order of CANDIDATES; scale: mean distance of the newest years from trend
 *   and season, in the series' own unit
 */
export function candidatesOf(
  series: Prepared,
  of: {
    readonly horizonWeeks: number
    readonly years: Readonly<Record<Scale, Years>>
    readonly kernels: Readonly<Record<Scale, SeasonKernel>>
  },
): { readonly candidates: readonly Float64Array[]; readonly scale: number } {
  const { horizonWeeks, years, kernels } = of
  const weeks = series.values.length
  const [first] = series.values
  if (series.values.every((value) => value === first)) {
    const scale = weeks < SURE_WEEKS ? first * UNSURE_SHARE : 0
    return { candidates: CANDIDATES.map(() => new Float64Array(horizonWeeks).fill(first)), scale }
  }
  const phases = Int32Array.from({ length: weeks + horizonWeeks }, (_, week) => phaseOf(series, week))
  const withoutSeason = (scale: Scale) => {
    const scaling = scaled(series, scale)
    const season = expectedSeason(years[scale], kernels[scale])
    return { scaling, season, flat: scaling.values.map((value, week) => value - season[phases[week]]) }
  }
  const on = { log: withoutSeason('log'), linear: withoutSeason('linear') }
  const seasonal = SEASONAL.map(({ scale, level }) => {
    const { scaling, season, flat } = on[scale]
    const levelAt = level(flat)
    return Float64Array.from({ length: horizonWeeks }, (_, step) =>
      unscaled(levelAt(step + 1) + season[phases[weeks + step]], scaling),
    )
  })
  const repeated = REPEATED_YEARS.map((count) => repeatedYears(series.values, count, horizonWeeks) ?? seasonal[0])
  const { scaling, season } = on.linear
  return { candidates: [...seasonal, ...repeated], scale: scaling.unit * distanceOf(years.linear, season) }
}

function distanceOf(years: Years, season: Float64Array): number {
  let sum = 0
  let count = 0
  for (const year of years.slice(0, DISTANCE_YEARS)) {
    for (let phase = 0; phase < season.length; phase += 1) {
      if (Number.isNaN(year[phase])) continue
      sum += Math.abs(year[phase] - season[phase])
      count += 1
    }
  }
  return count > 0 ? sum / Math.max(1, count - LEVEL_AND_SLOPE) : 0
}

/** Null where the history is shorter. */
function repeatedYears(values: Float64Array, count: number, horizonWeeks: number): Float64Array | null {
  if (values.length < count * WEEKS_A_YEAR) return null
  const years = Array.from({ length: count }, (_, back) => {
    const start = values.length - (back + 1) * WEEKS_A_YEAR
    return values.subarray(start, start + WEEKS_A_YEAR)
  })
  const means = years.map(meanOf)
  return Float64Array.from({ length: horizonWeeks }, (_, step) => {
    const sum = years.reduce((total, year, back) => {
      const levelled = means[back] > 0 ? means[0] / means[back] : 1
      return total + levelled * year[step % WEEKS_A_YEAR]
    }, 0)
    return sum / count
  })
}
