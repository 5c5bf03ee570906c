/**
 * model/learn/train-ranker: teaches the ranker by what the shopper did next.
 *
 * In: a session before its next event, and the item of that event.
 * Out: weights moved by one step of AdaGrad on the softmax over the list, and their running average.
 * Invariant: which events teach depends on their position in the log alone.
 */
import type { Model } from '../model.ts'
import { describeList, gatherList, scoreList } from '../rank/rank.ts'
import { FEATURES } from '../rank/feature-names.ts'
import type { RankQuery } from '../rank/own-items.ts'
import type { Scratch } from '../rank/scratch.ts'
import { ACTIVE_VECTORS, type Ranker } from '../state/ranker.ts'
import { hash32 } from '../state/random.ts'

/** One event in `every` teaches, up to a position of the log: a young ranker has most to learn. */
const LESSONS = [
  { until: 2000, every: 1 },
  { until: 65_536, every: 3 },
  { until: 1_048_576, every: 6 },
  { until: Infinity, every: 16 },
] as const
const RATE = 0.07
const SLOWEST_AVERAGE = 0.0005

/** Whether the event at this position of the log teaches the ranker. */
export function teaches(position: number): boolean {
  for (const { until, every } of LESSONS) if (position < until) return hash32(position) % every === 0
  return false
}

const otherGradient = new Float64Array(FEATURES)
const ownGradient = new Float64Array(FEATURES)

/** Learns from one list; nothing happens where the target is not on it. */
export function trainRanker(model: Model, query: RankQuery, target: number): void {
  const { scratch, ranker } = model
  if (gatherList(model, query) === 0) return
  const place = placeOf(scratch, target)
  if (place < 0) return
  describeList(model, query)
  scoreList(model, ranker.weights)
  collectGradients(scratch, place)
  const { active } = scratch
  for (let k = 0; k < FEATURES; k++) {
    const gradient = otherGradient[k] + ownGradient[k]
    for (let v = 0; v < ACTIVE_VECTORS - 1; v++) step(ranker, active[v] * FEATURES + k, gradient)
    step(ranker, active[ACTIVE_VECTORS - 1] * FEATURES + k, ownGradient[k])
  }
  ranker.lists++
  const share = Math.max(1 / (ranker.lists + 1), SLOWEST_AVERAGE)
  const { weights, average } = ranker
  for (let i = 0; i < weights.length; i++) average[i] += share * (weights[i] - average[i])
}

function placeOf(scratch: Scratch, item: number): number {
  for (let rank = 0; rank < scratch.listSize; rank++) {
    if (scratch.candidateItem[scratch.list[rank]] === item) return rank
  }
  return -1
}

function collectGradients(scratch: Scratch, place: number): void {
  const { scores, listSize, features, list, ownSize } = scratch
  let best = scores[0]
  for (let rank = 1; rank < listSize; rank++) if (scores[rank] > best) best = scores[rank]
  let total = 0
  for (let rank = 0; rank < listSize; rank++) total += scores[rank] = Math.exp(scores[rank] - best)
  otherGradient.fill(0)
  ownGradient.fill(0)
  for (let rank = 0; rank < listSize; rank++) {
    const error = (rank === place ? 1 : 0) - scores[rank] / total
    const gradient = list[rank] < ownSize ? ownGradient : otherGradient
    const from = rank * FEATURES
    for (let k = 0; k < FEATURES; k++) gradient[k] += error * features[from + k]
  }
}

function step(ranker: Ranker, at: number, gradient: number): void {
  if (gradient === 0) return
  ranker.squares[at] += gradient * gradient
  ranker.weights[at] += (RATE * gradient) / Math.sqrt(ranker.squares[at])
}
