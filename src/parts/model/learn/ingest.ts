/**
 * model/learn/ingest: brings one event into the index.
 *
 * In: an item, a session and the weight of what the visitor did.
 * Out: the event appended and linked, the item counted.
 * Invariant: no sorting, no searching; the cost does not grow with the index.
 */
import type { Model } from '../model.ts'
import { appendEvent, openSession, WEIGHT_VIEW } from '../state/chains.ts'
import { reserveEmbeddings, startEmbedding } from '../state/embeddings.ts'
import { recentEvents } from '../rank/own-items.ts'
import type { Session } from '../session/session.ts'
import { dropOldestHalf } from './retention.ts'

const REPEAT_WINDOW = 20

export interface Ingested {
  readonly item: number
  readonly weight: number
}

/** Appends an event of the session, before the session itself remembers the item. */
export function ingest(model: Model, session: Session, event: Ingested): void {
  const { chains, items, embeddings } = model
  if (chains.count >= model.options.maxEvents) dropOldestHalf(model)
  if (session.number < 0) session.number = openSession(chains)
  const { item } = event
  reserveEmbeddings(embeddings, items.productIds.length)
  startEmbedding(embeddings, item, model.generator)
  items.recent[item] = recentEvents(items, item, chains.count) + 1
  items.recentAt[item] = chains.count
  const weight = Math.max(WEIGHT_VIEW, event.weight)
  items.head[item] = appendEvent(chains, { item, session: session.number, weight, sameItem: items.head[item] })
  items.events[item]++
  if (isRepeat(session.items, item)) items.repeats[item]++
}

function isRepeat(earlier: readonly number[], item: number): boolean {
  const from = Math.max(0, earlier.length - REPEAT_WINDOW)
  for (let i = earlier.length - 1; i >= from; i--) if (earlier[i] === item) return true
  return false
}
