/**
 * simulate/trends: the two trends that are planted in the demo, so that finding them can be checked.
 *
 * In: the market, a seed and "now".
 * Out: one colour that rises and one article type that fades, and their strength at any instant.
 * Invariant: both are common enough to be measured, and neither was one before it starts.
 */
import type { Market } from './market.ts'
import { seededRandom } from './random.ts'

const DAY_MS = 86_400_000
const STARTED_DAYS_AGO = 14
const RAMP_DAYS = 12
const RISE = 3
const FADE = 0.3
/** Shares of the catalogue a trending value lies between. */
const COMMON = { colour: [0.025, 0.07], type: [0.02, 0.08] } as const

export interface PlantedTrend {
  readonly dimension: 'base_colour' | 'article_type'
  readonly value: string
  readonly kind: 'rising' | 'fading'
  /** ISO 8601 UTC. */
  readonly starts_at: string
  /** When it reaches `multiplier`; it stays there to the end. */
  readonly peak_at: string
  /** Factor on the odds that a product of this value is chosen. */
  readonly multiplier: number
}

export interface Truth {
  readonly seed: number
  readonly trends: readonly PlantedTrend[]
}

export function plantTrends(market: Market, options: { readonly seed: number; readonly nowMs: number }): Truth {
  const random = seededRandom(options.seed, 'trends')
  const starts_at = new Date(options.nowMs - STARTED_DAYS_AGO * DAY_MS).toISOString()
  const peak_at = new Date(options.nowMs - (STARTED_DAYS_AGO - RAMP_DAYS) * DAY_MS).toISOString()
  const colours = commonValues(market.colour, market.words.colour, COMMON.colour)
  const types = commonValues(market.type, market.words.type, COMMON.type)
  return {
    seed: options.seed,
    trends: [
      { dimension: 'base_colour', value: random.pick(colours), kind: 'rising', starts_at, peak_at, multiplier: RISE },
      { dimension: 'article_type', value: random.pick(types), kind: 'fading', starts_at, peak_at, multiplier: FADE },
    ],
  }
}

/** Log factor of a trend at an instant: 0 before it starts, growing evenly to its peak. */
export function trendStrength(trend: PlantedTrend, atMs: number): number {
  const startMs = Date.parse(trend.starts_at)
  const progress = (atMs - startMs) / (Date.parse(trend.peak_at) - startMs)
  return Math.log(trend.multiplier) * Math.min(1, Math.max(0, progress))
}

function commonValues(codes: Uint16Array, words: readonly string[], range: readonly [number, number]): string[] {
  const counts = words.map(() => 0)
  for (const code of codes) counts[code] += 1
  const common = words.filter(
    (word, code) => word !== '' && counts[code] >= range[0] * codes.length && counts[code] <= range[1] * codes.length,
  )
  return common.length > 0 ? common : [words[0]]
}
