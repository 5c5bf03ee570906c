/**
 * forecast/intervals: how far off a forecast may be, from how far off it was.
 *
 * In: mixed forecasts at past origins beside what happened.
 * Out: the 10 and 90 % quantiles around a forecast.
 * Invariant: 0 <= p10 <= p50 <= p90.
 */
import { BAND_COUNT, bandOf, type Trial } from './blend.ts'
import { meanOf } from './prepare.ts'
import { quantileOf } from './quantile.ts'

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
 * Split conformal: quantiles of the errors at origins that the candidates had not seen beyond, of all series together,
 * each measured by its own yardstick. Of the ways a width can follow the forecast's height, the one with the least loss.
 *
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
  const factors = factorsOf(trials, errors)
  // The weeks of one trial err together, so trials are counted, and the new forecast is one more.
  const upper = Math.min(1, 0.9 * (1 + 1 / Math.max(1, trials.length)))
  const low: number[] = []
  const high: number[] = []
  for (let band = 0; band < BAND_COUNT; band += 1) {
    const judged = bandErrors(trials, errors, { band, factors })
    const [below, above] = [Math.min(0, quantileOf(judged, 1 - upper)), Math.max(0, quantileOf(judged, upper))]
    // Few errors may all be small by luck: then the interval is at least that of the rule of thumb.
    const isKnown = judged.length >= JUDGED_MINIMUM
    const thumb = NORMAL_TENTH * BAND_GROWTH ** band
    low.push(isKnown ? below : Math.min(below, -thumb))
    high.push(isKnown ? above : Math.max(above, thumb))
  }
  return { low, high, power, factors }
}

/** NaN where nothing can be judged. */
function scaledErrors(trial: Trial, forecast: Float64Array, power: number): Float64Array {
  const heights = heightsOf(forecast, power)
  return trial.actual.map((value, step) =>
    trial.scale > 0 ? (value - forecast[step]) / (trial.scale * heights[step]) : Number.NaN,
  )
}

function factorsOf(trials: readonly Trial[], errors: readonly Float64Array[]): ReadonlyMap<number, number> {
  const sums = new Map<number, { sum: number; count: number }>()
  const all = { sum: 0, count: 0 }
  for (const [index, { series }] of trials.entries()) {
    const own = sums.get(series) ?? { sum: 0, count: 0 }
    sums.set(series, own)
    for (const error of errors[index]) {
      if (Number.isNaN(error)) continue
      for (const tally of [own, all]) {
        tally.sum += Math.abs(error)
        tally.count += 1
      }
    }
  }
  const usual = all.sum / all.count
  if (!(usual > 0)) return new Map()
  return new Map([...sums].map(([series, { sum, count }]) => [series, (sum / usual + OWN_WEEKS) / (count + OWN_WEEKS)]))
}

function bandErrors(
  trials: readonly Trial[],
  errors: readonly Float64Array[],
  of: { readonly band: number; readonly factors: ReadonlyMap<number, number> },
): Float64Array {
  const judged: number[] = []
  for (const [index, { series }] of trials.entries()) {
    const factor = of.factors.get(series) ?? 1
    for (let step = 0; step < errors[index].length; step += 1) {
      const error = errors[index][step]
      if (bandOf(step + 1) === of.band && !Number.isNaN(error)) judged.push(error / factor)
    }
  }
  return Float64Array.from(judged)
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
