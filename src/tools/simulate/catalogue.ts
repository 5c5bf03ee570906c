/**
 * simulate/catalogue: the products of the demo shop, or a real catalogue completed.
 *
 * In: a seed and the demo's "now"; or products that lack prices, sizes and dates.
 * Out: products with price, sizes with stock, and launch dates over the past 24 months.
 * Invariant: same arguments, same products; the demo always sells 15970, a navy blue casual shirt for men.
 */
import type { Product, ProductVariant } from '../../parts/event/product.ts'
import { decimalOf, minorOf } from './money.ts'
import { drawStyle, productName, type Style } from './names.ts'
import { seededRandom, weightedPick, type Random } from './random.ts'
import { ARTICLE_TYPES, COLOURS, GENDERS, SEASONS, USAGES, type ArticleType, type SizeFamily } from './vocabulary.ts'

const DAY_MS = 86_400_000
export const HISTORY_DAYS = 730
const DEMO_PRODUCTS = 2000
/** No catalogue of the demo is larger. */
const PRODUCTS_MAXIMUM = 200_000

const FIRST_ID = 14_001
export const FAMOUS_PRODUCT_ID = '15970'
const FAMOUS_AGE_DAYS = 420

/** Share of products that are another colour of the product before them. */
const COLOURWAY_SHARE = 0.22
const PRICE_SIGMA = 0.34
const REDUCED_SHARE = 0.18
const HIDDEN_SHARE = 0.01
const SOLD_OUT_SHARE = 0.015
const SIZE_SOLD_OUT_SHARE = 0.06
const MEAN_STOCK = 24
/** Above 1, more of the range is old than new. */
const LAUNCH_SKEW = 1.7
const UNKNOWN_TYPE_PRICE_MINOR = 2900

const SIZES: Readonly<Record<SizeFamily, readonly string[]>> = {
  A: ['XS', 'S', 'M', 'L', 'XL'],
  W: ['28', '30', '32', '34', '36'],
  S: ['37', '38', '39', '40', '41', '42', '43', '44'],
  O: ['One size'],
}
const CHILDRENS_SIZES: readonly string[] = ['104', '116', '128', '140']

export interface CatalogueOptions {
  readonly seed: number
  readonly nowMs: number
  readonly currency?: string
}

/** @param options.count products, 1 to PRODUCTS_MAXIMUM; 2,000 where absent */
export function demoCatalogue(options: CatalogueOptions & { readonly count?: number }): Product[] {
  const count = Math.min(options.count ?? DEMO_PRODUCTS, PRODUCTS_MAXIMUM)
  const random = seededRandom(options.seed, 'catalogue')
  const pickers = makePickers()
  const famous = Math.min(Number(FAMOUS_PRODUCT_ID) - FIRST_ID, count - 1)
  const products: Product[] = []
  for (let i = 0; i < count; i++) {
    const id = i === famous ? FAMOUS_PRODUCT_ID : String(FIRST_ID + i)
    const before = products.at(-1)
    if (i === famous) products.push(famousProduct(options, random))
    else if (before !== undefined && before.id !== FAMOUS_PRODUCT_ID && random.chance(COLOURWAY_SHARE))
      products.push(colourwayOf(before, id, random, pickers))
    else products.push(newProduct(id, options, random, pickers))
  }
  return products
}

/** Completes a given catalogue: what a product already says is kept. */
export function fromCatalogue(given: readonly Product[], options: CatalogueOptions): Product[] {
  const types = new Map(ARTICLE_TYPES.map((type) => [type.name, type]))
  return given.map((product) => {
    const random = seededRandom(options.seed, 'complete', product.id)
    const type = types.get(product.article_type ?? '')
    const priceMinor =
      product.price === null
        ? drawPrice(type?.medianPriceMinor ?? UNKNOWN_TYPE_PRICE_MINOR, random)
        : minorOf(product.price)
    const sizes = sizesOf(type?.sizes ?? 'O', product.gender)
    return {
      ...product,
      price: decimalOf(priceMinor),
      currency: product.currency ?? options.currency ?? 'EUR',
      variants: product.variants.length > 0 ? product.variants : drawVariants(product.id, sizes, random),
      launched_at: product.launched_at ?? drawLaunch(options.nowMs, random),
    }
  })
}

interface TypePickers {
  readonly gender: (random: Random) => number
  readonly usage: (random: Random) => number
  readonly season: (random: Random) => number
  readonly colour: (random: Random) => number
}

interface Pickers {
  readonly type: (random: Random) => number
  readonly within: readonly TypePickers[]
  readonly typeOf: ReadonlyMap<string, number>
}

function makePickers(): Pickers {
  return {
    type: weightedPick(ARTICLE_TYPES.map((type) => type.weight)),
    within: ARTICLE_TYPES.map((type) => ({
      gender: weightedPick(type.genders),
      usage: weightedPick(type.usages),
      season: weightedPick(type.seasons),
      colour: weightedPick(type.colours),
    })),
    typeOf: new Map(ARTICLE_TYPES.map((type, code) => [type.name, code])),
  }
}

function newProduct(id: string, options: CatalogueOptions, random: Random, pickers: Pickers): Product {
  const code = pickers.type(random)
  const within = pickers.within[code]
  return assemble(ARTICLE_TYPES[code], options, random, {
    id,
    gender: GENDERS[within.gender(random)],
    usage: USAGES[within.usage(random)],
    season: SEASONS[within.season(random)],
    colour: COLOURS[within.colour(random)],
    launchedAt: drawLaunch(options.nowMs, random),
    style: drawStyle(ARTICLE_TYPES[code], random),
  })
}

function famousProduct(options: CatalogueOptions, random: Random): Product {
  const shirts = ARTICLE_TYPES.find((type) => type.name === 'Shirts')!
  const product = assemble(shirts, options, random, {
    id: FAMOUS_PRODUCT_ID,
    gender: 'Men',
    usage: 'Casual',
    season: 'Fall',
    colour: 'Navy Blue',
    launchedAt: morningOf(options.nowMs - FAMOUS_AGE_DAYS * DAY_MS),
    style: { brand: 'Fennmoor', word: 'Checked', pattern: 'checked' },
  })
  const variants = product.variants.map((variant) => ({ ...variant, stock: 60 }))
  return { ...product, price: '39.90', list_price: null, available: true, variants }
}

interface Traits {
  readonly id: string
  readonly gender: string
  readonly usage: string
  readonly season: string
  readonly colour: string
  readonly launchedAt: string
  readonly style: Style
}

function assemble(type: ArticleType, options: CatalogueOptions, random: Random, traits: Traits): Product {
  const price = drawPrice(type.medianPriceMinor, random)
  const listPrice = random.chance(REDUCED_SHARE) ? charmPrice(price * (1.2 + 0.4 * random.next())) : null
  return {
    id: traits.id,
    gender: traits.gender,
    master_category: type.masterCategory,
    sub_category: type.subCategory,
    article_type: type.name,
    base_colour: traits.colour,
    season: traits.season,
    year: new Date(traits.launchedAt).getUTCFullYear(),
    usage: traits.usage,
    product_display_name: productName(traits.style, traits.colour, type.name),
    price: decimalOf(price),
    list_price: listPrice === null || listPrice <= price ? null : decimalOf(listPrice),
    currency: options.currency ?? 'EUR',
    style_id: traits.id,
    variants: drawVariants(traits.id, sizesOf(type.sizes, traits.gender), random),
    brand: traits.style.brand,
    url: `/products/${traits.id}`,
    image_url: null,
    available: !random.chance(HIDDEN_SHARE),
    launched_at: traits.launchedAt,
    attributes: { pattern: traits.style.pattern, style: traits.style.word },
  }
}

function colourwayOf(base: Product, id: string, random: Random, pickers: Pickers): Product {
  const within = pickers.within[pickers.typeOf.get(base.article_type!)!]
  const drawn = COLOURS[within.colour(random)]
  const colour = drawn === base.base_colour ? COLOURS[(COLOURS.indexOf(drawn) + 1) % 10] : drawn
  const style = { brand: base.brand!, word: base.attributes.style, pattern: base.attributes.pattern }
  const sizes = base.variants.map((variant) => variant.size!)
  return {
    ...base,
    id,
    base_colour: colour,
    product_display_name: productName(style, colour, base.article_type!),
    variants: drawVariants(id, sizes, random),
    url: `/products/${id}`,
  }
}

function sizesOf(family: SizeFamily, gender: string | null): readonly string[] {
  return family !== 'O' && (gender === 'Boys' || gender === 'Girls') ? CHILDRENS_SIZES : SIZES[family]
}

function drawVariants(productId: string, sizes: readonly string[], random: Random): ProductVariant[] {
  const soldOut = random.chance(SOLD_OUT_SHARE)
  return sizes.map((size) => ({
    variant_id: sizes.length === 1 ? productId : `${productId}-${size}`,
    size,
    stock: soldOut || random.chance(SIZE_SOLD_OUT_SHARE) ? 0 : 1 + Math.floor(random.exponential(MEAN_STOCK)),
    price: null,
  }))
}

function drawPrice(medianMinor: number, random: Random): number {
  return charmPrice(medianMinor * Math.exp(PRICE_SIGMA * random.normal()))
}

/** Rounds to a price a shop would write: 7.90, 24.90, 129.00. */
function charmPrice(minor: number): number {
  if (minor >= 10_000) return Math.round(minor / 500) * 500 - 100
  return Math.max(1, Math.round(minor / 100)) * 100 - 10
}

function drawLaunch(nowMs: number, random: Random): string {
  return morningOf(nowMs - HISTORY_DAYS * (1 - random.next() ** LAUNCH_SKEW) * DAY_MS)
}

/** 08:00 UTC of the day before, so that no launch lies in the future. */
function morningOf(ms: number): string {
  return new Date(Math.floor(ms / DAY_MS - 1) * DAY_MS + 8 * 3_600_000).toISOString()
}
