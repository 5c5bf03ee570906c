/**
 * model/rank/rank: from a shopper's items to a ranked list of up to 100.
 *
 * In: item numbers, newest last, and the model.
 * Out: the list in the model's scratch: candidates, features, scores, order.
 * Invariant: ranking changes nothing that is learned.
 */
import type { Model } from '../model.ts'
import { VECTORS, activeVectors, ACTIVE_VECTORS } from '../state/ranker.ts'
import { lnWhole } from '../state/logarithms.ts'
import { hopFurther, meetCandidates, selectBest, weighCandidates } from './candidates.ts'
import { FEATURES } from './feature-names.ts'
import { fillFeatures, lastRepeated } from './features.ts'
import { findNeighbours } from './neighbours.ts'
import { collectOwnItems, countOwnItems, type RankQuery } from './own-items.ts'
import { startQuery } from './scratch.ts'

/** Finds the candidates of a list, best key first, without features. @returns how many */
export function gatherList(model: Model, query: RankQuery): number {
  const { scratch, chains, items } = model
  startQuery(scratch, items.productIds.length, chains.sessionCount)
  collectOwnItems(scratch, query)
  if (scratch.ownSize === 0) return 0
  countOwnItems(scratch, items, { eventCount: chains.count, indexed: query.session >= 0 })
  const lnAllEvents = lnWhole(chains.count + 1)
  findNeighbours(scratch, { chains, items, lnAllEvents, ownSession: query.session })
  meetCandidates(scratch, chains)
  weighCandidates(scratch, items, lnAllEvents)
  hopFurther(scratch, { chains, items, ownSession: query.session })
  scratch.listSize = selectBest(scratch, 0, scratch.list)
  return scratch.listSize
}

/** Fills features and the vectors that are active for the list gathered last. */
export function describeList(model: Model, query: RankQuery): void {
  const { scratch } = model
  fillFeatures(scratch, { items: model.items, chains: model.chains, embeddings: model.embeddings, query })
  const kind = { itemCount: query.itemCount, neighbours: scratch.found[0], lastRepeated: lastRepeated(scratch) }
  activeVectors(kind, scratch.active)
}

/** Scores the list gathered last by the given weights, `float64[12 * 69]`. */
export function scoreList(model: Model, weights: Float64Array): void {
  const { scratch } = model
  const { vectorOther, vectorOwn, active, features, scores } = scratch
  vectorOther.fill(0)
  for (let v = 0; v < ACTIVE_VECTORS - 1; v++) {
    const from = active[v] * FEATURES
    for (let k = 0; k < FEATURES; k++) vectorOther[k] += weights[from + k]
  }
  const ownFrom = (VECTORS - 1) * FEATURES
  for (let k = 0; k < FEATURES; k++) vectorOwn[k] = vectorOther[k] + weights[ownFrom + k]
  for (let rank = 0; rank < scratch.listSize; rank++) {
    const vector = scratch.list[rank] < scratch.ownSize ? vectorOwn : vectorOther
    const from = rank * FEATURES
    // Three sums at a time, since each addition waits for the one before it; 69 is three times 23.
    let first = 0
    let second = 0
    let third = 0
    for (let k = 0; k < FEATURES; k += 3) {
      first += vector[k] * features[from + k]
      second += vector[k + 1] * features[from + k + 1]
      third += vector[k + 2] * features[from + k + 2]
    }
    scores[rank] = first + second + third
  }
}

/**
 * Ranks the candidates for a list of items.
 *
 * @returns how many; `scratch.order` holds places in `scratch.list`, best first
 */
export function rankList(model: Model, query: RankQuery): number {
  const size = gatherList(model, query)
  if (size === 0) return 0
  describeList(model, query)
  scoreList(model, model.ranker.average)
  sortByScore(model)
  return size
}

/** Item numbers for a bare list of items that the index does not hold as a session, best first. */
export function rankItems(model: Model, items: ArrayLike<number>, limit: number): Int32Array {
  return topItems(model, rankList(model, { items, itemCount: items.length, session: -1 }), limit)
}

/** Item numbers for a visitor's current session, best first; empty where the visitor has none. */
export function rankVisitor(model: Model, visitorKey: string, limit: number): Int32Array {
  const session = model.sessions.get(visitorKey)
  if (session === undefined || session.items.length === 0) return new Int32Array(0)
  const query = { items: session.items, itemCount: session.itemCount, session: session.number }
  return topItems(model, rankList(model, query), limit)
}

function topItems(model: Model, size: number, limit: number): Int32Array {
  const { scratch } = model
  const top = new Int32Array(Math.min(size, limit))
  for (let i = 0; i < top.length; i++) top[i] = scratch.candidateItem[scratch.list[scratch.order[i]]]
  return top
}

/** Orders places by score; equal scores keep the better key first. */
function sortByScore(model: Model): void {
  const { order, scores, listSize } = model.scratch
  for (let i = 0; i < listSize; i++) {
    const score = scores[i]
    let at = i
    while (at > 0 && scores[order[at - 1]] < score) {
      order[at] = order[at - 1]
      at--
    }
    order[at] = i
  }
}
