/**
 * respond/explain: a visitor's home slate with what the ranker saw in each product.
 *
 * In: the slate as pages read it, and the answer of the thread that holds the model.
 * Out: the slate; each item with its score and the features that set it apart, value × weight = points.
 * Invariant: an item that the ranker does not know, such as a pin or a fallback, has `explain: null`; its reason says why
 *   it is there.
 */
import { invalidParameter } from '../../std/query.ts'
import type { Explanation } from '../../parts/model/rank/explain.ts'
import type { ServingReader } from '../../parts/serving/port.ts'
import type { Ranking } from '../../parts/serving/ranking.ts'
import type { Position } from '../../parts/stream/position.ts'
import { readSlate, type PageRequest } from './recommendations.ts'
import type { AnswerItem, SlateAnswer } from './slate-answer.ts'

const FEATURES_SHOWN = 8

export interface ExplainedSlate extends Omit<SlateAnswer, 'items'> {
  readonly items: readonly (AnswerItem & { readonly explain: Explanation | null })[]
  /** Up to where the model knew of the log when it explained; the slate may be a moment older. */
  readonly explained_as_of: Position
}

/** @throws HEM_HTTP_PARAMETER_INVALID for another placement, HEM_RANK_BUSY, and as `readSlate` */
export async function explainSlate(
  sources: { readonly serving: ServingReader; readonly ranking: Ranking },
  request: PageRequest,
  nowMs: number,
): Promise<ExplainedSlate> {
  const { placements, visitorKey } = request
  if (placements.length !== 1 || placements[0] !== 'home' || visitorKey === null) {
    throw invalidParameter('explain', 'placement home, since other lists are not ranked', placements.join(','))
  }
  const slate = readSlate(sources.serving, request, { nowMs })
  const { products, as_of } = await sources.ranking.explain({ visitorKey, features: FEATURES_SHOWN })
  const explanationOf = (id: string) => (Object.hasOwn(products, id) ? products[id] : null)
  return {
    ...slate,
    items: slate.items.map((item) => ({ ...item, explain: explanationOf(item.product_id) })),
    explained_as_of: as_of,
  }
}
