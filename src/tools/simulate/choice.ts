/**
 * simulate/choice: which product a shopper opens next.
 *
 * In: a shopper's tastes, the day's seasons and trends, and the product opened before.
 * Out: the position of a product that is on sale.
 * Invariant: a choice is the best of 16 popular products by taste plus Gumbel noise, which is a sampled logit.
 */
import { seasonFit } from './calendar.ts'
import { RUN_MAXIMUM, type DrawBook } from './draw-book.ts'
import { ROLES, type Market } from './market.ts'
import type { Random } from './random.ts'
import { TASTES, type Shopper, type Taste, type Wardrobe } from './shoppers.ts'
import { priceFactorAt, strengthAt, type Truth } from './trends.ts'

const DAY_MS = 86_400_000
const DRAWS = RUN_MAXIMUM
/** Rounds of draws before falling back to the oldest product, for days with little on sale. */
const ROUNDS_MAXIMUM = 4
const COLOUR_LIKING = 1.1
const USAGE_LIKING = 0.7
const TYPE_LIKING = 1.2
const SECOND_TASTE_SHARE = 0.4
export const PRICE_DISLIKE = 1.6
const NEW_LIKING = 0.7
const NEW_DAYS = 21
const SAME_COLOUR = 0.5
const SOLD_OUT = -1.5
/** Numbers of an offer, padded so that none lies across two lines of the processor's cache. */
const OFFER = 4
/** After a product: another of its type, something to wear with it, or anything. */
const SAME_TYPE_SHARE = 0.45
const OUTFIT_SHARE = 0.25

/** What is worn with what, by role. */
const OUTFITS: Readonly<Record<(typeof ROLES)[number], readonly (typeof ROLES)[number][]>> = {
  top: ['bottom', 'shoes', 'accessory'],
  bottom: ['top', 'shoes', 'accessory'],
  dress: ['shoes', 'bag', 'accessory'],
  shoes: ['bottom', 'bag', 'top'],
  bag: ['shoes', 'accessory', 'dress'],
  accessory: ['accessory', 'bag', 'top'],
  intimate: ['intimate', 'intimate', 'bottom'],
  care: ['care', 'care', 'accessory'],
}

/** Log weights of the gender words of a product, by wardrobe. */
const GENDER_FIT: Readonly<Record<Wardrobe, Readonly<Record<string, number>>>> = {
  men: { Men: 0, Unisex: -0.2, Women: -4, Boys: -4, Girls: -5 },
  women: { Women: 0, Unisex: -0.2, Men: -3.5, Girls: -4, Boys: -5 },
  'men and boys': { Men: 0, Unisex: -0.2, Boys: 1, Women: -4, Girls: -3 },
  'women and girls': { Women: 0, Unisex: -0.2, Girls: 1, Boys: -3, Men: -3.5 },
}

const WARDROBES = Object.keys(GENDER_FIT)

/** Log odds by rank of the product: one row for each two tastes and wardrobe, made when first asked for. */
type Likings = (shopper: Shopper) => Float32Array

export function makeLikings(market: Market): Likings {
  const rows: (Float32Array | undefined)[] = []
  return (shopper) => {
    const pair = shopper.taste * TASTES.length + shopper.secondTaste
    return (rows[pair * WARDROBES.length + WARDROBES.indexOf(shopper.wardrobe)] ??= likingsRow(market, shopper))
  }
}

function likingsRow(market: Market, shopper: Shopper): Float32Array {
  const first = TASTES[shopper.taste]
  const second = TASTES[shopper.secondTaste]
  const { colour, type, usage, gender } = market.words
  const table = (words: readonly string[], liked: (taste: Taste) => readonly string[], strength: number) =>
    words.map((word) => {
      const one = liked(first).includes(word) ? strength : 0
      return one + (liked(second).includes(word) ? SECOND_TASTE_SHARE * strength : 0)
    })
  const byColour = table(colour, (taste) => taste.colours, COLOUR_LIKING)
  const byType = table(type, (taste) => taste.types, TYPE_LIKING)
  const byUsage = table(usage, (taste) => taste.usages, USAGE_LIKING)
  const byGender = gender.map((word) => GENDER_FIT[shopper.wardrobe][word] ?? 0)
  return Float32Array.from(
    market.byFame,
    (position) =>
      byType[market.type[position]] +
      byColour[market.colour[position]] +
      byUsage[market.usage[position]] +
      byGender[market.gender[position]],
  )
}

/** What holds for everybody on one day. */
export interface Mood {
  readonly atMs: number
  /** Log odds by article type that a trend adds. */
  readonly type: Float64Array
  /**
   * By rank of the product, side by side since they are looked at together: log odds (season, trends, promotions, novelty, stock;
   * -Infinity before its launch), level of the price, code of the colour.
   */
  readonly offers: Float32Array
  /** Part of the price that is left, by article type. */
  readonly priceFactor: Float64Array
}

export function moodAt(market: Market, truth: Truth, atMs: number): Mood {
  const strengthOf = (dimension: string, words: readonly string[]) =>
    Float64Array.from(words, (word) => strengthAt(truth, { dimension, value: word }, atMs))
  const season = Float64Array.from(market.words.season, (word) => seasonFit(word, atMs))
  const colour = strengthOf('base_colour', market.words.colour)
  const type = strengthOf('article_type', market.words.type)
  const oddsOf = (position: number) => {
    const code = market.type[position]
    const ageDays = (atMs - market.launchedMs[position]) / DAY_MS
    if (ageDays < 0) return -Infinity
    return (
      season[market.season[position]] +
      colour[market.colour[position]] +
      type[code] +
      (ageDays < NEW_DAYS ? NEW_LIKING * (1 - ageDays / NEW_DAYS) : 0) +
      (market.buyable[position] === 0 ? SOLD_OUT : 0)
    )
  }
  const offers = new Float32Array(OFFER * market.products.length)
  for (const [rank, position] of market.byFame.entries()) {
    offers.set([oddsOf(position), market.priceLevel[position], market.colour[position]], OFFER * rank)
  }
  for (const { position, from, until } of truth.stockOuts) {
    if (atMs >= from && atMs < until) offers[OFFER * market.fame[position]] += SOLD_OUT
  }
  const priceFactor = Float64Array.from(market.words.type, (word) => priceFactorAt(truth, word, atMs))
  return { atMs, type, offers, priceFactor }
}

export interface Chooser {
  /** @param before position of the product opened before, or -1 */
  choose(shopper: Shopper, mood: Mood, before: number, random: Random): number
  /** How much a shopper likes a product, in log odds, without noise. */
  appeal(shopper: Shopper, mood: Mood, position: number): number
}

export function makeChooser(market: Market, likings: Likings): Chooser {
  const wishOf = (shopper: Shopper, mood: Mood, before: number): Wish => ({
    likings: likings(shopper),
    budgetLevel: shopper.budgetLevel,
    offers: mood.offers,
    colour: before < 0 ? -1 : market.colour[before],
  })
  const { noise } = market
  return {
    appeal: (shopper, mood, position) => scoreOf(wishOf(shopper, mood, -1), market.fame[position]),
    choose(shopper, mood, before, random) {
      const { items, places } = before < 0 ? market.any : nextBook(market, mood, before, random)
      const wish = wishOf(shopper, mood, before)
      const seen = before < 0 ? -1 : market.fame[before]
      let best = -1
      let bestScore = -Infinity
      for (let round = 0; round < ROUNDS_MAXIMUM && best < 0; round++) {
        const from = random.bits() & (places - 1)
        const noiseFrom = random.bits() & (noise.places - 1)
        for (let draw = 0; draw < DRAWS; draw++) {
          const rank = items[from + draw]
          if (rank === seen) continue
          const score = scoreOf(wish, rank) + noise.values[noiseFrom + draw]
          if (score > bestScore) {
            bestScore = score
            best = rank
          }
        }
      }
      return best < 0 ? market.oldest : market.byFame[best]
    },
  }
}

function nextBook(market: Market, mood: Mood, before: number, random: Random): DrawBook {
  const mind = random.next()
  // Who looks at something that goes out of fashion is soon done with it.
  const interest = Math.min(1, Math.exp(mood.type[market.type[before]]))
  if (mind < SAME_TYPE_SHARE * interest) return market.byType[market.type[before]]
  if (mind < SAME_TYPE_SHARE || mind > SAME_TYPE_SHARE + OUTFIT_SHARE) return market.any
  const role = random.pick(OUTFITS[ROLES[market.role[before]]])
  return market.byRole[ROLES.indexOf(role)] ?? market.any
}

interface Wish {
  readonly likings: Float32Array
  readonly budgetLevel: number
  readonly offers: Float32Array
  /** Colour of the product before, or -1. */
  readonly colour: number
}

function scoreOf({ likings, budgetLevel, offers, colour }: Wish, rank: number): number {
  const at = OFFER * rank
  return (
    likings[rank] +
    offers[at] -
    PRICE_DISLIKE * Math.abs(offers[at + 1] - budgetLevel) +
    (offers[at + 2] === colour ? SAME_COLOUR : 0)
  )
}
