/**
 * model/slate/home: products chosen for one visitor.
 *
 * In: a visitor key.
 * Out: the ranked list under the slate rules, with reminders, a place for the new, and fallbacks.
 * Invariant: nothing the visitor just bought or has in the cart; never empty while the catalogue is not.
 */
import { sharedLists, type Model } from '../model.ts'
import type { Reason, Recommendation } from '../reasons.ts'
import { AGES, LINKS } from '../rank/scratch.ts'
import { rankList } from '../rank/rank.ts'
import { joinedSession } from '../session/known-users.ts'
import { newestDistinct, type Session } from '../session/session.ts'
import { findItem } from '../state/items.ts'
import { anythingAtAll, fillSlate } from './fill.ts'
import { newcomersFor } from './explore.ts'
import { suitsShopper } from './fit.ts'
import { keepFactor } from './returns.ts'
import { genderOf, isFull, offer, startSlate, type Slate } from './slate.ts'

export interface SlateRequest {
  /** 1 to 100. */
  readonly limit: number
  /** Product ids to leave out. */
  readonly exclude?: readonly string[]
}

/** Places for items of the visit before, while this one is young. */
const EARLIER_PLACES = [4, 7, 12]
const YOUNG_ITEMS_MAX = 3

export function recommend(model: Model, visitorKey: string, request: SlateRequest): readonly Recommendation[] {
  if (request.exclude !== undefined && request.exclude.length > 0) return makeSlate(model, visitorKey, request)
  const shared = sharedLists(model)
  const { limit } = request
  if (shared.home?.visitorKey === visitorKey && shared.home.limit === limit) return shared.home.picks
  const picks = makeSlate(model, visitorKey, request)
  shared.home = { visitorKey, limit, picks }
  return picks
}

function makeSlate(model: Model, visitorKey: string, request: SlateRequest): readonly Recommendation[] {
  const session = joinedSession(model, visitorKey)
  const context = session === undefined ? [] : contextOf(session)
  const slate = startSlate(model, {
    limit: request.limit,
    excluded: excludedItems(model, session, request.exclude),
    gender: genderOf(model, context),
  })
  const suits = session === undefined ? null : suitsShopper(model, session)
  if (session !== undefined && suits !== null && context.length > 0) {
    if (model.options.newcomers) slate.newcomers = newcomersFor(model, session, { context, suits, limit: slate.limit })
    offerRanked(slate, session, context)
  }
  fillSlate(slate, context, suits)
  return slate.picks.length > 0 ? slate.picks : anythingAtAll(model, request.limit).picks
}

/** Items of this visit, or of the visit before where this one has none. */
export function contextOf(session: Session): readonly number[] {
  return session.items.length > 0 ? session.items : session.earlier
}

export function excludedItems(
  model: Model,
  session: Session | undefined,
  productIds: readonly string[] = [],
): ReadonlySet<number> {
  const excluded = new Set(session === undefined ? [] : [...session.cart, ...session.bought])
  for (const productId of productIds) excluded.add(findItem(model.items, productId))
  return excluded
}

function offerRanked(slate: Slate, session: Session, context: readonly number[]): void {
  const ranked = rankedItems(slate.model, session, context)
  const earlier = earlierItems(session)
  const remindersMax = Math.ceil(slate.limit * slate.model.options.reminderShare)
  const held: RankedItem[] = []
  let reminders = 0
  for (const entry of ranked) {
    if (isFull(slate)) return
    if (EARLIER_PLACES.includes(slate.picks.length)) offerEarlier(slate, earlier)
    if (entry.reason.code === 'viewed_again' && reminders >= remindersMax) held.push(entry)
    else if (offer(slate, entry.item, entry.score, entry.reason) && entry.reason.code === 'viewed_again') reminders++
  }
  for (const item of earlier) offer(slate, item, 0.001, { code: 'viewed_again', params: {} })
  for (const entry of held) offer(slate, entry.item, entry.score, entry.reason)
}

function earlierItems(session: Session): number[] {
  if (newestDistinct(session.items, YOUNG_ITEMS_MAX + 1).length > YOUNG_ITEMS_MAX) return []
  return session.earlier.filter((item) => !session.items.includes(item)).reverse()
}

function offerEarlier(slate: Slate, earlier: number[]): void {
  const item = earlier.shift()
  if (item !== undefined) offer(slate, item, 1, { code: 'viewed_again', params: {} })
}

export interface RankedItem {
  readonly item: number
  /** The ranker's probability that this is the next product, among its list; less for what is often sent back. */
  readonly score: number
  readonly reason: Reason
}

/** The ranker's list for a shopper, best first, each with what led to it. */
export function rankedItems(model: Model, session: Session, context: readonly number[]): RankedItem[] {
  const isVisit = context === session.items
  const query = {
    items: context,
    itemCount: isVisit ? session.itemCount : context.length,
    session: session.number,
  }
  const size = rankList(model, query)
  const { scratch } = model
  const best = size > 0 ? scratch.scores[scratch.order[0]] : 0
  let total = 0
  for (let i = 0; i < size; i++) total += Math.exp(scratch.scores[i] - best)
  const ranked: RankedItem[] = []
  let isSentBack = false
  for (let i = 0; i < size; i++) {
    const place = scratch.order[i]
    const slot = scratch.list[place]
    const item = scratch.candidateItem[slot]
    const keep = keepFactor(model, item)
    if (keep < 1) isSentBack = true
    const score = (keep * Math.exp(scratch.scores[place] - best)) / total
    ranked.push({ item, score, reason: reasonOf(model, slot) })
  }
  // A stable sort, so that equal scores keep the ranker's order.
  return isSentBack ? ranked.sort((a, b) => b.score - a.score) : ranked
}

function reasonOf(model: Model, slot: number): Reason {
  const { scratch } = model
  if (slot < scratch.ownSize) return { code: 'viewed_again', params: {} }
  const links = scratch.ages[slot * AGES + LINKS]
  const newest = links === 0 ? 0 : 31 - Math.clz32(links & -links)
  return { code: 'because_you_viewed', params: { product_id: model.items.productIds[scratch.ownItem[newest]] } }
}
