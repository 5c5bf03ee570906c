/**
 * model/trend/values: which value of each dimension a product has.
 *
 * In: the model and an item.
 * Out: a number a dimension, and the shop's word for it.
 * Invariant: -1 where the shop does not say; price bands are the same in every shop.
 */
import { TREND_DIMENSIONS, type TrendDimension } from '../../event/product.ts'
import type { Model } from '../model.ts'
import { ARTICLE_TYPE, BASE_COLOUR, codeOfItem, GENDER, SEASON, USAGE, type Catalogue } from '../state/catalogue.ts'
import { internPair, pairKey } from './trend.ts'

/** Attribute of each dimension that is one. */
const ATTRIBUTES: Readonly<Partial<Record<TrendDimension, number>>> = {
  article_type: ARTICLE_TYPE,
  base_colour: BASE_COLOUR,
  season: SEASON,
  usage: USAGE,
  gender: GENDER,
}
const BY_PLACE = TREND_DIMENSIONS.map((dimension) => ATTRIBUTES[dimension] ?? -1)
export const PAIR_PLACE = TREND_DIMENSIONS.indexOf('type_colour')
const MINOR_PER_MAJOR = 100
const BANDS = 36
/** Least minor units of each price band, and the end of the last one: 1, 2, 5, 10 and so on. */
const BAND_STARTS = Float64Array.from(
  { length: BANDS + 1 },
  (_, band) => [1, 2, 5][band % 3] * 10 ** Math.floor(band / 3),
)

/** The item's value in the dimension at this place, without giving numbers to new pairs. */
export function valueAt(model: Model, place: number, item: number): number {
  const attribute = BY_PLACE[place]
  if (attribute >= 0) return codeOfItem(model.catalogue, attribute, item) || -1
  switch (TREND_DIMENSIONS[place]) {
    case 'product':
      return item
    case 'price_band':
      return priceBand(model.catalogue, item)
    default:
      return model.trend.pairOf.get(pairOfItem(model.catalogue, item)) ?? -1
  }
}

function pairOfItem(catalogue: Catalogue, item: number): number {
  return pairKey(codeOfItem(catalogue, ARTICLE_TYPE, item), codeOfItem(catalogue, BASE_COLOUR, item))
}

/** Values of an item by place of the dimension, into `values`. */
export function readValues(model: Model, item: number, values: Int32Array): void {
  const type = codeOfItem(model.catalogue, ARTICLE_TYPE, item)
  const colour = codeOfItem(model.catalogue, BASE_COLOUR, item)
  for (let place = 0; place < values.length; place++) {
    if (place !== PAIR_PLACE) values[place] = valueAt(model, place, item)
    else values[place] = type !== 0 && colour !== 0 ? internPair(model.trend, type, colour) : -1
  }
}

function priceBand(catalogue: Catalogue, item: number): number {
  const price = item < catalogue.state.length ? catalogue.price[item] : Number.NaN
  if (!(price >= 1)) return -1
  let band = 0
  while (band < BANDS - 1 && price >= BAND_STARTS[band + 1]) band++
  return band
}

export function valueName(model: Model, dimension: TrendDimension, value: number): string {
  const { catalogue, trend, items } = model
  const attribute = ATTRIBUTES[dimension]
  if (attribute !== undefined) return catalogue.values[attribute][value]
  if (dimension === 'product') return items.productIds[value]
  if (dimension === 'price_band') return `${bandStart(value)}–${bandStart(value + 1)}`
  const [type, colour] = trend.pairs[value]
  return `${catalogue.values[BASE_COLOUR][colour]} ${catalogue.values[ARTICLE_TYPE][type]}`
}

/** Least price of a band, in the currency's own unit. */
function bandStart(band: number): number {
  return BAND_STARTS[band] / MINOR_PER_MAJOR
}
