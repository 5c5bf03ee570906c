/**
 * model/session/session: what the model remembers of each visitor.
 *
 * In: a visitor's events in the order of the log.
 * Out: small plain data: recent items, cart, bought, the number of the session in the index.
 * Invariant: at most `maxVisitors` are kept, and who leaves depends on the log alone.
 */
import { dropOldest } from '../../../std/oldest.ts'
import { NONE } from '../state/chains.ts'
import { continuesSession } from '../../event/session-rules.ts'

/** Items of the current visit that are kept, newest last. */
const SESSION_ITEMS_MAX = 200
/** Distinct items of the visit before that are kept. */
export const EARLIER_ITEMS_MAX = 10
/** Up to here a session's lists have room for what they hold alone. */
const SHORT_LIST = 16
export const CART_MAX = 100
export const BOUGHT_MAX = 50

/** What a visitor did, by item numbers, or by product ids where it is kept apart from the model. */
export interface Visited<Item> {
  /** Items so far, including those no longer in `items`. */
  itemCount: number
  /** Time of the newest event, epoch ms. */
  lastMs: number
  items: Item[]
  /** 1, 2 or 3 for each of `items`. */
  weights: number[]
  /** Items of the visit before this one, newest last. */
  earlier: Item[]
  cart: Item[]
  /** Bought lately, newest last, over all visits. */
  bought: Item[]
}

export interface Session extends Visited<number> {
  /** Number of the visit in the index, or -1 before its first event or after the index dropped it. */
  number: number
}

/** Visitor key to session, least recently active first. */
export type Sessions = Map<string, Session>

/** What most visitors have in the cart, shared by all of them; frozen, since lists are replaced and never added to. */
export const NOTHING: never[] = Object.freeze([]) as unknown as never[]

export function createVisited<Item>(timeMs: number): Visited<Item> {
  return { itemCount: 0, lastMs: timeMs, items: [], weights: [], earlier: NOTHING, cart: NOTHING, bought: NOTHING }
}

/** The visitor's session as of this time, newest in the order of leaving; starts a new visit after 30 idle minutes. */
export function touchSession(sessions: Sessions, visit: Visit): Session {
  let session = sessions.get(visit.visitorKey)
  if (session === undefined) {
    if (sessions.size >= visit.maxVisitors) dropOldest(sessions)
    session = { number: NONE, ...createVisited<number>(visit.timeMs) }
  } else {
    sessions.delete(visit.visitorKey)
    if (startsVisit(session, visit.timeMs)) session.number = NONE
  }
  sessions.set(visit.visitorKey, session)
  return session
}

export interface Visit {
  readonly visitorKey: string
  readonly timeMs: number
  readonly maxVisitors: number
}

/** Ends the visit where the event comes more than 30 idle minutes after it. @returns whether a new one starts */
export function startsVisit<Item>(visited: Visited<Item>, timeMs: number): boolean {
  const starts = !continuesSession(visited.lastMs, timeMs)
  if (timeMs > visited.lastMs) visited.lastMs = timeMs
  if (!starts) return false
  if (visited.items.length > 0) visited.earlier = newestDistinct(visited.items, EARLIER_ITEMS_MAX)
  visited.itemCount = 0
  visited.items = []
  visited.weights = []
  return true
}

/** Distinct items, newest last. */
export function newestDistinct<Item>(items: readonly Item[], max: number): Item[] {
  const distinct: Item[] = []
  for (let i = items.length - 1; i >= 0 && distinct.length < max; i--) {
    if (!distinct.includes(items[i])) distinct.push(items[i])
  }
  return distinct.reverse()
}

export function appendItem<Item>(session: Visited<Item>, item: Item, weight: number): void {
  if (session.items.length >= SESSION_ITEMS_MAX) {
    session.items.shift()
    session.weights.shift()
  }
  session.items = lengthened(session.items, item)
  session.weights = lengthened(session.weights, weight)
  session.itemCount++
}

/** Of hundreds of thousands of sessions most stay short, and a list that grows by pushing has room for 17 more. */
function lengthened<Value>(list: Value[], value: Value): Value[] {
  if (list.length < SHORT_LIST) return list.concat(value)
  list.push(value)
  return list
}

export function isNewest<Item>(session: Visited<Item>, item: Item): boolean {
  return session.items.length > 0 && session.items[session.items.length - 1] === item
}

/** The newest item again, with a stronger sign of interest. */
export function raiseWeight<Item>(session: Visited<Item>, weight: number): void {
  const place = session.weights.length - 1
  session.weights[place] = Math.max(session.weights[place], weight)
}

export function putInCart<Item>(session: Visited<Item>, item: Item): void {
  session.cart = movedToEnd(session.cart, item, CART_MAX)
}

export function takeFromCart<Item>(session: Visited<Item>, item: Item): void {
  const at = session.cart.indexOf(item)
  if (at >= 0) session.cart = session.cart.toSpliced(at, 1)
}

export function markBought<Item>(session: Visited<Item>, item: Item): void {
  takeFromCart(session, item)
  session.bought = movedToEnd(session.bought, item, BOUGHT_MAX)
}

function movedToEnd<Item>(list: readonly Item[], item: Item, max: number): Item[] {
  const others = list.filter((other) => other !== item)
  return [...others.slice(Math.max(0, others.length + 1 - max)), item]
}
