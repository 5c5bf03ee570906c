/**
 * recommend/acts: what the recommender makes of an event.
 *
 * In: an event.
 * Out: the act it is, or null where it is none.
 * Invariant: bots, unknown products and who said no teach nothing, wherever sessions are kept.
 */
import { allowsPersonalisation } from '../../parts/event/consent.ts'
import type { HemlineEvent } from '../../parts/event/event.ts'
import type { Action } from '../../parts/model/learn/learn.ts'
import type { Act } from '../../parts/model/session/visitor-state.ts'

const ACTIONS: Readonly<Record<string, Action>> = {
  product_view: 'view',
  recommendation_click: 'view',
  add_to_cart: 'cart',
  remove_from_cart: 'remove',
  purchase: 'purchase',
}

export function actOf(event: HemlineEvent): Act | null {
  const action = ACTIONS[event.event_type]
  if (action === undefined || event.product_id === null || !mayTeach(event)) return null
  return { productId: event.product_id, action, timeMs: Date.parse(event.corrected_at) }
}

export function mayTeach(event: HemlineEvent): boolean {
  return !event.is_bot && !event.unknown_product && allowsPersonalisation(event.consent)
}
