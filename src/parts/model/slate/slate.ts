/**
 * model/slate/slate: the rules every list of products keeps.
 *
 * In: products offered best first, with a score and a reason.
 * Out: those that may be shown, until the list is full.
 * Invariant: known and available products only, none twice, one per style, none that the caller left out.
 */
import type { Model } from '../model.ts'
import type { Reason, Recommendation } from '../reasons.ts'
import { codeOfItem, GENDER, STATE_AVAILABLE, stateOf, STYLE } from '../state/catalogue.ts'

export interface Slate {
  readonly model: Model
  readonly limit: number
  readonly picks: Recommendation[]
  readonly chosen: Set<number>
  readonly styles: Set<number>
  /** Items never to be shown. */
  readonly excluded: ReadonlySet<number>
  /** Code of the only gender to show, 0 for any. */
  gender: number
  /** Code of the gender that fits all, 0 where the shop has none. */
  readonly unisex: number
}

export interface SlateStart {
  readonly limit: number
  readonly excluded: ReadonlySet<number>
  readonly gender: number
}

/** Products of one list, at most. */
const SLATE_MAX = 100

export function startSlate(model: Model, start: SlateStart): Slate {
  return {
    model,
    limit: Math.max(0, Math.min(SLATE_MAX, start.limit)),
    picks: [],
    chosen: new Set(),
    styles: new Set(),
    excluded: start.excluded,
    gender: start.gender,
    unisex: unisex(model),
  }
}

export function isFull(slate: Slate): boolean {
  return slate.picks.length >= slate.limit
}

/** Takes the product where the rules allow it. The score is lowered to the last one's where it is higher. */
export function offer(slate: Slate, item: number, score: number, reason: Reason): boolean {
  if (isFull(slate) || !allows(slate, item)) return false
  const { model, picks } = slate
  slate.chosen.add(item)
  slate.styles.add(model.catalogue.codes[STYLE][item])
  const ceiling = picks.length > 0 ? picks[picks.length - 1].score : score
  picks.push({ productId: model.items.productIds[item], score: Math.min(score, ceiling), reason })
  return true
}

function allows(slate: Slate, item: number): boolean {
  const { catalogue } = slate.model
  if (stateOf(catalogue, item) !== STATE_AVAILABLE) return false
  if (slate.chosen.has(item) || slate.excluded.has(item)) return false
  if (slate.styles.has(catalogue.codes[STYLE][item])) return false
  return slate.gender === 0 || fitsGender(slate, item)
}

function fitsGender(slate: Slate, item: number): boolean {
  const code = codeOfItem(slate.model.catalogue, GENDER, item)
  return code === 0 || code === slate.gender || code === slate.unisex
}

function unisex(model: Model): number {
  return model.catalogue.codeOf[GENDER].get('Unisex') ?? 0
}

/** The one gender that all the items are made for, Unisex aside; 0 where there are several or none. */
export function genderOf(model: Model, items: readonly number[]): number {
  let gender = 0
  const forAll = unisex(model)
  for (const item of items) {
    const code = codeOfItem(model.catalogue, GENDER, item)
    if (code === 0 || code === forAll || code === gender) continue
    if (gender !== 0) return 0
    gender = code
  }
  return gender
}
