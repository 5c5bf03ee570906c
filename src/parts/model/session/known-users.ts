/**
 * model/session/known-users: which visitors are one person, and what each may know of the others.
 *
 * In: who a visitor says to be, or that this was wrong.
 * Out: a visitor's session as a slate sees it: their own, with what the same user looked at, carries and bought elsewhere.
 * Invariant: sessions are never merged, only read together, so an identification can be undone. Two accounts on one device
 *   never see each other: what the first did there goes with the first.
 */
import { dropOldest } from '../../../std/oldest.ts'
import { NONE } from '../state/chains.ts'
import type { Model } from '../model.ts'
import { BOUGHT_MAX, CART_MAX, EARLIER_ITEMS_MAX, newestDistinct, type Session, type Visited } from './session.ts'

/** Visitors remembered a user; the one seen longest ago is left out. */
const VISITORS_PER_USER = 4

/** Key of what a user did without a visitor id, or on a device that another account has taken over. */
export function accountKey(userId: string): string {
  return `user:${userId}`
}

/**
 * The visitor says to be this user.
 *
 * @returns the user who was known there before and is another, or null
 */
export function identify(model: Model, visitorKey: string, userId: string): string | null {
  const before = model.userOf.get(visitorKey) ?? null
  const leaves = before !== null && before !== userId
  if (leaves) takeAlong(model, visitorKey, before)
  const visitors = (model.users.get(userId) ?? []).filter((key) => key !== visitorKey)
  remember(model, model.users, { key: userId, value: [...visitors, visitorKey].slice(-VISITORS_PER_USER) })
  remember(model, model.userOf, { key: visitorKey, value: userId })
  if (before !== userId) model.changes++
  return leaves ? before : null
}

/** Takes an identification back: the visitor is nobody known, and the user is not seen there. */
export function undoIdentify(model: Model, visitorKey: string, userId: string): void {
  if (model.userOf.get(visitorKey) !== userId) return
  model.userOf.delete(visitorKey)
  replaceVisitor(model, userId, visitorKey, [])
  model.changes++
}

/** The visitor key last seen for a user; their account's own where there is none. */
export function visitorOf(model: Model, userId: string): string {
  return model.users.get(userId)?.at(-1) ?? accountKey(userId)
}

/** The visitor's own session, with the user's other ones as its past; undefined where there is neither. */
export function joinedSession(model: Model, visitorKey: string): Session | undefined {
  const own = model.sessions.get(visitorKey)
  const userId = model.userOf.get(visitorKey)
  if (userId === undefined) return own
  const others = (model.users.get(userId) ?? []).flatMap((key) => {
    const isTheirs = key !== visitorKey && model.userOf.get(key) === userId
    const session = isTheirs ? model.sessions.get(key) : undefined
    return session === undefined ? [] : [session]
  })
  return others.length === 0 ? own : join(own, others)
}

function join(own: Session | undefined, others: readonly Session[]): Session {
  return { number: own?.number ?? NONE, ...joinVisited<number>(own, others) }
}

/** One visit with others as its past. @param others least recently seen first; at least one, or an own one */
export function joinVisited<Item>(own: Visited<Item> | undefined, others: readonly Visited<Item>[]): Visited<Item> {
  const all = own === undefined ? others : [...others, own]
  const past = others.flatMap((other) => [...other.earlier, ...other.items])
  return {
    itemCount: own?.itemCount ?? 0,
    lastMs: Math.max(...all.map((visited) => visited.lastMs)),
    items: own?.items ?? [],
    weights: own?.weights ?? [],
    earlier: newestDistinct([...past, ...(own?.earlier ?? [])], EARLIER_ITEMS_MAX),
    cart: newestDistinct(
      all.flatMap((visited) => visited.cart),
      CART_MAX,
    ),
    bought: newestDistinct(
      all.flatMap((visited) => visited.bought),
      BOUGHT_MAX,
    ),
  }
}

/** Another account takes the device over: what was done there stays with the one who did it. */
function takeAlong(model: Model, visitorKey: string, userId: string): void {
  const session = model.sessions.get(visitorKey)
  const account = accountKey(userId)
  if (session !== undefined) {
    const known = model.sessions.get(account)
    model.sessions.delete(visitorKey)
    model.sessions.delete(account)
    model.sessions.set(account, known === undefined ? session : join(session, [known]))
  }
  replaceVisitor(model, userId, visitorKey, [account])
  remember(model, model.userOf, { key: account, value: userId })
}

function replaceVisitor(model: Model, userId: string, visitorKey: string, by: readonly string[]): void {
  const visitors = (model.users.get(userId) ?? []).filter((key) => key !== visitorKey && !by.includes(key))
  if (visitors.length + by.length === 0) model.users.delete(userId)
  else model.users.set(userId, [...visitors, ...by])
}

/** Puts an entry last; the one remembered longest ago leaves a full map. */
function remember<Value>(model: Model, map: Map<string, Value>, entry: { key: string; value: Value }): void {
  map.delete(entry.key)
  if (map.size >= model.options.maxVisitors) dropOldest(map)
  map.set(entry.key, entry.value)
}
