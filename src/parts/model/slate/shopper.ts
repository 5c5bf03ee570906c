/**
 * model/slate/shopper: what other rooms may know of a visitor.
 *
 * In: a visitor key.
 * Out: who they said to be, and what lists for them leave out.
 * Invariant: a visitor the model does not remember has nothing to leave out.
 */
import type { Model } from '../model.ts'
import { joinedSession } from '../session/known-users.ts'
import { GENDER } from '../state/catalogue.ts'
import { contextOf } from './home.ts'
import { genderOf } from './slate.ts'

export interface ShopperState {
  readonly userId: string | null
  /** Product ids in the cart or just bought. */
  readonly excluded: readonly string[]
  /** Product ids looked at, newest first, those of the visit before last; at most 20. */
  readonly recent: readonly string[]
  readonly cart: readonly string[]
  /** The one gender that the products looked at last are made for, or null. */
  readonly gender: string | null
}

const RECENT_MAX = 20

export function shopperState(model: Model, visitorKey: string): ShopperState {
  const session = joinedSession(model, visitorKey)
  const userId = model.userOf.get(visitorKey) ?? null
  if (session === undefined) return { userId, excluded: [], recent: [], cart: [], gender: null }
  const named = (items: readonly number[]): string[] => items.map((item) => model.items.productIds[item])
  return {
    userId,
    excluded: named([...new Set([...session.cart, ...session.bought])]),
    recent: named([...new Set([...session.earlier, ...session.items].toReversed())].slice(0, RECENT_MAX)),
    cart: named(session.cart),
    gender: model.catalogue.values[GENDER][genderOf(model, contextOf(session))] || null,
  }
}
