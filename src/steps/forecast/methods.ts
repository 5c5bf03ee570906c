/**
 * forecast/methods: the four ways of extending a weekly series.
 *
 * In: float64[n], oldest first, no gaps.
 * Out: float64[horizonWeeks] each, or null where the history is too short for the method.
 * Invariant: the same numbers give the same forecast, bit for bit.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AutoETS, initSync as initEts } from '@bsull/augurs/ets'
import { MSTL, initSync as initMstl } from '@bsull/augurs/mstl'
import { WEEKS_A_YEAR } from './seasonal-index.ts'

const ALPHA_STEPS = 20
const THETA_WEEKS_MINIMUM = 8
const ETS_WEEKS_MINIMUM = 12

export type Method = (series: readonly number[], horizonWeeks: number) => readonly number[] | null

/** Simple exponential smoothing; alpha by least squares over twenty steps. */
export const simpleSmoothing: Method = (series, horizonWeeks) => {
  if (series.length === 0) return null
  return Array.from({ length: horizonWeeks }, () => smooth(series).level)
}

/**
 * Theta: the mean of the straight line and a smoothed line of double curvature, which is smoothing with half the drift.
 *
 * @source Assimakopoulos and Nikolopoulos 2000, International Journal of Forecasting 16(4); Hyndman and Billah 2003
 */
export const theta: Method = (series, horizonWeeks) => {
  const n = series.length
  if (n < THETA_WEEKS_MINIMUM) return null
  const { level, alpha } = smooth(series)
  const drift = slopeOf(series) / 2
  return Array.from({ length: horizonWeeks }, (_, step) => level + drift * (step + (1 - (1 - alpha) ** n) / alpha))
}

/** The same weeks of last year. */
export const seasonalNaive: Method = (series, horizonWeeks) => {
  if (series.length < WEEKS_A_YEAR) return null
  return Array.from({ length: horizonWeeks }, (_, step) => series[series.length - WEEKS_A_YEAR + (step % WEEKS_A_YEAR)])
}

/** The last week, again and again. */
export const naive: Method = (series, horizonWeeks) =>
  series.length === 0 ? null : Array.from({ length: horizonWeeks }, () => series[series.length - 1])

/** Season by MSTL and trend by ETS; needs two whole years. */
export const mstl: Method = (series, horizonWeeks) => {
  if (series.length < 2 * WEEKS_A_YEAR || isConstant(series)) return null
  loadOnce()
  return attempt(() => {
    const model = MSTL.ets([WEEKS_A_YEAR])
    try {
      model.fit(Float64Array.from(series))
      return model.predict(horizonWeeks).point
    } finally {
      model.free()
    }
  })
}

/** ETS without season, for a series whose season has been taken out. */
export const ets: Method = (series, horizonWeeks) => {
  if (series.length < ETS_WEEKS_MINIMUM || isConstant(series)) return null
  loadOnce()
  return attempt(() => {
    const model = new AutoETS(1, 'AZN')
    try {
      model.fit(Float64Array.from(series))
      return model.predict(horizonWeeks).point
    } finally {
      model.free()
    }
  })
}

/** A model that finds no fit says so by throwing; the median then does without it. */
function attempt(fit: () => number[]): readonly number[] | null {
  let points: number[]
  try {
    points = fit()
  } catch {
    return null
  }
  return points.every(Number.isFinite) ? points : null
}

let isLoaded = false
function loadOnce(): void {
  if (isLoaded) return
  const wasm = (name: string): Buffer =>
    readFileSync(fileURLToPath(import.meta.resolve(`@bsull/augurs/${name}`)).replace(/\.js$/u, '_bg.wasm'))
  initEts({ module: wasm('ets') })
  initMstl({ module: wasm('mstl') })
  isLoaded = true
}

function smooth(series: readonly number[]): { readonly level: number; readonly alpha: number } {
  let best = { level: series[0], alpha: 1, error: Number.POSITIVE_INFINITY }
  for (let step = 1; step <= ALPHA_STEPS; step += 1) {
    const alpha = step / ALPHA_STEPS
    let level = startOf(series)
    let error = 0
    for (const value of series) {
      error += (value - level) ** 2
      level += alpha * (value - level)
    }
    if (error < best.error) best = { level, alpha, error }
  }
  return best
}

function startOf(series: readonly number[]): number {
  const first = series.slice(0, 4)
  return first.reduce((sum, value) => sum + value, 0) / first.length
}

/** Slope of the least-squares line, per week. */
function slopeOf(series: readonly number[]): number {
  const n = series.length
  const middle = (n - 1) / 2
  let above = 0
  let below = 0
  for (const [week, value] of series.entries()) {
    above += (week - middle) * value
    below += (week - middle) ** 2
  }
  return below > 0 ? above / below : 0
}

function isConstant(series: readonly number[]): boolean {
  return series.every((value) => value === series[0])
}
