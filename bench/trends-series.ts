/**
 * bench/trends-series: daily attention to the values of one dimension, with known trends.
 *
 * In: a seed, a number of interactions a day, a length.
 * Out: counts by day and value, and the truth about them.
 * Invariant: same options, same counts; every kind of series is drawn anew from the seed.
 */
import { seededRandom, type Random } from '../src/tools/simulate/random.ts'

export type Kind = 'none' | 'seasonal' | 'rise' | 'fade' | 'spike'

export interface SeriesOptions {
  readonly seed: number
  readonly values: number
  readonly days: number
  readonly perDay: number
  /** Trends start between these days. */
  readonly from: number
  readonly to: number
  /** Standard deviation of the log share from day to day, besides chance in the counts. */
  readonly roughness: number
  /** Standard deviation of the log share's own wandering, a day. */
  readonly drift: number
  /** Promotions of a value a year, and how much they multiply its share. */
  readonly promotions: number
  readonly promotionFactor: number
}

export interface PlantedSeries {
  readonly kind: Kind
  readonly startDay: number
  readonly peakDay: number
  readonly endDay: number
  readonly multiplier: number
  /** Whether it comes along an S rather than a line. */
  readonly isSmooth: boolean
  /** Promotions, as [first day, last day]. */
  readonly promotions: readonly (readonly [number, number])[]
}

export interface SeriesShop {
  /** counts[day][value] */
  readonly counts: readonly Float64Array[]
  readonly truth: readonly PlantedSeries[]
}

const KINDS: readonly (readonly [Kind, number])[] = [
  ['none', 0.35],
  ['seasonal', 0.3],
  ['rise', 0.15],
  ['fade', 0.1],
  ['spike', 0.1],
]

export function seriesShop(options: SeriesOptions): SeriesShop {
  const random = seededRandom(options.seed, 'series-shop')
  const truth: PlantedSeries[] = []
  const logs: Float64Array[] = []
  const ranks = shuffled(options.values, random)
  for (let value = 0; value < options.values; value++) {
    const planted = plant(options, random)
    truth.push(planted)
    logs.push(logShares(planted, options, { random, rank: ranks[value] }))
  }
  const traffic = trafficOf(options, random)
  const counts = Array.from({ length: options.days }, (_, day) => {
    const weights = logs.map((log) => Math.exp(log[day] + options.roughness * random.normal()))
    const sum = weights.reduce((a, b) => a + b, 0)
    return Float64Array.from(weights, (weight) => {
      const mean = (traffic[day] * weight) / sum
      // Visits bring several looks at once: a Gamma mean makes counts vary more than Poisson's.
      const shape = mean / 0.5 > 1 ? Math.min(400, mean / 0.5) : 1
      return random.poisson((mean * random.gamma(shape)) / shape)
    })
  })
  return { counts, truth }
}

function shuffled(count: number, random: Random): number[] {
  const list = Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = random.int(i + 1)
    ;[list[i], list[j]] = [list[j], list[i]]
  }
  return list
}

function plant(options: SeriesOptions, random: Random): PlantedSeries {
  let draw = random.next()
  const kind = KINDS.find(([, share]) => (draw -= share) < 0)?.[0] ?? 'none'
  const startDay = options.from + random.int(options.to - options.from)
  const rampDays = kind === 'spike' ? 2 : 28 + random.int(42)
  const stayDays = kind === 'spike' ? 3 + random.int(6) : 14 + random.int(42)
  const multiplier =
    kind === 'rise'
      ? 1.6 + 1.4 * random.next()
      : kind === 'fade'
        ? 1 / (1.6 + 1.4 * random.next())
        : kind === 'spike'
          ? 2.5 + 3 * random.next()
          : 1
  const promotions = Array.from({ length: random.poisson((options.days / 365) * options.promotions) }, () => {
    const first = random.int(options.days)
    return [first, first + 2 + random.int(5)] as const
  })
  const peakDay = startDay + rampDays
  return { kind, startDay, peakDay, endDay: peakDay + stayDays, multiplier, isSmooth: random.chance(0.5), promotions }
}

function logShares(
  planted: PlantedSeries,
  { days, drift: driftSd, promotionFactor }: SeriesOptions,
  { random, rank }: { random: Random; rank: number },
) {
  const base = -Math.log(rank + 2)
  const amplitude = planted.kind === 'seasonal' ? 0.3 + 0.6 * random.next() : 0
  const phase = 365 * random.next()
  const isBump = random.chance(0.3)
  let drift = 0
  return Float64Array.from({ length: days }, (_, day) => {
    drift = 0.995 * drift + driftSd * random.normal()
    const season = isBump ? bump(day - phase) : Math.cos((2 * Math.PI * (day - phase)) / 365)
    const inPromotion = planted.promotions.some(([first, last]) => day >= first && day <= last)
    return (
      base +
      drift +
      amplitude * season +
      Math.log(planted.multiplier) * progressOf(planted, day) +
      (inPromotion ? Math.log(promotionFactor) : 0)
    )
  })
}

/** A season of three months and nothing outside it. */
function bump(day: number): number {
  const away = Math.abs((((day % 365) + 365 + 182) % 365) - 182)
  return 1.5 * Math.exp(-((away / 35) ** 2)) - 0.3
}

/** 0 before it starts, 1 from its peak to its end, back to 0 over as long as it took to come. */
function progressOf(planted: PlantedSeries, day: number): number {
  const { startDay, peakDay, endDay } = planted
  if (day <= startDay) return 0
  const ramp = peakDay - startDay
  if (day < peakDay) return planted.isSmooth ? smooth((day - startDay) / ramp) : (day - startDay) / ramp
  return Math.max(0, Math.min(1, 1 - (day - endDay) / ramp))
}

function smooth(x: number): number {
  return x * x * (3 - 2 * x)
}

function trafficOf({ days, perDay }: SeriesOptions, random: Random): number[] {
  let surge = 0
  return Array.from({ length: days }, (_, day) => {
    if (surge > 0) surge--
    else if (random.chance(0.01)) surge = 3
    const week = [1.2, 1, 0.95, 0.92, 0.95, 0.98, 1][day % 7]
    const year = 1 + 0.2 * Math.cos((2 * Math.PI * (day - 340)) / 365)
    return perDay * week * year * (surge > 0 ? 1.6 : 1) * (1 + (0.4 * day) / 730)
  })
}

/** First day on which the planted ratio is 1.2 away from 1; the peak where it never is. */
export function onsetDayOf(planted: PlantedSeries): number {
  for (let day = planted.startDay; day < planted.peakDay; day++) {
    if (Math.abs(Math.log(planted.multiplier)) * progressOf(planted, day) > Math.log(1.2)) return day
  }
  return planted.peakDay
}
