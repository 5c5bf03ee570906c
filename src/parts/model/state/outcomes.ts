/**
 * model/state/outcomes: what became of products once they were shown: clicked, ordered, sent back.
 *
 * In: an item and one outcome.
 * Out: counts per item and per value of a few attributes, so that a product nobody knows borrows from its kind.
 * Invariant: counts only grow; a product that changes keeps what was counted, its old kind too.
 */
import { grown } from './arrays.ts'
import { ARTICLE_TYPE, BASE_COLOUR, codeOfItem, GENDER, type Catalogue } from './catalogue.ts'

export const OUTCOMES = ['shown', 'clicked', 'ordered', 'returned'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Attribute of each group of counts; the first is the item itself. */
export const OUTCOME_GROUPS = [-1, ARTICLE_TYPE, BASE_COLOUR, GENDER] as const

export type OutcomeCounts = Record<Outcome, Int32Array>

export interface Outcomes {
  readonly groups: readonly OutcomeCounts[]
  readonly totals: Record<Outcome, number>
}

export function createOutcomes(): Outcomes {
  return {
    groups: OUTCOME_GROUPS.map(() => ({
      shown: new Int32Array(0),
      clicked: new Int32Array(0),
      ordered: new Int32Array(0),
      returned: new Int32Array(0),
    })),
    totals: { shown: 0, clicked: 0, ordered: 0, returned: 0 },
  }
}

export function countOutcome(
  outcomes: Outcomes,
  catalogue: Catalogue,
  happened: { readonly item: number; readonly outcome: Outcome },
): void {
  const { item, outcome } = happened
  outcomes.totals[outcome]++
  for (let group = 0; group < OUTCOME_GROUPS.length; group++) {
    const value = outcomeValue(catalogue, group, item)
    const counts = outcomes.groups[group]
    if (value >= counts[outcome].length) counts[outcome] = grown(counts[outcome], value + 1)
    counts[outcome][value]++
  }
}

/** The item itself, or the code of its attribute; 0 where the shop does not say. */
export function outcomeValue(catalogue: Catalogue, group: number, item: number): number {
  return group === 0 ? item : codeOfItem(catalogue, OUTCOME_GROUPS[group], item)
}

/** How often it happened to a value; 0 for what was never counted. */
export function outcomesOf(
  outcomes: Outcomes,
  group: number,
  at: { readonly value: number; readonly outcome: Outcome },
) {
  const counts = outcomes.groups[group][at.outcome]
  return at.value < counts.length ? counts[at.value] : 0
}
