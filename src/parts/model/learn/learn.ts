/**
 * model/learn/learn: model and event in, model out.
 *
 * In: interactions in the order of the log.
 * Out: index, counts, embeddings, ranker, session and trends, all up to date with the event.
 * Invariant: a function of the log alone; the ranker learns from the list as it was before the event.
 */
import type { Model } from '../model.ts'
import { raiseEvent, WEIGHT_CART, WEIGHT_PURCHASE, WEIGHT_VIEW } from '../state/chains.ts'
import { internItem } from '../state/items.ts'
import {
  appendItem,
  isNewest,
  markBought,
  putInCart,
  raiseWeight,
  takeFromCart,
  touchSession,
  type Session,
} from '../session/session.ts'
import { ingest } from './ingest.ts'
import { teaches, trainRanker } from './train-ranker.ts'
import { trainEmbeddings } from './train-embeddings.ts'
import { attend } from '../trend/attend.ts'

export type Action = 'view' | 'cart' | 'purchase' | 'remove'

export interface Interaction {
  readonly visitorKey: string
  readonly productId: string
  readonly action: Action
  /** Event time, epoch ms. */
  readonly timeMs: number
  /** Place in the log. */
  readonly position: string
}

export const ACTION_WEIGHTS = { view: WEIGHT_VIEW, cart: WEIGHT_CART, purchase: WEIGHT_PURCHASE, remove: 0 } as const

/** Learns one interaction. */
export function learn(model: Model, interaction: Interaction): void {
  model.position = interaction.position
  model.changes++
  if (interaction.action === 'remove') {
    removeFromCart(model, interaction)
    return
  }
  const session = touchSession(model.sessions, {
    visitorKey: interaction.visitorKey,
    timeMs: interaction.timeMs,
    maxVisitors: model.options.maxVisitors,
  })
  const item = internItem(model.items, interaction.productId)
  const weight = ACTION_WEIGHTS[interaction.action]
  attend(model, session, { item, weight, timeMs: interaction.timeMs })
  if (weight > WEIGHT_VIEW && isNewest(session, item)) raiseNewest(model, session, weight)
  else learnItem(model, session, item, weight)
  if (interaction.action === 'cart') putInCart(session, item)
  else if (interaction.action === 'purchase') markBought(session, item)
}

function removeFromCart(model: Model, interaction: Interaction): void {
  const session = model.sessions.get(interaction.visitorKey)
  const item = model.items.numbers.get(interaction.productId)
  if (session !== undefined && item !== undefined) takeFromCart(session, item)
}

/** The same product again with a stronger sign of interest: one event, heavier. */
function raiseNewest(model: Model, session: Session, weight: number): void {
  raiseWeight(session, weight)
  if (session.number < 0) return
  raiseEvent(model.chains, model.chains.sessionLast[session.number], weight)
}

function learnItem(model: Model, session: Session, item: number, weight: number): void {
  const hasItems = session.items.length > 0
  if (hasItems && teaches(model.chains.dropped + model.chains.count)) {
    const query = { items: session.items, itemCount: session.itemCount, session: session.number }
    trainRanker(model, query, item)
  }
  ingest(model, session, { item, weight })
  if (hasItems) trainEmbeddings(model, session.items, item)
  appendItem(session, item, weight)
}
