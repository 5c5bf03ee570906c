/**
 * model/learn/pay-attention: counts an event towards the trends.
 *
 * In: an item, what the visitor did with it, and the session before the event.
 * Out: attention per product and attribute value, each value once a session, at the strongest act.
 * Invariant: looking at ten shirts counts "shirts" once, so a session cannot make a trend by itself.
 */
import { ATTENTION_DIMENSIONS, type Model } from '../model.ts'
import { attend, growthAt, passTime } from '../state/attention.ts'
import { ARTICLE_TYPE, BASE_COLOUR, codeOfItem, GENDER, SEASON, USAGE } from '../state/catalogue.ts'
import type { Session } from '../session/session.ts'

/** View 1, cart 3, order 6. */
const ATTENTION_BY_WEIGHT = [0, 1, 3, 6]
/** Items of the session looked through for an earlier act. */
const LOOK_BACK = 50

/** Attribute of each attention dimension; the first is the product itself. */
export const ATTENTION_ATTRIBUTES = [-1, ARTICLE_TYPE, BASE_COLOUR, SEASON, USAGE, GENDER] as const

export interface Act {
  readonly item: number
  readonly weight: number
  readonly timeMs: number
}

export function payAttention(model: Model, session: Session, act: Act): void {
  const { attention } = model
  passTime(attention, act.timeMs)
  const growth = growthAt(attention, act.timeMs)
  for (let dimension = 0; dimension < ATTENTION_DIMENSIONS; dimension++) {
    const value = valueOf(model, dimension, act.item)
    if (value < 0) continue
    const before = strongestBefore(model, session, dimension, value)
    const weight = ATTENTION_BY_WEIGHT[act.weight] - ATTENTION_BY_WEIGHT[before]
    if (weight > 0) attend(attention, { dimension, value, weight, growth })
  }
}

/** The item's value in a dimension; -1 where the shop does not say. */
function valueOf(model: Model, dimension: number, item: number): number {
  if (dimension === 0) return item
  return codeOfItem(model.catalogue, ATTENTION_ATTRIBUTES[dimension], item) || -1
}

function strongestBefore(model: Model, session: Session, dimension: number, value: number): number {
  const { items, weights } = session
  const from = Math.max(0, items.length - LOOK_BACK)
  let strongest = 0
  for (let i = items.length - 1; i >= from; i--) {
    if (weights[i] > strongest && valueOf(model, dimension, items[i]) === value) strongest = weights[i]
  }
  return strongest
}
