/**
 * recommend/on-demand: what must be ranked when it is asked for, since it cannot be kept ready.
 *
 * In: the model as it is, a visitor, perhaps products.
 * Out: the products in the visitor's order; what the ranker saw in the products it knows for the visitor.
 * Invariant: nothing that is learned changes; runs where the model is, never where pages are answered.
 */
import { explainRanking } from '../../parts/model/rank/explain.ts'
import { joinedSession } from '../../parts/model/session/known-users.ts'
import { contextOf } from '../../parts/model/slate/home.ts'
import { orderProducts } from '../../parts/model/slate/order.ts'
import type { ExplainedVisitor, ExplainQuestion, RankQuestion } from '../../parts/serving/ranking.ts'
import type { StoredList } from '../../parts/serving/slate.ts'
import { listOf, type ListContext } from './lists.ts'

export function rankGiven(context: ListContext, { visitorKey, productIds }: RankQuestion): StoredList {
  return listOf(context, { whom: visitorKey, placement: 'rank' }, orderProducts(context.model, visitorKey, productIds))
}

export function explainVisitor({ model, asOf }: ListContext, question: ExplainQuestion): ExplainedVisitor {
  const session = joinedSession(model, question.visitorKey)
  if (session === undefined) return { products: {}, as_of: asOf }
  const items = contextOf(session)
  const itemCount = items === session.items ? session.itemCount : items.length
  const explained = explainRanking(model, { items, itemCount, session: session.number }, question.features)
  const named = Array.from(explained, ([item, explanation]) => [model.items.productIds[item], explanation] as const)
  return { products: Object.fromEntries(named), as_of: asOf }
}
