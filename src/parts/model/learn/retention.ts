/**
 * model/learn/retention: keeps the index within its size.
 *
 * In: a full index.
 * Out: the newer half of its events, numbered from 0 again.
 * Invariant: what is left is linked as if the older half had never been; ages do not change.
 */
import type { Model } from '../model.ts'
import { EVENT_SIZE, NEXT, NONE, PREVIOUS, SAME_ITEM, SESSION, itemOf, type Chains } from '../state/chains.ts'
import { halveSteps } from '../state/steps.ts'

const REPEAT_WINDOW = 20
const RECENT_OLDEST = -1_000_000_000

export function dropOldestHalf(model: Model): void {
  const { chains } = model
  const dropped = chains.count >> 1
  uncount(model, dropped)
  const sessionOf = renumberSessions(chains, dropped)
  shiftEvents(chains, dropped, sessionOf)
  shiftItems(model, dropped)
  halveSteps(chains.steps)
  for (const session of model.sessions.values()) {
    if (session.number >= 0) session.number = sessionOf[session.number]
  }
}

function uncount(model: Model, dropped: number): void {
  const { chains, items } = model
  for (let event = 0; event < dropped; event++) {
    const item = itemOf(chains, event)
    items.events[item]--
    if (items.repeats[item] > 0 && isRepeat(chains, event)) items.repeats[item]--
  }
}

function isRepeat(chains: Chains, event: number): boolean {
  let earlier = chains.events[event * EVENT_SIZE + PREVIOUS]
  for (let i = 0; i < REPEAT_WINDOW && earlier >= 0; i++) {
    if (itemOf(chains, earlier) === itemOf(chains, event)) return true
    earlier = chains.events[earlier * EVENT_SIZE + PREVIOUS]
  }
  return false
}

function renumberSessions(chains: Chains, dropped: number): Int32Array {
  const sessionOf = new Int32Array(chains.sessionCount)
  let count = 0
  for (let session = 0; session < chains.sessionCount; session++) {
    const last = chains.sessionLast[session]
    if (last < dropped) {
      sessionOf[session] = NONE
      continue
    }
    sessionOf[session] = count
    chains.sessionLast[count] = last - dropped
    count++
  }
  chains.sessionCount = count
  return sessionOf
}

function shiftEvents(chains: Chains, dropped: number, sessionOf: Int32Array): void {
  const { events } = chains
  const kept = chains.count - dropped
  events.copyWithin(0, dropped * EVENT_SIZE, chains.count * EVENT_SIZE)
  const shifted = (event: number): number => (event < dropped ? NONE : event - dropped)
  for (let at = 0; at < kept * EVENT_SIZE; at += EVENT_SIZE) {
    events[at + SESSION] = sessionOf[events[at + SESSION]]
    for (const link of [PREVIOUS, NEXT, SAME_ITEM]) events[at + link] = shifted(events[at + link])
  }
  chains.count = kept
  chains.dropped += dropped
}

function shiftItems(model: Model, dropped: number): void {
  const { items } = model
  for (let item = 0; item < items.productIds.length; item++) {
    const head = items.head[item]
    items.head[item] = head < dropped ? NONE : head - dropped
    items.recentAt[item] = Math.max(RECENT_OLDEST, items.recentAt[item] - dropped)
  }
}
