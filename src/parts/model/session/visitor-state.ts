/**
 * model/session/visitor-state: a visitor's session as plain data, for where it rests apart from the model.
 *
 * In: a state or none, and what the visitor does next; a model image of any age to score it against.
 * Out: the next state; whatever is made from the model as if it held that state.
 * Invariant: pure. A state and a model of the same position give what the model with its own session gives; the same
 *   state and the same model give the same, wherever and in whatever order that is asked.
 */
import { ACTION_WEIGHTS, type Action } from '../learn/learn.ts'
import type { Model } from '../model.ts'
import { NONE, WEIGHT_VIEW } from '../state/chains.ts'
import { findItem } from '../state/items.ts'
import {
  appendItem,
  createVisited,
  isNewest,
  markBought,
  putInCart,
  raiseWeight,
  startsVisit,
  takeFromCart,
  type Session,
  type Visited,
} from './session.ts'

/** By product ids; plain JSON, 4 KB at most for a visit of ordinary length. */
export interface VisitorState extends Visited<string> {
  /** Time of the visit's first event, epoch ms. */
  startedMs: number
}

export interface Act {
  readonly productId: string
  readonly action: Action
  /** Event time, epoch ms. */
  readonly timeMs: number
}

/** The state after one more act, as `learn` changes a session. The state given is not changed. */
export function followVisitor(before: VisitorState | null, { productId, action, timeMs }: Act): VisitorState | null {
  if (before === null && action === 'remove') return null
  const state = before === null ? { startedMs: timeMs, ...createVisited<string>(timeMs) } : structuredClone(before)
  if (action === 'remove') {
    takeFromCart(state, productId)
    return state
  }
  if (startsVisit(state, timeMs)) state.startedMs = timeMs
  const weight = ACTION_WEIGHTS[action]
  if (weight > WEIGHT_VIEW && isNewest(state, productId)) raiseWeight(state, weight)
  else appendItem(state, productId, weight)
  if (action === 'cart') putInCart(state, productId)
  else if (action === 'purchase') markBought(state, productId)
  return state
}

/** Makes something from the model as if it held this state for the visitor; the model is afterwards as it was. */
export function withVisitor<Made>(
  model: Model,
  visitor: { readonly key: string; readonly state: VisitorState },
  make: () => Made,
): Made {
  const { sessions, shared } = model
  const known = sessions.get(visitor.key)
  shared.home = null
  sessions.set(visitor.key, sessionOf(model, visitor.state, known))
  try {
    return make()
  } finally {
    shared.home = null
    if (known === undefined) sessions.delete(visitor.key)
    else sessions.set(visitor.key, known)
  }
}

/** Products that the image has not heard of yet are left out; the visit keeps its number where the index holds it. */
function sessionOf(model: Model, state: VisitorState, known: Session | undefined): Session {
  const numbered = (productIds: readonly string[]): number[] =>
    productIds.map((productId) => findItem(model.items, productId)).filter((item) => item !== NONE)
  return {
    number: known !== undefined && state.startedMs <= known.lastMs ? known.number : NONE,
    itemCount: state.itemCount,
    lastMs: state.lastMs,
    items: numbered(state.items),
    weights: state.weights.filter((_, place) => findItem(model.items, state.items[place]) !== NONE),
    earlier: numbered(state.earlier),
    cart: numbered(state.cart),
    bought: numbered(state.bought),
  }
}
