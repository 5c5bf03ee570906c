/**
 * model/session/session: what the model remembers of each visitor.
 *
 * In: a visitor's events in the order of the log.
 * Out: small plain data: recent items, cart, bought, the number of the session in the index.
 * Invariant: at most `maxVisitors` are kept, and who leaves depends on the log alone.
 */
import { NONE } from '../state/chains.ts'
import { continuesSession } from '../../event/session-rules.ts'

/** Items of the current visit that are kept, newest last. */
const SESSION_ITEMS_MAX = 200
/** Distinct items of the visit before that are kept. */
export const EARLIER_ITEMS_MAX = 10
export const CART_MAX = 100
export const BOUGHT_MAX = 50

export interface Session {
  /** Number of the visit in the index, or -1 before its first event or after the index dropped it. */
  number: number
  /** Items so far, including those no longer in `items`. */
  itemCount: number
  /** Time of the newest event, epoch ms. */
  lastMs: number
  items: number[]
  /** 1, 2 or 3 for each of `items`. */
  weights: number[]
  /** Items of the visit before this one, newest last. */
  earlier: number[]
  cart: number[]
  /** Bought lately, newest last, over all visits. */
  bought: number[]
}

/** Visitor key to session, least recently active first. */
export type Sessions = Map<string, Session>

function createSession(timeMs: number): Session {
  return { number: NONE, itemCount: 0, lastMs: timeMs, items: [], weights: [], earlier: [], cart: [], bought: [] }
}

/** The visitor's session as of this time, newest in the order of leaving; starts a new visit after 30 idle minutes. */
export function touchSession(sessions: Sessions, visit: Visit): Session {
  let session = sessions.get(visit.visitorKey)
  if (session === undefined) {
    if (sessions.size >= visit.maxVisitors) {
      const oldest = sessions.keys().next()
      if (!oldest.done) sessions.delete(oldest.value)
    }
    session = createSession(visit.timeMs)
  } else {
    sessions.delete(visit.visitorKey)
    if (!continuesSession(session.lastMs, visit.timeMs)) endVisit(session)
    if (visit.timeMs > session.lastMs) session.lastMs = visit.timeMs
  }
  sessions.set(visit.visitorKey, session)
  return session
}

export interface Visit {
  readonly visitorKey: string
  readonly timeMs: number
  readonly maxVisitors: number
}

function endVisit(session: Session): void {
  if (session.items.length > 0) session.earlier = newestDistinct(session.items, EARLIER_ITEMS_MAX)
  session.number = NONE
  session.itemCount = 0
  session.items = []
  session.weights = []
}

/** Distinct items, newest last. */
export function newestDistinct(items: readonly number[], max: number): number[] {
  const distinct: number[] = []
  for (let i = items.length - 1; i >= 0 && distinct.length < max; i--) {
    if (!distinct.includes(items[i])) distinct.push(items[i])
  }
  return distinct.reverse()
}

export function appendItem(session: Session, item: number, weight: number): void {
  if (session.items.length >= SESSION_ITEMS_MAX) {
    session.items.shift()
    session.weights.shift()
  }
  session.items.push(item)
  session.weights.push(weight)
  session.itemCount++
}

export function putInCart(session: Session, item: number): void {
  moveToEnd(session.cart, item, CART_MAX)
}

export function takeFromCart(session: Session, item: number): void {
  const at = session.cart.indexOf(item)
  if (at >= 0) session.cart.splice(at, 1)
}

export function markBought(session: Session, item: number): void {
  takeFromCart(session, item)
  moveToEnd(session.bought, item, BOUGHT_MAX)
}

function moveToEnd(list: number[], item: number, max: number): void {
  const at = list.indexOf(item)
  if (at >= 0) list.splice(at, 1)
  else if (list.length >= max) list.shift()
  list.push(item)
}
