/**
 * model/slate/slate: the rules every list of products keeps.
 *
 * In: products offered best first, with a score and a reason.
 * Out: those that may be shown, until the list is full.
 * Invariant: known and available products only, none twice, one per style, none that the caller left out.
 */
import { UNISEX } from '../../event/product.ts'
import type { Model } from '../model.ts'
import type { Reason, Recommendation } from '../reasons.ts'
import type { Suits } from './fit.ts'
import { codeOfItem, GENDER, STATE_AVAILABLE, STATE_UNKNOWN, stateOf, STYLE } from '../state/catalogue.ts'

export interface Slate {
  readonly model: Model
  readonly limit: number
  readonly picks: Recommendation[]
  readonly chosen: Set<number>
  readonly styles: Set<number>
  /** Items never to be shown, nor another of their style. */
  readonly excluded: ReadonlySet<number>
  /** Code of the only gender to show, 0 for any. */
  gender: number
  /** What the shopper's clicks let expect to suit; null for any product. */
  suits: Suits | null
  newcomers: Newcomers | null
}

/** Products that get places of their own, whatever fills the others. */
export interface Newcomers {
  readonly places: ReadonlySet<number>
  /** Item numbers, the best first; those that were placed or may not be shown are gone. */
  readonly queue: number[]
  readonly reason: Reason
}

export interface SlateStart {
  readonly limit: number
  readonly excluded: ReadonlySet<number>
  readonly gender: number
}

/** Products of one list, at most. */
const SLATE_MAX = 100

export function startSlate(model: Model, start: SlateStart): Slate {
  const styles = new Set<number>()
  for (const item of start.excluded) {
    if (stateOf(model.catalogue, item) !== STATE_UNKNOWN) styles.add(model.catalogue.codes[STYLE][item])
  }
  return {
    model,
    limit: Math.max(0, Math.min(SLATE_MAX, start.limit)),
    picks: [],
    chosen: new Set(),
    styles,
    excluded: start.excluded,
    gender: start.gender,
    suits: null,
    newcomers: null,
  }
}

export function isFull(slate: Slate): boolean {
  return slate.picks.length >= slate.limit
}

/** Takes the product where the rules allow it. The score is lowered to the last one's where it is higher. */
export function offer(slate: Slate, item: number, score: number, reason: Reason): boolean {
  if (isFull(slate) || !allows(slate, item)) return false
  if (placeNewcomer(slate) && (isFull(slate) || !allows(slate, item))) return false
  place(slate, item, score, reason)
  return true
}

function placeNewcomer(slate: Slate): boolean {
  const { newcomers, picks } = slate
  if (newcomers === null || !newcomers.places.has(picks.length)) return false
  for (let item = newcomers.queue.shift(); item !== undefined; item = newcomers.queue.shift()) {
    if (!allows(slate, item)) continue
    place(slate, item, 1, newcomers.reason)
    return true
  }
  return false
}

function place(slate: Slate, item: number, score: number, reason: Reason): void {
  const { model, picks } = slate
  slate.chosen.add(item)
  slate.styles.add(model.catalogue.codes[STYLE][item])
  const ceiling = picks.length > 0 ? picks[picks.length - 1].score : score
  picks.push({ productId: model.items.productIds[item], score: Math.min(score, ceiling), reason })
}

function allows(slate: Slate, item: number): boolean {
  const { catalogue } = slate.model
  if (stateOf(catalogue, item) !== STATE_AVAILABLE) return false
  if (slate.chosen.has(item) || slate.excluded.has(item)) return false
  if (slate.styles.has(catalogue.codes[STYLE][item])) return false
  if (slate.suits !== null && !slate.suits(item)) return false
  return slate.gender === 0 || fitsGender(slate.model, item, slate.gender)
}

/** Whether a product is made for this gender, for all, or for nobody in particular. */
export function fitsGender(model: Model, item: number, gender: number): boolean {
  const code = codeOfItem(model.catalogue, GENDER, item)
  return code === 0 || code === gender || code === unisex(model)
}

function unisex(model: Model): number {
  return model.catalogue.codeOf[GENDER].get(UNISEX) ?? 0
}

/** Newest items that say whom a visit is for: a present looked at long ago must not count for ever. */
const GENDER_LOOK_BACK = 8

/** The one gender that the newest items are made for, Unisex aside; 0 where there are several or none. */
export function genderOf(model: Model, items: readonly number[]): number {
  let gender = 0
  const forAll = unisex(model)
  for (const item of items.slice(-GENDER_LOOK_BACK)) {
    const code = codeOfItem(model.catalogue, GENDER, item)
    if (code === 0 || code === forAll || code === gender) continue
    if (gender !== 0) return 0
    gender = code
  }
  return gender
}
