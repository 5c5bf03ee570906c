/**
 * forecast/panel: the next weeks of many series, each learning from all.
 *
 * In: weekly series of any length, with gaps, with weeks that cannot be repeated.
 * Out: 10, 50 and 90 % quantiles per series and week ahead.
 * Invariant: 0 <= p10 <= p50 <= p90, all finite; the same series in the same order give the same forecast, bit for bit.
 *
 * Candidates are made at past origins, where what followed is known. From that the panel learns how to mix them and how
 * wide its intervals must be; then it mixes the candidates of today.
 */
import { assert } from '../../std/assert.ts'
import { blended, blendedUnseen, learnOwnWeights, learnPanelWeights, type Trial, type Weights } from './blend.ts'
import { candidatesOf } from './candidates.ts'
import { scaled, yearsOf, type Scale } from './decompose.ts'
import { around, learnSpread, type Quantiles } from './intervals.ts'
import { prepare, WEEKS_A_YEAR, type WeeklySeries } from './prepare.ts'
import { learnSeasonKernel, type Years } from './season-kernel.ts'

export const HORIZON_WEEKS_MAXIMUM = 104
export const SERIES_MAXIMUM = 20_000
export const HISTORY_WEEKS_MAXIMUM = 1_040

/** Past origins at which candidates are judged. */
const ORIGINS = 3
/** Origins are at least a third of a year apart, so that they see different seasons. */
const ORIGIN_GAP_WEEKS = 17
const TRAINING_WEEKS_MINIMUM = 12
/** With a year and some weeks a season can be seen. */
const SEASON_WEEKS = WEEKS_A_YEAR + 8

export interface SeriesForecast extends Quantiles {
  /** How the series mixes its candidates. */
  readonly weights: Weights
}

/** Told of series fitted, of all that will be. */
export type OnProgress = (done: number, total: number) => void

/**
 * @param panel up to SERIES_MAXIMUM series of 1 to HISTORY_WEEKS_MAXIMUM weeks
 * @param horizonWeeks 1 to HORIZON_WEEKS_MAXIMUM
 * @returns one forecast a series, in the order given, from the week after its own last one
 */
export function forecastPanel(
  panel: readonly WeeklySeries[],
  horizonWeeks: number,
  onProgress: OnProgress = () => undefined,
): readonly SeriesForecast[] {
  assert(horizonWeeks >= 1 && horizonWeeks <= HORIZON_WEEKS_MAXIMUM, 'the horizon is within bounds')
  assert(panel.length <= SERIES_MAXIMUM, 'the panel is within bounds')
  const origins = panel.map((series) => originsOf(series.values.length, horizonWeeks))
  const total = panel.length + origins.reduce((sum, own) => sum + own.length, 0)
  let fitted = 0
  const onFitted = (): void => onProgress((fitted += 1), total)
  const trials = Array.from({ length: ORIGINS }, (_, back) =>
    trialsAt(panel, { origins, back, horizonWeeks, onFitted }),
  ).flat()
  const shared = learnPanelWeights(trials)
  const trialsOf = Map.groupBy(trials, ({ series }) => series)
  const weights = panel.map((_, index) => learnOwnWeights(trialsOf.get(index) ?? [], shared))
  const spread = learnSpread(trials, blendedUnseen(trials))
  return answersOf(panel, horizonWeeks, onFitted).map(({ candidates, scale }, index) => {
    const p50 = blended(candidates, weights[index])
    return { p50, ...around(p50, { series: index, scale }, spread), weights: weights[index] }
  })
}

/** All series as they stood `back` origins ago, with what then happened. */
function trialsAt(
  panel: readonly WeeklySeries[],
  at: {
    readonly origins: readonly (readonly number[])[]
    readonly back: number
    readonly horizonWeeks: number
    readonly onFitted: () => void
  },
): readonly Trial[] {
  const { origins, back, horizonWeeks, onFitted } = at
  const taking = panel.flatMap((series, index) => (back < origins[index].length ? [{ series, index }] : []))
  const seen = taking.map(({ series, index }) => ({
    ...series,
    values: series.values.subarray(0, origins[index][back]),
  }))
  return answersOf(seen, horizonWeeks, onFitted).map(({ candidates, scale }, place): Trial => {
    const { series, index } = taking[place]
    const origin = origins[index][back]
    return {
      series: index,
      back,
      candidates,
      actual: series.values.subarray(origin, origin + horizonWeeks),
      scale,
      weight: 1 / (1 + back / 2),
    }
  })
}

interface Answer {
  readonly candidates: readonly Float64Array[]
  /** Typical distance of the series from its own trend and season: the yardstick of its errors. */
  readonly scale: number
}

/** What each candidate says of each series, with seasons learned from all of them. */
function answersOf(panel: readonly WeeklySeries[], horizonWeeks: number, onFitted: () => void): readonly Answer[] {
  const prepared = panel.map((series) => prepare(series))
  const years = prepared.map((series) => {
    const of = (scale: Scale): Years => yearsOf(series, scaled(series, scale))
    return { log: of('log'), linear: of('linear') }
  })
  const kernels = {
    log: learnSeasonKernel(years.map((of) => of.log)),
    linear: learnSeasonKernel(years.map((of) => of.linear)),
  }
  return prepared.map((series, index) => {
    const answer = candidatesOf(series, { horizonWeeks, years: years[index], kernels })
    onFitted()
    return answer
  })
}

/**
 * Weeks of history at each past origin, newest first. An origin must have a season to see if today has one, and half of
 * today's history; where the horizon leaves no room for that, the first that has is judged on what is left.
 */
function originsOf(weeks: number, horizonWeeks: number): readonly number[] {
  const seasonal = weeks >= SEASON_WEEKS + TRAINING_WEEKS_MINIMUM ? SEASON_WEEKS : TRAINING_WEEKS_MINIMUM
  const least = Math.min(2 * WEEKS_A_YEAR, Math.max(seasonal, Math.ceil(weeks / 2)))
  const gap = Math.max(ORIGIN_GAP_WEEKS, Math.round(horizonWeeks / 2))
  const origins: number[] = []
  for (let origin = weeks - horizonWeeks; origin >= least && origins.length < ORIGINS; origin -= gap) {
    origins.push(origin)
  }
  return origins.length > 0 || least >= weeks ? origins : [least]
}
