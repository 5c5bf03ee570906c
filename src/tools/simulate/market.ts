/**
 * simulate/market: the catalogue as flat columns, for choosing quickly.
 *
 * In: products and a seed.
 * Out: codes and prices by product position, a popularity of each product, and pickers by popularity.
 * Invariant: positions are those of the products given.
 */
import { isBuyable, type Product } from '../../parts/event/product.ts'
import { FAMOUS_PRODUCT_ID } from './catalogue.ts'
import { minorOf } from './money.ts'
import { seededRandom, weightedPick, type WeightedPick } from './random.ts'

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
  readonly pickAny: WeightedPick
  readonly byType: readonly Picker[]
  readonly byRole: readonly (Picker | null)[]
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

export interface Picker {
  readonly positions: readonly number[]
  readonly pick: WeightedPick
}

/** @param products at least one */
export function makeMarket(products: readonly Product[], seed: number): Market {
  const type = codesOf(products, (product) => product.article_type)
  const colour = codesOf(products, (product) => product.base_colour)
  const season = codesOf(products, (product) => product.season)
  const usage = codesOf(products, (product) => product.usage)
  const gender = codesOf(products, (product) => product.gender)
  const popularity = drawPopularity(products, seed)
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
    pickAny: weightedPick(popularity),
    byType: type.words.map((_, code) => pickerOf(type.codes, code, popularity)!),
    byRole: ROLES.map((_, code) => pickerOf(role, code, popularity)),
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

function pickerOf(codes: ArrayLike<number>, code: number, popularity: Float64Array): Picker | null {
  const positions: number[] = []
  for (let i = 0; i < codes.length; i++) if (codes[i] === code) positions.push(i)
  if (positions.length === 0) return null
  return { positions, pick: weightedPick(positions.map((position) => popularity[position])) }
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
