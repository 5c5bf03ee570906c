/**
 * simulate/trends: what is planted in a simulated shop, so that finding it can be checked.
 *
 * In: the market, a seed, "now", and how much of a story to tell.
 * Out: the truth: trends, seasons, promotions, days without stock, and what recommendations cause.
 * Invariant: planted values are common enough to be measured; the demo has one colour that rises and one type that fades.
 */
import type { Market } from './market.ts'
import { seededRandom, type Random } from './random.ts'

const DAY_MS = 86_400_000
const YEAR_DAYS = 365.25
const STARTED_DAYS_AGO = 14
const RAMP_DAYS = 12
const RISE = 3
const FADE = 0.3
/** Shares of the catalogue a trending value lies between. */
const COMMON = { colour: [0.025, 0.07], type: [0.02, 0.08] } as const
const STORY_COMMON = [0.004, 0.15] as const

/** Histories this long have seasons, and trends only in what comes after the first year. */
const SEASONED_DAYS = 420
const SEASON_SHARE = 0.4
const QUIET_START_DAYS = 60
const QUIET_END_DAYS = 45
const PROMOTIONS_A_YEAR = 0.5
const PROMOTION_STRENGTH = 0.35
const PROMOTION_DISCOUNT = 0.2
const STOCK_OUTS_A_YEAR = 0.5

type Dimension = 'article_type' | 'base_colour'

export interface PlantedTrend {
  readonly dimension: Dimension
  readonly value: string
  readonly kind: 'rising' | 'fading' | 'spike'
  /** ISO 8601 UTC. */
  readonly starts_at: string
  /** When it reaches `multiplier`. */
  readonly peak_at: string
  /** When it begins to go back, as slowly as it came; null where it stays. */
  readonly ends_at: string | null
  /** Factor on the odds that a product of this value is chosen. */
  readonly multiplier: number
}

export interface PlantedSeason {
  readonly dimension: Dimension
  readonly value: string
  /** Day of the year of most interest. */
  readonly peak_day: number
  /** Log odds between the mean and the peak. */
  readonly strength: number
}

export interface PlantedPromotion {
  readonly article_type: string
  readonly starts_at: string
  readonly ends_at: string
  /** Share of the price that is taken off. */
  readonly discount: number
}

interface StockOut {
  readonly position: number
  readonly from: number
  readonly until: number
}

export interface Truth {
  readonly seed: number
  readonly trends: readonly PlantedTrend[]
  readonly seasons: readonly PlantedSeason[]
  readonly promotions: readonly PlantedPromotion[]
  readonly stockOuts: readonly StockOut[]
  /** How many more orders visitors make who see recommendations chosen for them; 0 where none are shown. */
  readonly recommendation_lift: number
}

export interface StoryOptions {
  /** Length of the clicks' history. */
  readonly days: number
  /** Trends to plant, fewer where the catalogue has fewer common values. */
  readonly trends: number
}

export interface PlantOptions {
  readonly seed: number
  readonly nowMs: number
  readonly story?: StoryOptions
}

export function plantTrends(market: Market, options: PlantOptions): Truth {
  return options.story === undefined ? demoTruth(market, options) : storyTruth(market, options, options.story)
}

function demoTruth(market: Market, options: PlantOptions): Truth {
  const random = seededRandom(options.seed, 'trends')
  const starts_at = new Date(options.nowMs - STARTED_DAYS_AGO * DAY_MS).toISOString()
  const peak_at = new Date(options.nowMs - (STARTED_DAYS_AGO - RAMP_DAYS) * DAY_MS).toISOString()
  const colours = commonValues(market.colour, market.words.colour, COMMON.colour)
  const types = commonValues(market.type, market.words.type, COMMON.type)
  const times = { starts_at, peak_at, ends_at: null }
  return {
    seed: options.seed,
    trends: [
      { dimension: 'base_colour', value: random.pick(colours), kind: 'rising', ...times, multiplier: RISE },
      { dimension: 'article_type', value: random.pick(types), kind: 'fading', ...times, multiplier: FADE },
    ],
    seasons: [],
    promotions: [],
    stockOuts: [],
    recommendation_lift: 0,
  }
}

function storyTruth(market: Market, { seed, nowMs }: PlantOptions, story: StoryOptions): Truth {
  const random = seededRandom(seed, 'story')
  const startMs = nowMs - story.days * DAY_MS
  const years = story.days / YEAR_DAYS
  const values = shuffled(commonPairs(market), random)
  const isSeasoned = story.days >= SEASONED_DAYS
  const quietDays = isSeasoned ? YEAR_DAYS + 30 : Math.min(QUIET_START_DAYS, story.days / 3)
  const room = Math.max(1, story.days - quietDays - QUIET_END_DAYS)
  const trends = values.slice(0, story.trends).map(({ dimension, value }) => {
    const startsMs = startMs + (quietDays + room * random.next()) * DAY_MS
    return { dimension, value, ...drawTrend(startsMs, random) }
  })
  const seasons = isSeasoned
    ? values.slice(story.trends).flatMap(({ dimension, value }): PlantedSeason[] => {
        const strength = 0.2 + 0.4 * random.next()
        return random.chance(SEASON_SHARE) ? [{ dimension, value, peak_day: random.int(365), strength }] : []
      })
    : []
  const promotions = market.words.type.flatMap((article_type) =>
    Array.from({ length: random.poisson(PROMOTIONS_A_YEAR * years) }, (): PlantedPromotion => {
      const from = startMs + story.days * random.next() * DAY_MS
      const until = from + (2 + random.int(4)) * DAY_MS
      return { article_type, starts_at: isoOf(from), ends_at: isoOf(until), discount: PROMOTION_DISCOUNT }
    }),
  )
  const stockOuts = market.products.flatMap((_, position) =>
    Array.from({ length: random.poisson(STOCK_OUTS_A_YEAR * years) }, (): StockOut => {
      const from = startMs + story.days * random.next() * DAY_MS
      return { position, from, until: from + (3 + random.int(12)) * DAY_MS }
    }),
  )
  return { seed, trends, seasons, promotions, stockOuts, recommendation_lift: 0.15 + 0.2 * random.next() }
}

function drawTrend(startsMs: number, random: Random): Omit<PlantedTrend, 'dimension' | 'value'> {
  const draw = random.next()
  const kind = draw < 0.5 ? 'rising' : draw < 0.75 ? 'fading' : 'spike'
  const factor = kind === 'spike' ? 2.5 + 2 * random.next() : 1.6 + 1.4 * random.next()
  const peakMs = startsMs + (kind === 'spike' ? 2 : 28 + random.int(42)) * DAY_MS
  const endsMs = peakMs + (kind === 'spike' ? 5 + random.int(6) : 14 + random.int(42)) * DAY_MS
  return {
    kind,
    starts_at: isoOf(startsMs),
    peak_at: isoOf(peakMs),
    ends_at: isoOf(endsMs),
    multiplier: Math.round((kind === 'fading' ? 1 / factor : factor) * 100) / 100,
  }
}

/** Log odds that the truth adds to a value at an instant. */
export function strengthAt(
  truth: Truth,
  of: { readonly dimension: string; readonly value: string },
  atMs: number,
): number {
  const isMeant = (planted: { readonly dimension: string; readonly value: string }) =>
    planted.dimension === of.dimension && planted.value === of.value
  let strength = 0
  for (const trend of truth.trends) if (isMeant(trend)) strength += trendStrength(trend, atMs)
  for (const season of truth.seasons) if (isMeant(season)) strength += seasonStrength(season, atMs)
  if (of.dimension === 'article_type') {
    for (const promotion of truth.promotions) {
      if (promotion.article_type === of.value && isDuring(promotion, atMs)) strength += PROMOTION_STRENGTH
    }
  }
  return strength
}

/** Part of the price that is left for a type at an instant. */
export function priceFactorAt(truth: Truth, articleType: string, atMs: number): number {
  const promotion = truth.promotions.find((known) => known.article_type === articleType && isDuring(known, atMs))
  return promotion === undefined ? 1 : 1 - promotion.discount
}

/** 0 before it starts, growing evenly to its peak, and back from its end. */
function trendStrength(trend: PlantedTrend, atMs: number): number {
  const startMs = Date.parse(trend.starts_at)
  const rampMs = Date.parse(trend.peak_at) - startMs
  const come = Math.min(1, Math.max(0, (atMs - startMs) / rampMs))
  const gone = trend.ends_at === null ? 0 : Math.max(0, (atMs - Date.parse(trend.ends_at)) / rampMs)
  return Math.log(trend.multiplier) * Math.max(0, come - gone)
}

function seasonStrength(season: PlantedSeason, atMs: number): number {
  const dayOfYear = (atMs - Date.UTC(new Date(atMs).getUTCFullYear(), 0, 1)) / DAY_MS
  return season.strength * Math.cos((2 * Math.PI * (dayOfYear - season.peak_day)) / YEAR_DAYS)
}

function isDuring(span: { readonly starts_at: string; readonly ends_at: string }, atMs: number): boolean {
  return atMs >= Date.parse(span.starts_at) && atMs < Date.parse(span.ends_at)
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}

function commonPairs(market: Market): { readonly dimension: Dimension; readonly value: string }[] {
  return [
    ...commonValues(market.type, market.words.type, STORY_COMMON).map(
      (value) => ({ dimension: 'article_type', value }) as const,
    ),
    ...commonValues(market.colour, market.words.colour, STORY_COMMON).map(
      (value) => ({ dimension: 'base_colour', value }) as const,
    ),
  ]
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const list = [...items]
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.int(i + 1)
    const kept = list[i]
    list[i] = list[j]
    list[j] = kept
  }
  return list
}

function commonValues(codes: Uint16Array, words: readonly string[], range: readonly [number, number]): string[] {
  const counts = words.map(() => 0)
  for (const code of codes) counts[code] += 1
  const common = words.filter(
    (word, code) => word !== '' && counts[code] >= range[0] * codes.length && counts[code] <= range[1] * codes.length,
  )
  return common.length > 0 ? common : [words[0]]
}
