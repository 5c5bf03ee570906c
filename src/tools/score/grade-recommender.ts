/**
 * score/grade-recommender: slates against what shoppers would like most.
 *
 * In: the model at the end of the log, and the tastes that the log's maker gave to some shoppers.
 * Out: NDCG of their slates, beside the same products for everybody.
 * Invariant: only shoppers the model has seen are asked for.
 */
import type { Model } from '../../parts/model/model.ts'
import { recommend } from '../../parts/model/slate/home.ts'
import { newIn, trending } from '../../parts/model/slate/shop-slates.ts'

const LIST_LENGTH = 20

export interface RecommenderGrade {
  readonly shoppers: number
  /** Mean NDCG of the first 20, 0 to 1. */
  readonly ours: number
  readonly trending: number
  readonly newest: number
}

export function gradeRecommender(
  model: Model,
  gains: ReadonlyMap<string, ReadonlyMap<string, number>>,
): RecommenderGrade | null {
  const seen = [...gains].filter(([visitor]) => model.sessions.has(visitor))
  if (seen.length === 0) return null
  const idsOf = (picks: readonly { readonly productId: string }[]) => picks.map(({ productId }) => productId)
  const shared = { trending: idsOf(trending(model, LIST_LENGTH)), newest: idsOf(newIn(model, LIST_LENGTH)) }
  const mean = (list: (visitor: string) => readonly string[]) =>
    seen.reduce((sum, [visitor, liked]) => sum + ndcg(list(visitor), liked), 0) / seen.length
  return {
    shoppers: seen.length,
    ours: mean((visitor) => idsOf(recommend(model, visitor, { limit: LIST_LENGTH }))),
    trending: mean(() => shared.trending),
    newest: mean(() => shared.newest),
  }
}

/** @source Järvelin and Kekäläinen 2002, ACM Transactions on Information Systems 20(4) */
function ndcg(list: readonly string[], gains: ReadonlyMap<string, number>): number {
  const best = [...gains.values()].toSorted((a, b) => b - a).slice(0, LIST_LENGTH)
  return dcg(list.map((id) => gains.get(id) ?? 0)) / (dcg(best) || 1)
}

function dcg(gains: readonly number[]): number {
  return gains.reduce((sum, gain, place) => sum + gain / Math.log2(place + 2), 0)
}
