/**
 * serving/ranking: the port to what ranks on demand.
 *
 * In: a visitor, perhaps products.
 * Out: products in the visitor's order; what the ranker saw in them.
 * Invariant: reads of pages never come here; whoever answers bounds how many questions wait.
 */
import type { Explanation } from '../model/rank/explain.ts'
import type { Position } from '../stream/position.ts'
import type { StoredList } from './slate.ts'

export interface RankQuestion {
  readonly visitorKey: string
  readonly productIds: readonly string[]
}

export interface ExplainQuestion {
  readonly visitorKey: string
  /** Features of each product. */
  readonly features: number
}

export interface ExplainedVisitor {
  /** By product id; none for what the ranker does not know. */
  readonly products: Readonly<Record<string, Explanation>>
  readonly as_of: Position
}

export interface Ranking {
  /** Each product once, best first. @throws HEM_RANK_BUSY */
  rank(question: RankQuestion): Promise<StoredList>
  /** @throws HEM_RANK_BUSY */
  explain(question: ExplainQuestion): Promise<ExplainedVisitor>
}
