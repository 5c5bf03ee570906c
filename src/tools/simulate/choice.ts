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
import { trendStrength, type Truth } from './trends.ts'

const DAY_MS = 86_400_000
const DRAWS = 16
/** Rounds of draws before falling back to the oldest product, for days with little on sale. */
const ROUNDS_MAXIMUM = 4
const COLOUR_LIKING = 1.1
const USAGE_LIKING = 0.7
const TYPE_LIKING = 1.2
const SECOND_TASTE_SHARE = 0.4
const PRICE_DISLIKE = 1.6
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

/** Tables by code, one row a pair of tastes (first × 8 + second) or a wardrobe. */
export interface Likings {
  readonly colour: readonly Float64Array[]
  readonly type: readonly Float64Array[]
  readonly usage: readonly Float64Array[]
  readonly gender: Readonly<Record<Wardrobe, Float64Array>>
}

export function makeLikings(market: Market): Likings {
  const pairs = TASTES.flatMap((first) => TASTES.map((second) => [first, second] as const))
  const table = (words: readonly string[], liked: (taste: Taste) => readonly string[], strength: number) =>
    pairs.map(([first, second]) =>
      Float64Array.from(words, (word) => {
        const one = liked(first).includes(word) ? strength : 0
        return one + (liked(second).includes(word) ? SECOND_TASTE_SHARE * strength : 0)
      }),
    )
  const gender = (wardrobe: Wardrobe) =>
    Float64Array.from(market.words.gender, (word) => GENDER_FIT[wardrobe][word] ?? 0)
  return {
    colour: table(market.words.colour, (taste) => taste.colours, COLOUR_LIKING),
    type: table(market.words.type, (taste) => taste.types, TYPE_LIKING),
    usage: table(market.words.usage, (taste) => taste.usages, USAGE_LIKING),
    gender: {
      men: gender('men'),
      women: gender('women'),
      'men and boys': gender('men and boys'),
      'women and girls': gender('women and girls'),
    },
  }
}

/** What holds for everybody on one day. */
export interface Mood {
  readonly atMs: number
  readonly season: Float64Array
  readonly colour: Float64Array
  readonly type: Float64Array
}

export function moodAt(market: Market, truth: Truth, atMs: number): Mood {
  const strengthOf = (dimension: string, words: readonly string[]) =>
    Float64Array.from(words, (word) => {
      const trend = truth.trends.find((planted) => planted.dimension === dimension && planted.value === word)
      return trend === undefined ? 0 : trendStrength(trend, atMs)
    })
  return {
    atMs,
    season: Float64Array.from(market.words.season, (word) => seasonFit(word, atMs)),
    colour: strengthOf('base_colour', market.words.colour),
    type: strengthOf('article_type', market.words.type),
  }
}

export interface Chooser {
  /** @param before position of the product opened before, or -1 */
  choose(shopper: Shopper, mood: Mood, before: number, random: Random): number
  /** How much a shopper likes a product, in log odds, without noise. */
  appeal(shopper: Shopper, mood: Mood, position: number): number
}

export function makeChooser(market: Market, likings: Likings): Chooser {
  const pairOf = (shopper: Shopper) => shopper.taste * TASTES.length + shopper.secondTaste
  return {
    appeal: (shopper, mood, position) =>
      scoreOf(market, likings, { pair: pairOf(shopper), shopper, mood, before: -1 }, position),
    choose(shopper, mood, before, random) {
      const picker = before < 0 ? null : nextPicker(market, mood, before, random)
      const wish = { pair: pairOf(shopper), shopper, mood, before }
      let best = -1
      let bestScore = -Infinity
      for (let round = 0; round < ROUNDS_MAXIMUM && best < 0; round++) {
        for (let draw = 0; draw < DRAWS; draw++) {
          const position = picker === null ? market.pickAny(random) : picker.positions[picker.pick(random)]
          if (position === before || market.launchedMs[position] > mood.atMs) continue
          const score = scoreOf(market, likings, wish, position) + random.gumbel()
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
  readonly pair: number
  readonly shopper: Shopper
  readonly mood: Mood
  readonly before: number
}

function scoreOf(market: Market, likings: Likings, wish: Wish, position: number): number {
  const { pair, shopper, mood, before } = wish
  const colour = market.colour[position]
  const type = market.type[position]
  const ageDays = (mood.atMs - market.launchedMs[position]) / DAY_MS
  return (
    likings.colour[pair][colour] +
    likings.type[pair][type] +
    likings.usage[pair][market.usage[position]] +
    likings.gender[shopper.wardrobe][market.gender[position]] -
    PRICE_DISLIKE * Math.abs(market.priceLevel[position] - shopper.budgetLevel) +
    mood.season[market.season[position]] +
    mood.colour[colour] +
    mood.type[type] +
    (ageDays < NEW_DAYS ? NEW_LIKING * (1 - ageDays / NEW_DAYS) : 0) +
    (before >= 0 && market.colour[before] === colour ? SAME_COLOUR : 0) +
    (market.buyable[position] === 0 ? SOLD_OUT : 0)
  )
}
