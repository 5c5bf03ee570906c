/**
 * simulate/choice: which product a shopper opens next.
 *
 * In: a shopper's tastes, the day's seasons and trends, and the product opened before.
 * Out: the position of a product that is on sale.
 * Invariant: a choice is the best of 16 popular products by taste plus Gumbel noise, which is a sampled logit.
 */
import { seasonFit } from './calendar.ts'
import { ROLES, type Market, type Picker } from './market.ts'
import type { Random } from './random.ts'
import { TASTES, type Shopper, type Taste, type Wardrobe } from './shoppers.ts'
import { priceFactorAt, strengthAt, type Truth } from './trends.ts'

const DAY_MS = 86_400_000
const DRAWS = 16
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

/** Log odds by product: one row a pair of tastes (first × 8 + second), made when first asked for, and one a wardrobe. */
export interface Likings {
  taste(pair: number): Float32Array
  readonly gender: Readonly<Record<Wardrobe, Float32Array>>
}

export function makeLikings(market: Market): Likings {
  const rows: (Float32Array | undefined)[] = []
  const gender = (wardrobe: Wardrobe) =>
    Float32Array.from(market.gender, (code) => GENDER_FIT[wardrobe][market.words.gender[code]] ?? 0)
  return {
    taste: (pair) => (rows[pair] ??= tasteRow(market, pair)),
    gender: {
      men: gender('men'),
      women: gender('women'),
      'men and boys': gender('men and boys'),
      'women and girls': gender('women and girls'),
    },
  }
}

function tasteRow(market: Market, pair: number): Float32Array {
  const first = TASTES[Math.floor(pair / TASTES.length)]
  const second = TASTES[pair % TASTES.length]
  const { colour, type, usage } = market.words
  const table = (words: readonly string[], liked: (taste: Taste) => readonly string[], strength: number) =>
    words.map((word) => {
      const one = liked(first).includes(word) ? strength : 0
      return one + (liked(second).includes(word) ? SECOND_TASTE_SHARE * strength : 0)
    })
  const byColour = table(colour, (taste) => taste.colours, COLOUR_LIKING)
  const byType = table(type, (taste) => taste.types, TYPE_LIKING)
  const byUsage = table(usage, (taste) => taste.usages, USAGE_LIKING)
  return Float32Array.from(
    market.type,
    (code, position) => byType[code] + byColour[market.colour[position]] + byUsage[market.usage[position]],
  )
}

/** What holds for everybody on one day. */
export interface Mood {
  readonly atMs: number
  /** Log odds by article type that a trend adds. */
  readonly type: Float64Array
  /** Log odds by product: season, trends, promotions, novelty, stock; -Infinity before its launch. */
  readonly product: Float32Array
  /** Part of the price that is left, by article type. */
  readonly priceFactor: Float64Array
}

export function moodAt(market: Market, truth: Truth, atMs: number): Mood {
  const strengthOf = (dimension: string, words: readonly string[]) =>
    Float64Array.from(words, (word) => strengthAt(truth, { dimension, value: word }, atMs))
  const season = Float64Array.from(market.words.season, (word) => seasonFit(word, atMs))
  const colour = strengthOf('base_colour', market.words.colour)
  const type = strengthOf('article_type', market.words.type)
  const product = Float32Array.from(market.type, (code, position) => {
    const ageDays = (atMs - market.launchedMs[position]) / DAY_MS
    if (ageDays < 0) return -Infinity
    return (
      season[market.season[position]] +
      colour[market.colour[position]] +
      type[code] +
      (ageDays < NEW_DAYS ? NEW_LIKING * (1 - ageDays / NEW_DAYS) : 0) +
      (market.buyable[position] === 0 ? SOLD_OUT : 0)
    )
  })
  for (const { position, from, until } of truth.stockOuts) {
    if (atMs >= from && atMs < until) product[position] += SOLD_OUT
  }
  const priceFactor = Float64Array.from(market.words.type, (word) => priceFactorAt(truth, word, atMs))
  return { atMs, type, product, priceFactor }
}

export interface Chooser {
  /** @param before position of the product opened before, or -1 */
  choose(shopper: Shopper, mood: Mood, before: number, random: Random): number
  /** How much a shopper likes a product, in log odds, without noise. */
  appeal(shopper: Shopper, mood: Mood, position: number): number
}

export function makeChooser(market: Market, likings: Likings): Chooser {
  const wishOf = (shopper: Shopper, mood: Mood, before: number): Wish => ({
    taste: likings.taste(shopper.taste * TASTES.length + shopper.secondTaste),
    gender: likings.gender[shopper.wardrobe],
    budgetLevel: shopper.budgetLevel,
    mood,
    colour: before < 0 ? -1 : market.colour[before],
  })
  return {
    appeal: (shopper, mood, position) => scoreOf(market, wishOf(shopper, mood, -1), position),
    choose(shopper, mood, before, random) {
      const picker = before < 0 ? null : nextPicker(market, mood, before, random)
      const wish = wishOf(shopper, mood, before)
      let best = -1
      let bestScore = -Infinity
      for (let round = 0; round < ROUNDS_MAXIMUM && best < 0; round++) {
        for (let draw = 0; draw < DRAWS; draw++) {
          const position = picker === null ? market.pickAny(random) : picker.positions[picker.pick(random)]
          if (position === before) continue
          const score = scoreOf(market, wish, position) + random.gumbel()
          if (score > bestScore) {
            bestScore = score
            best = position
          }
        }
      }
      return best < 0 ? market.oldest : best
    },
  }
}

function nextPicker(market: Market, mood: Mood, before: number, random: Random): Picker | null {
  const mind = random.next()
  // Who looks at something that goes out of fashion is soon done with it.
  const interest = Math.min(1, Math.exp(mood.type[market.type[before]]))
  if (mind < SAME_TYPE_SHARE) return mind < SAME_TYPE_SHARE * interest ? market.byType[market.type[before]] : null
  if (mind > SAME_TYPE_SHARE + OUTFIT_SHARE) return null
  const role = random.pick(OUTFITS[ROLES[market.role[before]]])
  return market.byRole[ROLES.indexOf(role)]
}

interface Wish {
  readonly taste: Float32Array
  readonly gender: Float32Array
  readonly budgetLevel: number
  readonly mood: Mood
  /** Colour of the product before, or -1. */
  readonly colour: number
}

function scoreOf(market: Market, wish: Wish, position: number): number {
  return (
    wish.taste[position] +
    wish.gender[position] +
    wish.mood.product[position] -
    PRICE_DISLIKE * Math.abs(market.priceLevel[position] - wish.budgetLevel) +
    (market.colour[position] === wish.colour ? SAME_COLOUR : 0)
  )
}
