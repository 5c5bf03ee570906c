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
import { joinVisited } from './known-users.ts'
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

/** All that rests of a visitor between two records. Plain JSON. */
export interface VisitorMemory {
  readonly state: VisitorState | null
  /** Who the visitor said to be, or null. */
  readonly userId: string | null
  /** Short hashes of the newest event ids, newest last. */
  readonly seen: readonly string[]
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
  const state = before === null ? emptyState(timeMs) : structuredClone(before)
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

/** What was never a visit; what a device holds when another account takes it over. */
export function emptyState(timeMs: number): VisitorState {
  return { startedMs: timeMs, ...createVisited<string>(timeMs) }
}

/** What a user did on a device, with what their account holds already as its past. */
export function joinStates(own: VisitorState, account: VisitorState | null): VisitorState {
  return account === null ? own : { startedMs: own.startedMs, ...joinVisited<string>(own, [account]) }
}

export interface KnownVisitor {
  readonly key: string
  /** Null: as the model knows them. */
  readonly state: VisitorState | null
  /** Who they said to be, null for nobody; as the model knows where absent. */
  readonly userId?: string | null
}

/** Makes something from the model as if it held this state for the visitor; the model is afterwards as it was. */
export function withVisitor<Made>(model: Model, visitor: KnownVisitor, make: () => Made): Made {
  const { sessions, userOf, shared } = model
  const known = sessions.get(visitor.key)
  const restoreSession =
    visitor.state === null ? null : put(sessions, visitor.key, sessionOf(model, visitor.state, known))
  const restoreUser = visitor.userId === undefined ? null : put(userOf, visitor.key, visitor.userId)
  shared.home = null
  try {
    return make()
  } finally {
    shared.home = null
    restoreSession?.()
    restoreUser?.()
  }
}

/** Sets an entry, or takes it away where the value is null. @returns what sets it back */
function put<Value>(map: Map<string, Value>, key: string, value: Value | null): () => void {
  const before = map.get(key)
  if (value === null) map.delete(key)
  else map.set(key, value)
  return () => void (before === undefined ? map.delete(key) : map.set(key, before))
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
