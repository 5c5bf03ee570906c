/**
 * model/trend/trends: the values of a dimension, with state, interval and evidence.
 *
 * In: the model.
 * Out: the values that rise most credibly, those that fade, and what lies between while there is room.
 * Invariant: ranked by the lower end of the interval, never by raw growth.
 */
import { TREND_DIMENSIONS, type TrendDimension, type TrendWindow } from '../../event/product.ts'
import type { Model } from '../model.ts'
import { barOf, createTopList, offerTop, sortTop, type TopList } from '../slate/top-list.ts'
import type { DimensionCounters } from './counters.ts'
import { liftsOf, type Lift } from './lift.ts'
import { sinceOf, stateOf, type TrendState } from './state.ts'
import { countersOf } from './trend.ts'
import { valueAt, valueName } from './values.ts'

export interface TrendFigures extends Lift {
  readonly value: string
  readonly state: TrendState
  /** First day of the alarm, such as "2026-11-12"; null where there is none. */
  readonly since: string | null
  /** Of the dimension's attention, 0 to 1. */
  readonly share: number
  readonly expectedShare: number
  /** Ids of the products that carry it, the one that moved most first. */
  readonly products: readonly string[]
}

export interface TrendQuery {
  readonly dimension: TrendDimension
  readonly window: TrendWindow
  readonly limit: number
}

/** Of the places, those kept for what fades. */
const FADING_SHARE = 1 / 4
const CARRIERS = 5

export function trendsBy(model: Model, { dimension, window, limit }: TrendQuery): readonly TrendFigures[] {
  const of = countersOf(model.trend, dimension)
  const lifts = liftsOf(model.trend, dimension, window)
  const chosen = choose(of, lifts, limit)
  const carriers = carriersOf(model, dimension, chosen)
  const figures = chosen.map((value): TrendFigures => {
    const lift = lifts.of(value)
    return {
      ...lift,
      value: valueName(model, dimension, value),
      state: stateOf(of, value, { interval: lift, window, day: model.trend.counters.day }),
      since: sinceOf(of, value),
      share: lifts.total > 0 ? lift.sessions / lifts.total : 0,
      expectedShare: lifts.total > 0 ? lift.expected / lifts.total : 0,
      products: dimension === 'product' ? [] : productsOf(model, carriers.get(value)),
    }
  })
  return figures.toSorted((a, b) => b.low - a.low)
}

function choose(of: DimensionCounters, lifts: ReturnType<typeof liftsOf>, limit: number): readonly number[] {
  const fadingRoom = of.isAttribute ? Math.floor(limit * FADING_SHARE) : 0
  const rising = createTopList(limit - fadingRoom)
  const fading = createTopList(fadingRoom)
  for (let value = 0; value < of.size; value++) {
    if (lifts.mayReach(value, barOf(rising))) offerTop(rising, value, lifts.of(value).low)
    if (fadingRoom > 0) offerTop(fading, value, -lifts.of(value).high)
  }
  const top = [...sortTop(rising).items.subarray(0, rising.size)]
  const known = new Set(top)
  const rest = [...sortTop(fading).items.subarray(0, fading.size)]
  return [...top, ...rest.filter((value) => !known.has(value) && of.now[value] > 0)]
}

/** For each chosen value its products by how much more attention they get than was expected, or less where it fades. */
function carriersOf(model: Model, dimension: TrendDimension, chosen: readonly number[]): Map<number, TopList> {
  const carriers = new Map<number, TopList>()
  if (dimension === 'product') return carriers
  const byValue = liftsOf(model.trend, dimension)
  const sides = new Map(chosen.map((value) => [value, byValue.of(value).ratio < 1 ? -1 : 1]))
  const lifts = liftsOf(model.trend, 'product')
  const place = TREND_DIMENSIONS.indexOf(dimension)
  for (let item = 0; item < countersOf(model.trend, 'product').size; item++) {
    const value = valueAt(model, place, item)
    const side = sides.get(value)
    if (side === undefined) continue
    const { sessions, expected } = lifts.of(item)
    if (!(sessions > 0)) continue
    let list = carriers.get(value)
    if (list === undefined) carriers.set(value, (list = createTopList(CARRIERS)))
    offerTop(list, item, side * (sessions - expected))
  }
  return carriers
}

function productsOf(model: Model, carriers: TopList | undefined): readonly string[] {
  if (carriers === undefined) return []
  const { items, size } = sortTop(carriers)
  return Array.from(items.subarray(0, size), (item) => model.items.productIds[item])
}
