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
  item: Int32Array
  session: Int32Array
  previous: Int32Array
  next: Int32Array
  /** Earlier event of the same item. */
  sameItem: Int32Array
  /** 1 viewed, 2 in the cart, 3 bought. */
  weight: Uint8Array
  sessionCount: number
  /** Newest event of each session. */
  sessionLast: Int32Array
  /** How often one item followed another. */
  steps: Steps
}

export const NONE = -1
export const WEIGHT_VIEW = 1
export const WEIGHT_CART = 2
export const WEIGHT_PURCHASE = 3

/** How much more a neighbour's event counts, by its weight. A view counts 1. */
export const WEIGHT_FACTORS = Float64Array.of(0, 1, 1.5, 2)

export function createChains(): Chains {
  return {
    count: 0,
    dropped: 0,
    item: new Int32Array(0),
    session: new Int32Array(0),
    previous: new Int32Array(0),
    next: new Int32Array(0),
    sameItem: new Int32Array(0),
    weight: new Uint8Array(0),
    sessionCount: 0,
    sessionLast: new Int32Array(0),
    steps: createSteps(),
  }
}

function reserveEvents(chains: Chains, events: number): void {
  chains.item = grown(chains.item, events)
  chains.session = grown(chains.session, events)
  chains.previous = grown(chains.previous, events)
  chains.next = grown(chains.next, events)
  chains.sameItem = grown(chains.sameItem, events)
  chains.weight = grown(chains.weight, events)
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
  if (number >= chains.item.length) reserveEvents(chains, number + 1)
  const previous = chains.sessionLast[event.session]
  chains.item[number] = event.item
  chains.session[number] = event.session
  chains.previous[number] = previous
  chains.next[number] = NONE
  chains.sameItem[number] = event.sameItem
  chains.weight[number] = event.weight
  if (previous !== NONE) {
    chains.next[previous] = number
    chains.steps = grownSteps(chains.steps, chains.dropped + number)
    countStep(chains.steps, chains.item[previous], event.item)
  }
  chains.sessionLast[event.session] = number
  chains.count = number + 1
  return number
}
