/**
 * simulate/market: the catalogue as flat columns, for choosing quickly.
 *
 * In: products and a seed.
 * Out: codes and prices by product position, a popularity of each product, and books of draws by popularity.
 * Invariant: positions are those of the products given.
 */
import { isBuyable, type Product } from '../../parts/event/product.ts'
import { FAMOUS_PRODUCT_ID } from './catalogue.ts'
import { drawBook, drawFrom, gumbelBook, type DrawBook, type NoiseBook } from './draw-book.ts'
import { minorOf } from './money.ts'
import { seededRandom, type Random } from './random.ts'

/** What a product is in an outfit. */
export const ROLES = ['top', 'bottom', 'dress', 'shoes', 'bag', 'accessory', 'intimate', 'care'] as const
type Role = (typeof ROLES)[number]

/** Spread of popularity: with 1.6 the top tenth of products draws about two thirds of all views. */
const POPULARITY_SIGMA = 1.6

export interface Market {
  readonly products: readonly Product[]
  readonly priceMinor: Int32Array
  /** Price against others of its type, in log units, 0 for the type's middle. */
  readonly priceLevel: Float32Array
  readonly launchedMs: Float64Array
  readonly buyable: Uint8Array
  readonly type: Uint16Array
  readonly colour: Uint16Array
  readonly season: Uint16Array
  readonly usage: Uint16Array
  readonly gender: Uint16Array
  readonly role: Uint8Array
  readonly words: MarketWords
  /**
   * Positions by popularity, and the rank of each position. What is looked at to choose is kept by rank, so that the few
   * products that are drawn most lie side by side.
   */
  readonly byFame: Uint32Array
  readonly fame: Uint32Array
  /** Ranks drawn by popularity: of all, of a type, or of a role (null where there are none). */
  readonly any: DrawBook
  readonly byType: readonly DrawBook[]
  readonly byRole: readonly (DrawBook | null)[]
  /** What makes choices differ that have the same reasons. */
  readonly noise: NoiseBook
  /** The oldest product, for days when little was on sale. */
  readonly oldest: number
}

/** The words behind the codes. */
interface MarketWords {
  readonly type: readonly string[]
  readonly colour: readonly string[]
  readonly season: readonly string[]
  readonly usage: readonly string[]
  readonly gender: readonly string[]
}

/** @param products at least one */
export function makeMarket(products: readonly Product[], seed: number): Market {
  const type = codesOf(products, (product) => product.article_type)
  const colour = codesOf(products, (product) => product.base_colour)
  const season = codesOf(products, (product) => product.season)
  const usage = codesOf(products, (product) => product.usage)
  const gender = codesOf(products, (product) => product.gender)
  const popularity = drawPopularity(products, seed)
  const byFame = Uint32Array.from(popularity.keys()).sort((a, b) => popularity[b] - popularity[a])
  const fame = new Uint32Array(products.length)
  for (const [rank, position] of byFame.entries()) fame[position] = rank
  const drawing = { popularity, byFame, random: seededRandom(seed, 'books') }
  const role = Uint8Array.from(products, (product) => ROLES.indexOf(roleOf(product)))
  const launchedMs = Float64Array.from(products, (product) => Date.parse(product.launched_at ?? '') || 0)
  const priceMinor = Int32Array.from(products, (product) => minorOf(product.price ?? '0'))
  return {
    products,
    priceMinor,
    priceLevel: priceLevelsOf(priceMinor, type.codes, type.words.length),
    launchedMs,
    buyable: Uint8Array.from(products, (product) => Number(isBuyable(product))),
    type: type.codes,
    colour: colour.codes,
    season: season.codes,
    usage: usage.codes,
    gender: gender.codes,
    role,
    words: {
      type: type.words,
      colour: colour.words,
      season: season.words,
      usage: usage.words,
      gender: gender.words,
    },
    byFame,
    fame,
    any: bookOf(new Uint8Array(products.length), 0, drawing)!,
    byType: type.words.map((_, code) => bookOf(type.codes, code, drawing)!),
    byRole: ROLES.map((_, code) => bookOf(role, code, drawing)),
    noise: gumbelBook(drawing.random),
    oldest: launchedMs.indexOf(launchedMs.reduce((least, ms) => Math.min(least, ms), Infinity)),
  }
}

function codesOf(products: readonly Product[], read: (product: Product) => string | null) {
  const known = new Map<string, number>()
  const codes = Uint16Array.from(products, (product) => {
    const word = read(product) ?? ''
    const code = known.get(word) ?? known.size
    known.set(word, code)
    return code
  })
  return { codes, words: [...known.keys()] }
}

function drawPopularity(products: readonly Product[], seed: number): Float64Array {
  const random = seededRandom(seed, 'popularity')
  return Float64Array.from(products, (product) => {
    const drawn = Math.exp(POPULARITY_SIGMA * random.normal())
    return product.id === FAMOUS_PRODUCT_ID ? Math.max(drawn, 12) : drawn
  })
}

/** A product drawn by its popularity. */
export function pickAny({ any, byFame }: Market, random: Random): number {
  return byFame[drawFrom(any, random)]
}

interface Drawing {
  readonly popularity: Float64Array
  readonly byFame: Uint32Array
  readonly random: Random
}

/** The products that have a code among `codes`; null where none has. */
function bookOf(codes: ArrayLike<number>, code: number, { popularity, byFame, random }: Drawing): DrawBook | null {
  const ranks = [...byFame.keys()].filter((rank) => codes[byFame[rank]] === code)
  const weights = ranks.map((rank) => popularity[byFame[rank]])
  return ranks.length === 0 ? null : drawBook(ranks, weights, random)
}

function priceLevelsOf(priceMinor: Int32Array, types: Uint16Array, typeCount: number): Float32Array {
  const sums = new Float64Array(typeCount)
  const counts = new Float64Array(typeCount)
  const logs = Float64Array.from(priceMinor, (price) => Math.log(Math.max(1, price)))
  logs.forEach((log, i) => {
    sums[types[i]] += log
    counts[types[i]] += 1
  })
  return Float32Array.from(logs, (log, i) => log - sums[types[i]] / counts[types[i]])
}

function roleOf(product: Product): Role {
  const sub = product.sub_category ?? ''
  if (product.master_category === 'Footwear') return 'shoes'
  if (product.master_category === 'Personal Care') return 'care'
  if (sub === 'Bags' || sub === 'Wallets') return 'bag'
  if (product.master_category !== 'Apparel') return 'accessory'
  if (sub === 'Topwear') return 'top'
  if (sub === 'Bottomwear') return 'bottom'
  return sub === 'Innerwear' || sub.startsWith('Loungewear') || sub === 'Socks' ? 'intimate' : 'dress'
}
