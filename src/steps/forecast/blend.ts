/**
 * forecast/blend: how much of each candidate a panel believes, by weeks ahead.
 *
 * In: candidates beside what then happened, at past origins.
 * Out: weights per band of weeks ahead, at least 0, summing to 1.
 * Invariant: little evidence leaves the prior weights; the same evidence gives the same weights.
 */
import { CANDIDATES } from './candidates.ts'

/** Last week of each band. */
const BANDS = [4, 13, 26, Number.POSITIVE_INFINITY] as const
export const BAND_COUNT = BANDS.length
const SWEEPS = 30
/** Weights that move by less have come to rest. */
const MOVE_LEAST = 1e-3
/** Errors below this, in scales, weigh alike: the bend of the absolute value. */
const BEND = 0.05

export type Weights = readonly Float64Array[]

/** Candidates at one past origin of one series. */
export interface Trial {
  readonly series: number
  /** How many origins ago: trials of the same live through the same weeks. */
  readonly back: number
  readonly candidates: readonly Float64Array[]
  /** float64[steps], what happened; NaN where not known. */
  readonly actual: Float64Array
  /** Error of a naive forecast within the weeks before; 0 where there was none. */
  readonly scale: number
  /** How much this trial tells of today. */
  readonly weight: number
}

export function bandOf(weekAhead: number): number {
  return BANDS.findIndex((last) => weekAhead <= last)
}

/** What is believed before anything was seen, in the order of CANDIDATES. */
const PRIOR = Float64Array.of(0.15, 0.15, 0.1, 0.15, 0.05, 0.1, 0.1, 0.1, 0.05, 0.05)
/** How many judged weeks the prior counts as, for the panel. */
const PRIOR_WEEKS = 1000
/** How many the panel counts as, for one of its series: most of what a series shows is chance. */
const PANEL_WEEKS = 300
/** More would not change the weights of a panel. */
const TRIALS_MAXIMUM = 6000

/**
 * Weights by which the panel would have erred least, in scaled absolute error, drawn towards a prior.
 *
 * @source stacking on held-out errors (Breiman 1996), least absolute deviations by reweighted least squares
 */
export function learnPanelWeights(trials: readonly Trial[]): Weights {
  const every = Math.ceil(trials.length / TRIALS_MAXIMUM)
  const some = trials.filter((_, index) => index % every === 0)
  return learnWeights(some, { prior: BANDS.map(() => PRIOR), priorWeeks: PRIOR_WEEKS, rounds: 8 })
}

/** The panel's weights, moved a little by what one series itself has shown. */
export function learnOwnWeights(trials: readonly Trial[], shared: Weights): Weights {
  return learnWeights(trials, { prior: shared, priorWeeks: PANEL_WEEKS, rounds: 3 })
}

/** What each trial's mixture would have been, had nothing of its origin been seen: so it errs as it will on weeks to come. */
export function blendedUnseen(trials: readonly Trial[]): readonly Float64Array[] {
  const byOrigin = Map.groupBy(trials, ({ back }) => back)
  const bySeries = Map.groupBy(trials, ({ series }) => series)
  const shared = new Map(
    [...byOrigin.keys()].map((back) => [back, learnPanelWeights(trials.filter((trial) => trial.back !== back))]),
  )
  return trials.map(({ series, back, candidates }) => {
    const others = bySeries.get(series)?.filter((trial) => trial.back !== back) ?? []
    return blended(candidates, learnOwnWeights(others, shared.get(back) ?? []))
  })
}

interface Learning {
  readonly prior: Weights
  readonly priorWeeks: number
  readonly rounds: number
}

function learnWeights(trials: readonly Trial[], { prior, priorWeeks, rounds }: Learning): Weights {
  return BANDS.map((_, band) => {
    const rows = rowsOf(trials, band)
    return rows.count === 0 ? prior[band] : fit(rows, { prior: prior[band], priorWeeks, rounds })
  })
}

export function blended(candidates: readonly Float64Array[], weights: Weights): Float64Array {
  const out = new Float64Array(candidates[0].length)
  for (let step = 0; step < out.length; step += 1) {
    const own = weights[bandOf(step + 1)]
    for (const [index, points] of candidates.entries()) out[step] += own[index] * points[step]
  }
  return out
}

interface Rows {
  readonly count: number
  /** float64[count × CANDIDATES.length], errors of each candidate, in scales. */
  readonly errors: Float64Array
  readonly weights: Float64Array
}

function rowsOf(trials: readonly Trial[], band: number): Rows {
  const size = CANDIDATES.length
  const [from, to] = [band === 0 ? 0 : BANDS[band - 1], BANDS[band]]
  const most = trials.reduce((sum, { actual }) => sum + Math.max(0, Math.min(to, actual.length) - from), 0)
  const errors = new Float64Array(most * size)
  const weights = new Float64Array(most)
  let count = 0
  for (const { candidates, actual, scale, weight } of trials) {
    if (scale <= 0) continue
    for (let step = from; step < Math.min(to, actual.length); step += 1) {
      const value = actual[step]
      if (Number.isNaN(value)) continue
      for (let i = 0; i < size; i += 1) errors[count * size + i] = (candidates[i][step] - value) / scale
      weights[count] = weight
      count += 1
    }
  }
  return { count, errors, weights }
}

/** Since weights sum to 1, the error of the mixture is the mixture of the errors. */
function fit(
  rows: Rows,
  { prior, priorWeeks, rounds }: { readonly prior: Float64Array; readonly priorWeeks: number; readonly rounds: number },
): Float64Array {
  const size = prior.length
  const weights = Float64Array.from(prior)
  for (let round = 0; round < rounds; round += 1) {
    const gram = weightedGram(rows, weights)
    let spread = 0
    for (let i = 0; i < size; i += 1) {
      for (let j = 0; j < size; j += 1) spread += gram[i * size + i] - gram[i * size + j]
    }
    const pull = ((priorWeeks / rows.count) * spread) / size ** 2 + 1e-9
    descend(gram, weights, prior, pull)
  }
  return weights
}

function weightedGram({ count, errors, weights: rowWeights }: Rows, weights: Float64Array): Float64Array {
  const size = weights.length
  const gram = new Float64Array(size * size)
  for (let row = 0; row < count; row += 1) {
    const at = row * size
    let mixed = 0
    for (let i = 0; i < size; i += 1) mixed += weights[i] * errors[at + i]
    const weight = rowWeights[row] / Math.max(BEND, Math.abs(mixed))
    for (let i = 0; i < size; i += 1) {
      const left = weight * errors[at + i]
      for (let j = 0; j <= i; j += 1) gram[i * size + j] += left * errors[at + j]
    }
  }
  for (let i = 0; i < size; i += 1) for (let j = i + 1; j < size; j += 1) gram[i * size + j] = gram[j * size + i]
  return gram
}

/** Least of w'Gw + pull·|w - prior|² on the simplex, by moving weight between two candidates at a time. */
function descend(gram: Float64Array, weights: Float64Array, prior: Float64Array, pull: number): void {
  const size = weights.length
  const slope = (i: number): number => {
    let sum = pull * (weights[i] - prior[i])
    for (let k = 0; k < size; k += 1) sum += gram[i * size + k] * weights[k]
    return sum
  }
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    let moved = 0
    for (let i = 0; i < size; i += 1) {
      for (let j = 0; j < i; j += 1) {
        const bend = gram[i * size + i] + gram[j * size + j] - 2 * gram[i * size + j] + 2 * pull
        if (bend <= 0) continue
        const move = Math.min(weights[j], Math.max(-weights[i], (slope(j) - slope(i)) / bend))
        weights[i] += move
        weights[j] -= move
        moved = Math.max(moved, Math.abs(move))
      }
    }
    if (moved < MOVE_LEAST) break
  }
}
