/**
 * model/state/catalogue: what the shop says of its products, as codes.
 *
 * In: products as the shop has them, new or changed.
 * Out: per item one code a dimension, and for the type dimensions the items of each code.
 * Invariant: the items of a code are in rising order, so nothing depends on the order of changes.
 */
import { grown } from './arrays.ts'
import { internItem, type Items } from './items.ts'

export interface ProductFacts {
  readonly productId: string
  readonly styleId: string
  readonly gender: string | null
  readonly articleType: string | null
  readonly subCategory: string | null
  readonly masterCategory: string | null
  readonly baseColour: string | null
  readonly season: string | null
  readonly usage: string | null
  /** Minor units of the shop's currency; null where unknown. */
  readonly priceMinor: number | null
  readonly available: boolean
  /** Epoch ms; null where unknown. */
  readonly launchedAtMs: number | null
}

/** Places in `Catalogue.codes`. Code 0 means that the shop does not say. */
export const CODED = [
  'styleId',
  'articleType',
  'subCategory',
  'masterCategory',
  'gender',
  'baseColour',
  'season',
  'usage',
] as const
export const STYLE = 0
export const ARTICLE_TYPE = 1
export const SUB_CATEGORY = 2
export const MASTER_CATEGORY = 3
export const GENDER = 4
export const BASE_COLOUR = 5
export const SEASON = 6
export const USAGE = 7
/** Dimensions whose items can be listed by code. */
export const LISTED = [ARTICLE_TYPE, SUB_CATEGORY, MASTER_CATEGORY] as const

export const STATE_UNKNOWN = 0
const STATE_UNAVAILABLE = 1
export const STATE_AVAILABLE = 2

export interface Catalogue {
  /** Per item: unknown to the shop, not to be had, or available. */
  state: Uint8Array
  codes: Int32Array[]
  /** Minor units; NaN where unknown. */
  price: Float64Array
  /** Epoch ms; NaN where unknown. */
  launched: Float64Array
  /** Per dimension: the value of each code; code 0 is ''. */
  readonly values: string[][]
  readonly codeOf: Map<string, number>[]
  /** Per dimension and code: items in rising order; empty for dimensions that are not listed. */
  readonly listed: number[][][]
  /** Per article type and gender: items in rising order. */
  readonly paired: number[][][]
  /** Products the shop has told of. */
  size: number
}

export function createCatalogue(): Catalogue {
  return {
    state: new Uint8Array(0),
    codes: CODED.map(() => new Int32Array(0)),
    price: new Float64Array(0),
    launched: new Float64Array(0),
    values: CODED.map(() => ['']),
    codeOf: CODED.map(() => new Map([['', 0]])),
    listed: CODED.map(() => [[]]),
    paired: [],
    size: 0,
  }
}

function reserveCatalogue(catalogue: Catalogue, items: number): void {
  if (items <= catalogue.state.length) return
  catalogue.state = grown(catalogue.state, items)
  const room = catalogue.state.length
  catalogue.codes = catalogue.codes.map((codes) => grown(codes, room))
  catalogue.price = grown(catalogue.price, room)
  catalogue.launched = grown(catalogue.launched, room)
}

/** Adds or changes a product. @returns its item number */
export function putProduct(catalogue: Catalogue, items: Items, product: ProductFacts): number {
  const item = internItem(items, product.productId)
  reserveCatalogue(catalogue, items.productIds.length)
  const isNew = catalogue.state[item] === STATE_UNKNOWN
  if (isNew) catalogue.size++
  else removeSorted(pairOf(catalogue, item), item)
  catalogue.state[item] = product.available ? STATE_AVAILABLE : STATE_UNAVAILABLE
  catalogue.price[item] = product.priceMinor ?? Number.NaN
  catalogue.launched[item] = product.launchedAtMs ?? Number.NaN
  for (let dimension = 0; dimension < CODED.length; dimension++) {
    const code = internCode(catalogue, dimension, product[CODED[dimension]] ?? '')
    const before = catalogue.codes[dimension][item]
    if (isListed(dimension) && (isNew || before !== code)) {
      if (!isNew) removeSorted(catalogue.listed[dimension][before], item)
      insertSorted(catalogue.listed[dimension][code], item)
    }
    catalogue.codes[dimension][item] = code
  }
  insertSorted(pairOf(catalogue, item), item)
  return item
}

/** Items of the same article type and gender as the item, which is told of. */
export function pairOf(catalogue: Catalogue, item: number): number[] {
  const genders = (catalogue.paired[catalogue.codes[ARTICLE_TYPE][item]] ??= [])
  const gender = catalogue.codes[GENDER][item]
  while (genders.length <= gender) genders.push([])
  return genders[gender]
}

/** State of an item, also of one that came after the catalogue's arrays were last reserved. */
export function stateOf(catalogue: Catalogue, item: number): number {
  return item < catalogue.state.length ? catalogue.state[item] : STATE_UNKNOWN
}

export function codeOfItem(catalogue: Catalogue, dimension: number, item: number): number {
  return item < catalogue.state.length ? catalogue.codes[dimension][item] : 0
}

function isListed(dimension: number): boolean {
  return dimension >= ARTICLE_TYPE && dimension <= MASTER_CATEGORY
}

function internCode(catalogue: Catalogue, dimension: number, value: string): number {
  const known = catalogue.codeOf[dimension].get(value)
  if (known !== undefined) return known
  const code = catalogue.values[dimension].length
  catalogue.values[dimension].push(value)
  catalogue.codeOf[dimension].set(value, code)
  catalogue.listed[dimension].push([])
  return code
}

function placeIn(sorted: readonly number[], item: number): number {
  if (sorted.length === 0 || sorted[sorted.length - 1] < item) return sorted.length
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle] < item) low = middle + 1
    else high = middle
  }
  return low
}

function insertSorted(sorted: number[], item: number): void {
  const at = placeIn(sorted, item)
  if (at === sorted.length) sorted.push(item)
  else if (sorted[at] !== item) sorted.splice(at, 0, item)
}

function removeSorted(sorted: number[], item: number): void {
  const at = placeIn(sorted, item)
  if (sorted[at] === item) sorted.splice(at, 1)
}
