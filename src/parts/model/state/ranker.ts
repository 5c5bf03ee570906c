/**
 * model/state/ranker: the gated linear ranker's weights.
 *
 * In: what kind of list is to be ranked.
 * Out: the sum of the weight vectors that are active for it, one for own candidates and one for the others.
 * Invariant: slates rank by `average`; only learning reads `weights`.
 */
import { FEATURES, FEATURE_LOG_MASS, FEATURE_LOG_RANK } from '../rank/feature-names.ts'

/** base, 4 by items so far, 4 by neighbours of the last item, 2 by repetition, own. */
export const VECTORS = 12
const ITEMS_GATE = 1
const NEIGHBOURS_GATE = 5
const REPEATED_GATE = 9
const OWN_GATE = 11

export interface Ranker {
  readonly weights: Float64Array
  readonly average: Float64Array
  /** AdaGrad's sums of squares. */
  readonly squares: Float64Array
  /** Lists learned from. */
  lists: number
}

const START_SQUARES = 0.01

export function createRanker(): Ranker {
  const weights = new Float64Array(VECTORS * FEATURES)
  weights[FEATURE_LOG_RANK] = -2
  weights[FEATURE_LOG_MASS] = 1
  return {
    weights,
    average: weights.slice(),
    squares: new Float64Array(VECTORS * FEATURES).fill(START_SQUARES),
    lists: 0,
  }
}

export interface ListKindOfRanker {
  /** Items in the session so far. */
  readonly itemCount: number
  /** Neighbour sessions of the last item. */
  readonly neighbours: number
  /** 1 where the last item occurred earlier in the session, else 0. */
  readonly lastRepeated: number
}

/** The vectors active for every candidate of a list, and last the one for own candidates. */
export function activeVectors(kind: ListKindOfRanker, out: Int32Array): void {
  out[0] = 0
  out[1] = ITEMS_GATE + (kind.itemCount <= 1 ? 0 : kind.itemCount === 2 ? 1 : kind.itemCount <= 5 ? 2 : 3)
  out[2] = NEIGHBOURS_GATE + (kind.neighbours < 3 ? 0 : kind.neighbours < 10 ? 1 : kind.neighbours < 30 ? 2 : 3)
  out[3] = REPEATED_GATE + kind.lastRepeated
  out[4] = OWN_GATE
}

export const ACTIVE_VECTORS = 5
