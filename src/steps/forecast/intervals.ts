/**
 * forecast/intervals: how far off a forecast may be, from how far off it was.
 *
 * In: forecasts at past origins, by mixtures that had not seen these origins, beside what happened.
 * Out: the 10 and 90 % quantiles around a forecast.
 * Invariant: 0 <= p10 <= p50 <= p90.
 */
import { BAND_COUNT, bandOf, type Trial } from './blend.ts'
import { meanOf } from './prepare.ts'
import { quantileOf } from './quantile.ts'

/** What each end of an 80 % interval leaves out. */
const TAIL = 0.1
/** Before origins tell, the share beyond an end is thought to differ from one to the next by half of a tenth. */
const PRIOR_SHARE_VARIANCE = (TAIL / 2) ** 2
/** Origins that this thought counts as. */
const PRIOR_ORIGINS = 4
/** Judged weeks of its own at which the width of a series is believed by half. */
const OWN_WEEKS = 40
/** Below this many judged weeks a rule of thumb holds, too. */
const JUDGED_MINIMUM = 60
/** In mean absolute distances from trend and season; 1.6 would be chance alone, the rest is level and season. */
const NORMAL_TENTH = 2.2
/** A longer reach is at least this much less certain where no errors say so. */
const BAND_GROWTH = 1.15
/** How the width of a series may follow the height of its forecast. */
const POWERS = [0, 0.5, 1] as const
const HEIGHT_FLOOR = 0.2

/** float64[horizonWeeks] each. */
export interface Quantiles {
  readonly p10: Float64Array
  readonly p50: Float64Array
  readonly p90: Float64Array
}

export interface Spread {
  /** Per band of weeks ahead: the 10 % quantile of the scaled errors, at most 0. */
  readonly low: readonly number[]
  /** The 90 % quantile, at least 0. */
  readonly high: readonly number[]
  readonly power: number
  /** By index of the series: its width beside what its scale promises. */
  readonly factors: ReadonlyMap<number, number>
}

/**
 * Split conformal: quantiles of the errors of all series together, each measured by its own yardstick. Of the ways a width
 * can follow the forecast's height, the one with the least loss.
 *
 * @param forecasts one a trial, learned from the other origins: what has seen an origin errs less there than it will
 * @source Lei et al. 2018, Journal of the American Statistical Association 113(523)
 */
export function learnSpread(trials: readonly Trial[], forecasts: readonly Float64Array[]): Spread {
  let best = spreadWith(trials, forecasts, POWERS[0])
  let least = lossOf(trials, forecasts, best)
  for (const power of POWERS.slice(1)) {
    const spread = spreadWith(trials, forecasts, power)
    const loss = lossOf(trials, forecasts, spread)
    if (loss < least) [best, least] = [spread, loss]
  }
  return best
}

/** Quantiles around the forecast of the series with this index in the panel. */
export function around(
  forecast: Float64Array,
  of: { readonly series: number; readonly scale: number },
  spread: Spread,
): { readonly p10: Float64Array; readonly p90: Float64Array } {
  const heights = heightsOf(forecast, spread.power)
  const scale = of.scale * (spread.factors.get(of.series) ?? 1)
  return {
    p10: forecast.map((point, step) => Math.max(0, point + spread.low[bandOf(step + 1)] * scale * heights[step])),
    p90: forecast.map((point, step) => point + spread.high[bandOf(step + 1)] * scale * heights[step]),
  }
}

function heightsOf(forecast: Float64Array, power: number): Float64Array {
  const mean = meanOf(forecast)
  return forecast.map((point) => (mean > 0 ? Math.max(HEIGHT_FLOOR, point / mean) ** power : 1))
}

function spreadWith(trials: readonly Trial[], forecasts: readonly Float64Array[], power: number): Spread {
  const errors = trials.map((trial, index) => scaledErrors(trial, forecasts[index], power))
  const { factors, unseen } = factorsOf(trials, errors)
  const low: number[] = []
  const high: number[] = []
  for (let band = 0; band < BAND_COUNT; band += 1) {
    const judged = bandErrors(trials, errors, { band, unseen })
    const below = Math.min(0, endOf(judged, 'low'))
    const above = Math.max(0, endOf(judged, 'high'))
    // Few errors may all be small by luck: then the interval is at least that of the rule of thumb, and of less far ahead.
    const isKnown = judged.errors.length >= JUDGED_MINIMUM
    const thumb = NORMAL_TENTH * BAND_GROWTH ** band
    low.push(isKnown ? below : Math.min(below, -thumb, BAND_GROWTH * (low.at(-1) ?? 0)))
    high.push(isKnown ? above : Math.max(above, thumb, BAND_GROWTH * (high.at(-1) ?? 0)))
  }
  return { low, high, power, factors }
}

interface Judged {
  /** float64[n], ascending. */
  readonly errors: Float64Array
  /** The same by origin, in any order. */
  readonly byOrigin: readonly (readonly number[])[]
}

/**
 * The quantile that leaves a tenth beyond it, moved out as far as n errors can mislead. The errors of one origin go up and
 * down together (a hot summer), so n is not how many there are but how many independent ones would place the end as well:
 * what the share beyond it differs by between origins tells.
 *
 * @source finite-sample level of split conformal, with the effective sample size of clusters (Kish 1965, Survey Sampling)
 */
function endOf({ errors, byOrigin }: Judged, end: 'low' | 'high'): number {
  const edge = quantileOf(errors, end === 'low' ? TAIL : 1 - TAIL)
  const isBeyond = (error: number): boolean => (end === 'low' ? error < edge : error > edge)
  const squares = byOrigin.reduce((sum, own) => sum + (own.filter(isBeyond).length / own.length - TAIL) ** 2, 0)
  const variance = (squares + PRIOR_ORIGINS * PRIOR_SHARE_VARIANCE) / Math.max(1, byOrigin.length - 1 + PRIOR_ORIGINS)
  const independent = Math.max(1, (byOrigin.length * TAIL * (1 - TAIL)) / variance)
  const kept = Math.min(1, (1 - TAIL) * (1 + 1 / independent))
  return quantileOf(errors, end === 'low' ? 1 - kept : kept)
}

/** NaN where nothing can be judged. */
function scaledErrors(trial: Trial, forecast: Float64Array, power: number): Float64Array {
  const heights = heightsOf(forecast, power)
  return trial.actual.map((value, step) =>
    trial.scale > 0 ? (value - forecast[step]) / (trial.scale * heights[step]) : Number.NaN,
  )
}

/** Widths of series beside what their scales promise; `unseen`: for each trial, by the errors of its series' other trials. */
function factorsOf(
  trials: readonly Trial[],
  errors: readonly Float64Array[],
): { readonly factors: ReadonlyMap<number, number>; readonly unseen: readonly number[] } {
  const tallies = errors.map((own) => {
    const known = own.filter((error) => !Number.isNaN(error))
    return { sum: known.reduce((sum, error) => sum + Math.abs(error), 0), count: known.length }
  })
  const nothing = { sum: 0, count: 0 }
  const all = { ...nothing }
  const bySeries = new Map<number, { sum: number; count: number }>()
  for (const [index, { series }] of trials.entries()) {
    const own = bySeries.get(series) ?? { ...nothing }
    bySeries.set(series, own)
    for (const tally of [own, all]) {
      tally.sum += tallies[index].sum
      tally.count += tallies[index].count
    }
  }
  const usual = all.sum / all.count
  const factorOf = (sum: number, count: number): number =>
    usual > 0 ? (Math.max(0, sum) / usual + OWN_WEEKS) / (count + OWN_WEEKS) : 1
  return {
    factors: new Map([...bySeries].map(([series, { sum, count }]) => [series, factorOf(sum, count)])),
    unseen: trials.map(({ series }, index) => {
      const { sum, count } = bySeries.get(series) ?? nothing
      return factorOf(sum - tallies[index].sum, count - tallies[index].count)
    }),
  }
}

function bandErrors(
  trials: readonly Trial[],
  errors: readonly Float64Array[],
  of: { readonly band: number; readonly unseen: readonly number[] },
): Judged {
  const byOrigin = new Map<number, number[]>()
  for (const [index, { back }] of trials.entries()) {
    for (let step = 0; step < errors[index].length; step += 1) {
      const error = errors[index][step]
      if (bandOf(step + 1) !== of.band || Number.isNaN(error)) continue
      const own = byOrigin.get(back) ?? []
      byOrigin.set(back, own)
      own.push(error / of.unseen[index])
    }
  }
  const judged = [...byOrigin.values()]
  return { errors: Float64Array.from(judged.flat()).sort(), byOrigin: judged }
}

/** Pinball loss of both quantiles, in scales. */
function lossOf(trials: readonly Trial[], forecasts: readonly Float64Array[], spread: Spread): number {
  let loss = 0
  for (const [index, { series, scale, actual }] of trials.entries()) {
    if (scale <= 0) continue
    const { p10, p90 } = around(forecasts[index], { series, scale }, spread)
    for (let step = 0; step < actual.length; step += 1) {
      const value = actual[step]
      if (Number.isNaN(value)) continue
      loss += (pinball(value - p10[step], 0.1) + pinball(value - p90[step], 0.9)) / scale
    }
  }
  return loss
}

/** Loss of a quantile forecast that the actual value lies `above` by. */
export function pinball(above: number, at: number): number {
  return above >= 0 ? at * above : (at - 1) * above
}
