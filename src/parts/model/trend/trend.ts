/**
 * model/trend/trend: what is trending, as part of the model.
 *
 * In: nothing.
 * Out: empty counters for each dimension, and the numbers given to pairs of article type and colour.
 * Invariant: dimensions are those of `TREND_DIMENSIONS`, in that order.
 */
import { TREND_DIMENSIONS, type TrendDimension } from '../../event/product.ts'
import { createCounters, type DimensionCounters, type TrendCounters } from './counters.ts'

export interface Trend {
  readonly counters: TrendCounters
  /** Codes of article type and colour by number of the pair. */
  readonly pairs: (readonly [number, number])[]
  readonly pairOf: Map<number, number>
}

export function createTrend(): Trend {
  return {
    counters: createCounters(TREND_DIMENSIONS.map((dimension) => dimension !== 'product')),
    pairs: [],
    pairOf: new Map(),
  }
}

export function countersOf(trend: Trend, dimension: TrendDimension): DimensionCounters {
  return trend.counters.dimensions[TREND_DIMENSIONS.indexOf(dimension)]
}

/** More colours than any shop has. */
const COLOURS_MAXIMUM = 2 ** 20

export function pairKey(type: number, colour: number): number {
  return type * COLOURS_MAXIMUM + colour
}

/** Number of a pair, given now where it is new. */
export function internPair(trend: Trend, type: number, colour: number): number {
  const key = pairKey(type, colour)
  const known = trend.pairOf.get(key)
  if (known !== undefined) return known
  const pair = trend.pairs.length
  trend.pairs.push([type, colour])
  trend.pairOf.set(key, pair)
  return pair
}
