/**
 * model/slate/returns: what is often sent back counts for less.
 *
 * In: orders and returns of a product, and of its article type.
 * Out: a factor on its score, 1 for what is kept as often as anything in the shop.
 * Invariant: without a return in the shop every factor is exactly 1; one return of one order moves little.
 */
import type { Model } from '../model.ts'
import { ARTICLE_TYPE } from '../state/catalogue.ts'
import { OUTCOME_GROUPS, outcomesOf, outcomeValue } from '../state/outcomes.ts'

/** Orders that what is known of the kind counts for. */
const TYPE_PRIOR = 20
const PRODUCT_PRIOR = 5
const TYPE_GROUP = OUTCOME_GROUPS.indexOf(ARTICLE_TYPE)

/** Share of orders kept, over the shop's; 0 to 1. */
export function keepFactor(model: Model, item: number): number {
  const { outcomes, catalogue } = model
  const { ordered, returned } = outcomes.totals
  if (returned === 0) return 1
  const shop = rate({ returned, ordered }, { rate: 0, orders: 1 })
  const type = rateOf(model, TYPE_GROUP, outcomeValue(catalogue, TYPE_GROUP, item), { rate: shop, orders: TYPE_PRIOR })
  const own = rateOf(model, 0, item, { rate: type, orders: PRODUCT_PRIOR })
  return Math.min(1, (1 - own) / (1 - shop))
}

interface Prior {
  readonly rate: number
  readonly orders: number
}

function rateOf({ outcomes }: Model, group: number, value: number, prior: Prior): number {
  const ordered = outcomesOf(outcomes, group, { value, outcome: 'ordered' })
  return rate({ ordered, returned: outcomesOf(outcomes, group, { value, outcome: 'returned' }) }, prior)
}

/** Returns of orders that were never seen count as ordered, too. */
function rate(seen: { readonly ordered: number; readonly returned: number }, prior: Prior): number {
  const ordered = Math.max(seen.ordered, seen.returned)
  return (seen.returned + prior.rate * prior.orders) / (ordered + prior.orders)
}
