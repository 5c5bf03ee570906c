/**
 * model/rank/explain: what put each product where it stands in the ranker's list.
 *
 * In: a model and the items of a shopper.
 * Out: per product its score and the features that set it apart, each with its weight and what both give together.
 * Invariant: points of all features of a product add up to its score.
 */
import type { Model } from '../model.ts'
import { FEATURES } from './feature-names.ts'
import type { RankQuery } from './own-items.ts'
import { rankList } from './rank.ts'

/** What each feature measures, in the order of `features.ts`. */
export const FEATURE_LABELS: readonly string[] = [
  'in visits like this one',
  'in visits like this one, root',
  'in visits like this one, log',
  'place before ranking, inverse',
  'place before ranking, log',
  'seen together with the last product',
  'seen right after the last product',
  'seen right before the last product',
  'times together with the last product',
  'times right after the last product',
  'times right before the last product',
  'together with the last product, by how often both are seen',
  'seen together with the product before',
  'seen soon after the product before',
  'times together with the product before',
  'near older products of the visit',
  'most alike visit that holds it',
  'age of the newest such visit',
  'in no such visit',
  'in visits that share two products or more',
  'in recent visits like this one',
  'products of the visit that lead to it',
  'in visits that share the last two products',
  'right after the last product in those',
  'times in those',
  'share of its looks beside the last product',
  'share of its looks right after the last product',
  'times looked at',
  'looked at of late',
  'rising or falling',
  'how often it is looked at again',
  'time since it was last looked at',
  'looked at in this visit',
  'it is the last product',
  'it is the product before',
  'how recently it was looked at, by steps',
  'how recently it was looked at, by products',
  'times looked at in this visit',
  'looked at in this visit and in visits like it',
  'looked at in this visit and often looked at again',
  'looked at in this visit: length of the visit',
  'looked at in this visit: how much the visit repeats',
  'looked at in this visit: the last product repeats',
  'the last product repeats and is this one',
  'the last product repeats, this is the one before',
  'came next when the last product was looked at before in this visit',
  'came just before it then',
  'how often it came next in this visit',
  'looked at in this visit: the last product twice in a row',
  'the last product, by how often in a row',
  'looked at in this visit: how much the last steps repeat',
  'one visit further away',
  'one visit further away, log',
  'first guess, root',
  'learned likeness to the visit',
  'learned step from the last product',
  'learned likeness to the last product',
  'learned likeness to the visit, against the rest of the list',
  'length of the visit',
  'how much the visit repeats',
  'visits that hold the last product',
  'the last product repeats',
  'times the last product was looked at',
  "share of the last product's steps that lead to it",
  'steps from the last product to it',
  'steps from the product before to it',
  'right after the last two products, share',
  'right after the last two products, times',
  'share of what visits like this one hold',
]

export interface Contribution {
  readonly feature: string
  readonly value: number
  readonly weight: number
  /** value × weight. */
  readonly points: number
}

export interface Explanation {
  /** The ranker's score; only differences within one list have meaning. */
  readonly score: number
  /** Those whose points differ from the list's mean, the farthest first. */
  readonly features: readonly Contribution[]
}

/** @param most features a product, 1 to the number there are */
export function explainRanking(model: Model, query: RankQuery, most: number): ReadonlyMap<number, Explanation> {
  const size = rankList(model, query)
  const { scratch } = model
  const explained = new Map<number, Explanation>()
  if (size === 0) return explained
  const mean = meanPoints(model, size)
  for (let place = 0; place < size; place++) {
    const all = Array.from({ length: FEATURES }, (_, feature) => contribution(model, place, feature))
    const apart = all
      .map((entry, feature) => ({ entry, distance: Math.abs(entry.points - mean[feature]) }))
      .filter(({ distance }) => distance > 0)
      .toSorted((a, b) => b.distance - a.distance)
    const item = scratch.candidateItem[scratch.list[place]]
    explained.set(item, { score: scratch.scores[place], features: apart.slice(0, most).map(({ entry }) => entry) })
  }
  return explained
}

function contribution({ scratch }: Model, place: number, feature: number): Contribution {
  const vector = scratch.list[place] < scratch.ownSize ? scratch.vectorOwn : scratch.vectorOther
  const value = scratch.features[place * FEATURES + feature]
  const weight = vector[feature]
  return { feature: FEATURE_LABELS[feature] ?? `feature ${feature}`, value, weight, points: value * weight }
}

function meanPoints(model: Model, size: number): Float64Array {
  const mean = new Float64Array(FEATURES)
  for (let place = 0; place < size; place++) {
    for (let feature = 0; feature < FEATURES; feature++) {
      mean[feature] += contribution(model, place, feature).points / size
    }
  }
  return mean
}
