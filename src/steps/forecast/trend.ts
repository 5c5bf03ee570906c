/**
 * forecast/trend: the next half year of every value of one dimension, with intervals and the forecast's own error.
 *
 * In: weekly shares of attention, units and sessions; the forecasts of the dimension above, if there is one.
 * Out: rows of `mart.trend_forecast`, without the run's date.
 * Invariant: p10 <= p50 <= p90, nothing below 0, the medians of parts sum to at most their whole.
 */
import { addDays } from '../../parts/shopdb/shop-day.ts'
import { accuracyOf, type Backtest } from './accuracy.ts'
import type { Attention } from './attention.ts'
import { backtest } from './backtest.ts'
import { coverDays } from './cover.ts'
import type { Quantiles } from './intervals.ts'
import { forecastPanel } from './panel.ts'
import { meanOf, WEEKS_A_YEAR, type WeeklySeries } from './prepare.ts'
import { reconciled } from './reconcile.ts'

export const HORIZON_WEEKS = 26
/** What is said to trend does so over these weeks. */
export const TREND_WEEKS = 8
/** The values that draw the most attention; the rest is too thin to forecast. */
const VALUES_MAXIMUM = 60
/** Of the dimension's attention over the newest half year. */
const SHARE_MINIMUM = 0.002
const RECENT_WEEKS = 26
/** The newest share of the history that the backtest holds out, at most the horizon. */
const HELD_OUT = 1 / 4
const REST = 'all others'

export interface TrendRow {
  readonly dimension: string
  readonly value: string
  /** Monday, "YYYY-MM-DD". */
  readonly week: string
  /** 1 to HORIZON_WEEKS. */
  readonly weekAhead: number
  readonly share: QuantilePoint
  /** Null where the source knows none. */
  readonly units: QuantilePoint | null
  readonly sessions: QuantilePoint | null
  /** Share in the same week of last year; null in the first year. */
  readonly lastYear: number | null
  readonly willTrend: boolean
  /** Why it will trend, in words; else null. */
  readonly reason: string | null
  /** Of the value's own share, on held-out weeks. */
  readonly backtest: Backtest
  readonly naiveMethod: 'seasonal_naive' | 'naive'
  readonly onHand: number | null
  readonly coverDays: number | null
  readonly historyWeeks: number
  readonly source: Attention['source']
}

export interface QuantilePoint {
  readonly p10: number
  readonly p50: number
  readonly p90: number
}

export interface DimensionForecast {
  readonly rows: readonly TrendRow[]
  /** Errors over all values, by measure. */
  readonly accuracy: Readonly<Partial<Record<Measure, Backtest>>>
  /** Medians that children must sum to, by value. */
  readonly wholes: ReadonlyMap<string, Readonly<Record<'share' | 'units', Float64Array>>>
}

type Measure = 'share' | 'units' | 'sessions'

export interface DimensionOptions {
  readonly dimension: string
  readonly attention: Attention
  /** Pieces in stock by value; null where the shop keeps no stock. */
  readonly stock: ReadonlyMap<string, number> | null
  /** The dimension of which this one's values are parts, and which part of which. */
  readonly parent?: { readonly of: (value: string) => string; readonly wholes: DimensionForecast['wholes'] }
}

export function forecastTrends(options: DimensionOptions): DimensionForecast {
  const { dimension, attention, stock, parent } = options
  const lastWeek = attention.weeks.at(-1)
  if (lastWeek === undefined) return { rows: [], accuracy: {}, wholes: new Map() }
  const chosen = [...attention.series.keys()]
    .filter((value) => meanOf(sharesOf(attention, value).subarray(-RECENT_WEEKS)) >= SHARE_MINIMUM)
    .filter((value) => parent === undefined || parent.wholes.has(parent.of(value)))
    .slice(0, VALUES_MAXIMUM)
  const found = {
    share: measured(options, chosen, 'share'),
    units: attention.source === 'sessions' ? null : measured(options, chosen, 'units'),
    sessions: attention.source === 'orders' ? null : measured(options, chosen, 'sessions'),
  }
  const rows = chosen.flatMap((value, index) => {
    const share = found.share.forecasts[index]
    const trend = trendOf(sharesOf(attention, value), share)
    const units = found.units?.forecasts[index] ?? null
    const onHand = stock?.get(value) ?? null
    const judged = accuracyOf([found.share.judged[index]].filter((one) => one !== undefined))
    return Array.from({ length: HORIZON_WEEKS }, (_, step): TrendRow => ({
      dimension,
      value,
      week: addDays(lastWeek, 7 * (step + 1)),
      weekAhead: step + 1,
      share: pointOf(share, step),
      units: units === null ? null : pointOf(units, step),
      sessions: found.sessions === null ? null : pointOf(found.sessions.forecasts[index], step),
      lastYear: trend.lastYear[step] ?? null,
      willTrend: trend.reason !== null,
      reason: trend.reason,
      backtest: judged,
      naiveMethod: found.share.heldFrom >= WEEKS_A_YEAR ? 'seasonal_naive' : 'naive',
      onHand,
      coverDays: onHand === null || units === null ? null : coverDays(onHand, units.p50),
      historyWeeks: attention.weeks.length,
      source: attention.source,
    }))
  })
  const accuracy = Object.fromEntries(
    Object.entries(found).flatMap(([measure, one]) => (one === null ? [] : [[measure, accuracyOf(one.judged)]])),
  )
  const none = new Float64Array(HORIZON_WEEKS)
  const wholes = new Map(
    chosen.map((value, index) => [
      value,
      { share: found.share.forecasts[index].p50, units: found.units?.forecasts[index].p50 ?? none },
    ]),
  )
  return { rows, accuracy, wholes }
}

interface Measured {
  /** By chosen value. */
  readonly forecasts: readonly Quantiles[]
  readonly judged: readonly ReturnType<typeof backtest>[number]['judged'][]
  /** Weeks of history before the held-out ones. */
  readonly heldFrom: number
}

/** One measure of the chosen values, each group of parts scaled to its whole. */
function measured({ attention, parent }: DimensionOptions, chosen: readonly string[], measure: Measure): Measured {
  const all = [...attention.series].map(([value, series]) => ({
    value,
    values: measure === 'share' ? series.shares : series[measure],
  }))
  // Before the first order, or the first click, nothing was counted; that is no 0.
  const start = Math.max(
    0,
    attention.weeks.findIndex((_, week) => all.some(({ values }) => values[week] > 0)),
  )
  const series = (name: string, values: Float64Array): WeeklySeries => ({
    name,
    firstWeek: start,
    values: values.subarray(start),
  })
  const whole = (of: readonly { readonly values: Float64Array }[]): Float64Array =>
    Float64Array.from(attention.weeks, (_, week) => of.reduce((sum, { values }) => sum + values[week], 0))
  const valuesOf = new Map(all.map(({ value, values }) => [value, values]))
  const panel = chosen.map((value) => series(value, valuesOf.get(value)!))
  const heldOutWeeks = Math.min(HORIZON_WEEKS, Math.floor((attention.weeks.length - start) * HELD_OUT))
  const judged = heldOutWeeks === 0 ? [] : backtest(panel, heldOutWeeks).map((one) => one.judged)
  const heldFrom = attention.weeks.length - start - heldOutWeeks
  if (measure === 'sessions') return { forecasts: forecastPanel(panel, HORIZON_WEEKS), judged, heldFrom }
  const groupOf = parent?.of ?? (() => '')
  const groups = [...Map.groupBy(chosen.keys(), (index) => groupOf(chosen[index]))]
  // What is not chosen goes along as one part of its whole, so that the parts can sum to it.
  const rests = groups.map(([group]) =>
    series(REST, whole(all.filter(({ value }) => groupOf(value) === group && !chosen.includes(value)))),
  )
  const total = series(REST, whole(all))
  const forecasts = forecastPanel([...panel, ...rests, total], HORIZON_WEEKS)
  const totalOf = (group: string): Float64Array =>
    parent?.wholes.get(group)?.[measure] ??
    (measure === 'share' ? new Float64Array(HORIZON_WEEKS).fill(1) : forecasts[forecasts.length - 1].p50)
  const scaled: Quantiles[] = []
  for (const [place, [group, members]] of groups.entries()) {
    const parts = reconciled(
      totalOf(group),
      [...members, panel.length + place].map((index) => forecasts[index]),
    )
    for (const [at, index] of members.entries()) scaled[index] = parts[at]
  }
  return { forecasts: measure === 'share' ? scaled.map(atMostWhole) : scaled, judged, heldFrom }
}

/** A value will trend when its whole 80 % interval, over the next weeks, lies above the same weeks of last year. */
function trendOf(
  shares: Float64Array,
  forecast: Quantiles,
): { readonly lastYear: readonly number[]; readonly reason: string | null } {
  const from = shares.length - WEEKS_A_YEAR
  const lastYear = from < 0 ? [] : [...shares.subarray(from, from + HORIZON_WEEKS)]
  if (lastYear.length === 0) return { lastYear, reason: null }
  const low = meanOf(forecast.p10.subarray(0, TREND_WEEKS))
  const high = meanOf(forecast.p90.subarray(0, TREND_WEEKS))
  const before = meanOf(lastYear.slice(0, TREND_WEEKS))
  const isAbove = low > before
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
  const reason = `${percent(low)} to ${percent(high)} of attention expected over ${TREND_WEEKS} weeks, ${percent(before)} in the same weeks of last year`
  return { lastYear, reason: isAbove ? reason : null }
}

function pointOf(forecast: Quantiles, step: number): QuantilePoint {
  return { p10: forecast.p10[step], p50: forecast.p50[step], p90: forecast.p90[step] }
}

function atMostWhole({ p10, p50, p90 }: Quantiles): Quantiles {
  const capped = (points: Float64Array): Float64Array => points.map((point) => Math.min(1, point))
  return { p10: capped(p10), p50: capped(p50), p90: capped(p90) }
}

function sharesOf(attention: Attention, value: string): Float64Array {
  return attention.series.get(value)?.shares ?? new Float64Array(0)
}
