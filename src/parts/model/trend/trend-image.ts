/**
 * model/trend/trend-image: the trends within a model image.
 *
 * In: the trends, or the bytes of some.
 * Out: the bytes, or the trends.
 * Invariant: what is restored counts, judges and reads on as what was saved, bit for bit.
 */
import type { ImageReader, ImageWriter } from '../image-bytes.ts'
import { LAG_DAYS, reserveValues, YEAR_SLOTS, type DimensionCounters } from './counters.ts'
import { internPair, type Trend } from './trend.ts'

interface Scalars {
  readonly day: number
  readonly age: number
  readonly newestMs: number | null
  readonly pairs: readonly (readonly [number, number])[]
  readonly dimensions: readonly Totals[]
}

/** Size and sums of a dimension. */
const TOTALS = ['size', 'nowTotal', 'liveTotal', 'expectedTotal', 'usualTotal', 'scale', 'roughness'] as const
type Totals = Pick<DimensionCounters, (typeof TOTALS)[number]>

export function writeTrend(writer: ImageWriter, { counters, pairs }: Trend): void {
  const { day, age, newestMs, dimensions } = counters
  const scalars: Scalars = {
    day,
    age,
    newestMs: Number.isNaN(newestMs) ? null : newestMs,
    pairs,
    dimensions: dimensions.map(({ size, nowTotal, liveTotal, expectedTotal, usualTotal, scale, roughness }) => ({
      size,
      nowTotal,
      liveTotal,
      expectedTotal,
      usualTotal,
      scale,
      roughness,
    })),
  }
  writer.json(scalars)
  for (const of of dimensions) {
    writer.numbers(of.yearTotals, of.yearTotals.length)
    writer.numbers(of.laggedTotals, LAG_DAYS)
    for (const [array, perValue] of arraysOf(of)) writer.numbers(array, of.size * perValue)
  }
}

export function readTrend(reader: ImageReader, trend: Trend): void {
  const scalars = reader.json() as Scalars
  const { counters } = trend
  counters.day = scalars.day
  counters.age = scalars.age
  counters.newestMs = scalars.newestMs ?? Number.NaN
  for (const [type, colour] of scalars.pairs) internPair(trend, type, colour)
  for (const [place, of] of counters.dimensions.entries()) {
    of.yearTotals.set(reader.float64())
    of.laggedTotals.set(reader.float64())
    reserveValues(of, scalars.dimensions[place].size)
    for (const [array] of arraysOf(of)) array.set(readLike(reader, array))
    for (const name of TOTALS) of[name] = scalars.dimensions[place][name]
  }
}

type Stored = Float64Array | Float32Array | Int32Array | Uint8Array

/** Every array with its length a value, in the order of the image. */
function arraysOf(of: DimensionCounters): readonly (readonly [Stored, number])[] {
  const { alarms } = of
  return [
    [of.now, 1],
    [of.live, 1],
    [of.expected, 1],
    [of.usual, 1],
    [of.season, 1],
    [of.lagged, LAG_DAYS],
    ...(of.isAttribute
      ? ([
          [of.year, YEAR_SLOTS],
          [alarms.kind, 1],
          [alarms.streak, 1],
          [alarms.since, 1],
          [alarms.quiet, 1],
          [alarms.peak, 1],
          [alarms.roughness, 1],
          [alarms.lateRoughness, 1],
        ] as const)
      : []),
  ]
}

function readLike(reader: ImageReader, array: Stored): Stored {
  if (array instanceof Float64Array) return reader.float64()
  if (array instanceof Float32Array) return reader.float32()
  return array instanceof Int32Array ? reader.int32() : reader.uint8()
}
