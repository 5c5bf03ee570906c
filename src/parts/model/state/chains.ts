/**
 * model/state/chains: the index, every event linked to its neighbours in the session and to the item's earlier event.
 *
 * In: events in the order of the log.
 * Out: Int32 arrays that are walked without sorting or searching; -1 ends a chain.
 * Invariant: links lead to smaller numbers (`previous`, `sameItem`) or larger ones (`next`), never round.
 */
import { grown } from './arrays.ts'
import { countStep, createSteps, grownSteps, type Steps } from './steps.ts'

export interface Chains {
  /** Events held; the newest has the number count - 1. */
  count: number
  /** Events dropped before number 0. */
  dropped: number
  /** `EVENT_SIZE` numbers an event, side by side: a walk finds an event whole in one line of the processor's cache. */
  events: Int32Array
  sessionCount: number
  /** Newest event of each session. */
  sessionLast: Int32Array
  /** How often one item followed another. */
  steps: Steps
}

export const NONE = -1
/** Numbers an event takes: first the item, and above it the weight (1 viewed, 2 in the cart, 3 bought), then these. */
export const EVENT_SIZE = 5
export const PREVIOUS = 1
export const NEXT = 2
export const SESSION = 3
/** Earlier event of the same item. */
export const SAME_ITEM = 4
export const WEIGHT_SHIFT = 28
/** Room for a power of two of events, however often it doubles. */
const FIRST_ROOM = 256 * EVENT_SIZE
export const ITEM_MASK = (1 << WEIGHT_SHIFT) - 1
export const WEIGHT_VIEW = 1
export const WEIGHT_CART = 2
export const WEIGHT_PURCHASE = 3

/** How much more a neighbour's event counts, by its weight. A view counts 1. */
export const WEIGHT_FACTORS = Float64Array.of(0, 1, 1.5, 2)

export function createChains(): Chains {
  return {
    count: 0,
    dropped: 0,
    events: new Int32Array(0),
    sessionCount: 0,
    sessionLast: new Int32Array(0),
    steps: createSteps(),
  }
}

export function itemOf({ events }: Chains, event: number): number {
  return events[event * EVENT_SIZE] & ITEM_MASK
}

export function weightOf({ events }: Chains, event: number): number {
  return events[event * EVENT_SIZE] >>> WEIGHT_SHIFT
}

/** A stronger sign of interest in the same event; never a weaker one. */
export function raiseEvent(chains: Chains, event: number, weight: number): void {
  const stronger = Math.max(weightOf(chains, event), weight)
  chains.events[event * EVENT_SIZE] = itemOf(chains, event) | (stronger << WEIGHT_SHIFT)
}

/** A number for a session that has no event yet. */
export function openSession(chains: Chains): number {
  const session = chains.sessionCount++
  chains.sessionLast = grown(chains.sessionLast, chains.sessionCount)
  chains.sessionLast[session] = NONE
  return session
}

export interface NewEvent {
  readonly item: number
  readonly session: number
  readonly weight: number
  /** Newest event of the item so far, or -1. */
  readonly sameItem: number
}

/** Appends and links one event. @returns its number */
export function appendEvent(chains: Chains, event: NewEvent): number {
  const number = chains.count
  const at = number * EVENT_SIZE
  if (at + EVENT_SIZE > chains.events.length)
    chains.events = grown(chains.events, Math.max(at + EVENT_SIZE, FIRST_ROOM))
  const { events } = chains
  const previous = chains.sessionLast[event.session]
  events[at] = event.item | (event.weight << WEIGHT_SHIFT)
  events[at + PREVIOUS] = previous
  events[at + NEXT] = NONE
  events[at + SESSION] = event.session
  events[at + SAME_ITEM] = event.sameItem
  if (previous !== NONE) {
    events[previous * EVENT_SIZE + NEXT] = number
    chains.steps = grownSteps(chains.steps, chains.dropped + number)
    countStep(chains.steps, itemOf(chains, previous), event.item)
  }
  chains.sessionLast[event.session] = number
  chains.count = number + 1
  return number
}
