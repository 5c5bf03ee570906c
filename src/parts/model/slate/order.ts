/**
 * model/slate/order: a given list of products, such as a category page or a search result, in the order of a visitor's interest.
 *
 * In: a visitor key and product ids.
 * Out: each product once, best first, with a score and a reason.
 * Invariant: what the ranker knows comes first, by its score; then what suits the shopper, by likeness to the newest
 *   products and popularity; equal products keep the order they were given in.
 */
import { joinedSession } from '../session/known-users.ts'
import type { Model } from '../model.ts'
import type { Reason, Recommendation } from '../reasons.ts'
import { newestDistinct, type Session } from '../session/session.ts'
import { findItem } from '../state/items.ts'
import { lnWhole } from '../state/logarithms.ts'
import { suitsShopper } from './fit.ts'
import { contextOf, rankedItems } from './home.ts'
import { likenessTo } from './likeness.ts'
import { keepFactor } from './returns.ts'
import { fitsGender, genderOf } from './slate.ts'

/** Newest products of the visit that others are compared with. */
const COMPARED_MAX = 3
/** Scores of what the ranker does not know lie below this. */
const UNRANKED_SCORE = 1e-4
/** Part of such a score that popularity makes up; likeness makes up the rest. */
const POPULAR_SHARE = 0.25
/** What does not suit comes after what does. */
const UNSUITED_FACTOR = 0.1
const POPULAR: Reason = { code: 'popular', params: {} }

export function orderProducts(
  model: Model,
  visitorKey: string,
  productIds: readonly string[],
): readonly Recommendation[] {
  const session = joinedSession(model, visitorKey)
  const context = session === undefined ? [] : contextOf(session)
  const ranked = new Map<number, Judged>()
  if (session !== undefined && context.length > 0) {
    for (const { item, score, reason } of rankedItems(model, session, context)) ranked.set(item, { score, reason })
  }
  const judge = judgeOf(model, session, context)
  const judged = [...new Set(productIds)].map((productId) => {
    const item = findItem(model.items, productId)
    const { score, reason } = item < 0 ? UNKNOWN : (ranked.get(item) ?? judge(item))
    return { productId, score, reason }
  })
  return judged.sort((a, b) => b.score - a.score)
}

interface Judged {
  readonly score: number
  readonly reason: Reason
}

const UNKNOWN: Judged = { score: 0, reason: POPULAR }

/** Judges what the ranker has no opinion on. */
function judgeOf(model: Model, session: Session | undefined, context: readonly number[]): (item: number) => Judged {
  const compared = newestDistinct(context, COMPARED_MAX)
    .reverse()
    .map((item) => ({ item, alike: likenessTo(model, item) }))
  const gender = genderOf(model, context)
  const suits = session === undefined ? null : suitsShopper(model, session)
  return (item) => {
    let like = 0
    let likest = -1
    for (const other of compared) {
      const alike = other.alike(item)
      if (alike <= like) continue
      like = alike
      likest = other.item
    }
    const popular = Math.min(1, lnWhole(model.items.events[item] + 1) / 8)
    const isSuited = (suits === null || suits(item)) && (gender === 0 || fitsGender(model, item, gender))
    const share = (1 - POPULAR_SHARE) * like + POPULAR_SHARE * popular
    const score = UNRANKED_SCORE * share * keepFactor(model, item) * (isSuited ? 1 : UNSUITED_FACTOR)
    return {
      score,
      reason: likest < 0 ? POPULAR : { code: 'similar_style', params: { product_id: model.items.productIds[likest] } },
    }
  }
}
