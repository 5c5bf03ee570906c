/**
 * model/slate/rising: why a product trends, in words of the shop.
 *
 * In: attention to article types and colours.
 * Out: a reason that names what rises, such as "Cobalt Dresses"; plain "trending" where only the product does.
 * Invariant: names an attribute only where its own attention is credibly above the usual.
 */
import type { Model } from '../model.ts'
import type { Reason } from '../reasons.ts'
import { ARTICLE_TYPE, BASE_COLOUR, codeOfItem } from '../state/catalogue.ts'
import { liftsOf } from '../trend/lift.ts'

/** In the order in which they are said: "cobalt dresses". */
const NAMED = [
  ['base_colour', BASE_COLOUR],
  ['article_type', ARTICLE_TYPE],
] as const
const TRENDING: Reason = { code: 'trending', params: {} }

export function risingReasons(model: Model): (item: number) => Reason {
  const lifts = NAMED.map(([dimension]) => liftsOf(model.trend, dimension))
  return (item) => {
    const words = NAMED.flatMap(([, attribute], place) => {
      const code = codeOfItem(model.catalogue, attribute, item)
      return code !== 0 && lifts[place].of(code).low > 1 ? [model.catalogue.values[attribute][code]] : []
    })
    return words.length === 0 ? TRENDING : { code: 'rising', params: { value: words.join(' ') } }
  }
}
