/**
 * model/slate/likeness: how alike two products are by what the shop says of them.
 *
 * In: a product and the catalogue.
 * Out: a likeness of 0 to 1, and the most alike products, clicked or not.
 * Invariant: needs no click, so that a product of a minute ago can be found.
 */
import { sharedLists, type Model } from '../model.ts'
import * as C from '../state/catalogue.ts'
import { lnWhole } from '../state/logarithms.ts'
import { createTopList, offerTop, sortTop, type TopList } from './top-list.ts'

/** Weight of an equal value, by dimension of `CODED`. The style itself tells nothing here. */
const EQUAL = Float64Array.of(0, 3, 1.5, 0.5, 2, 1, 0.5, 0.75)
const PRICE_WEIGHT = 0.5
const POPULAR_WEIGHT = 0.25
const TOTAL = 10
/** Products looked through in one group, at most, the newest. */
const SCAN_MAX = 8192
/** Most alike products kept of one product. */
const ALIKE_MAX = 200
/** Lists shared between two changes of the model, at most. */
const SHARED_MAX = 64

export function likeness(model: Model, a: number, b: number): number {
  return likenessTo(model, a)(b)
}

/** Likeness of items to one of them; 0 for what came after the catalogue's arrays were last reserved. */
export function likenessTo(model: Model, a: number): (b: number) => number {
  const { codes, price, state } = model.catalogue
  if (a >= state.length) return () => 0
  const { events } = model.items
  const [, types, subCategories, masterCategories, genders, colours, seasons, usages] = codes
  const type = sought(types[a])
  const subCategory = sought(subCategories[a])
  const masterCategory = sought(masterCategories[a])
  const gender = sought(genders[a])
  const colour = sought(colours[a])
  const season = sought(seasons[a])
  const usage = sought(usages[a])
  const priceA = price[a]
  return (b) => {
    if (b >= state.length) return 0
    let sum = 0
    if (types[b] === type) sum += EQUAL[C.ARTICLE_TYPE]
    if (subCategories[b] === subCategory) sum += EQUAL[C.SUB_CATEGORY]
    if (masterCategories[b] === masterCategory) sum += EQUAL[C.MASTER_CATEGORY]
    if (genders[b] === gender) sum += EQUAL[C.GENDER]
    if (colours[b] === colour) sum += EQUAL[C.BASE_COLOUR]
    if (seasons[b] === season) sum += EQUAL[C.SEASON]
    if (usages[b] === usage) sum += EQUAL[C.USAGE]
    const priceB = price[b]
    if (priceA > 0 && priceB > 0) sum += (PRICE_WEIGHT * Math.min(priceA, priceB)) / Math.max(priceA, priceB)
    sum += POPULAR_WEIGHT * Math.min(1, lnWhole(events[b] + 1) / 8)
    return sum / TOTAL
  }
}

/** A code that the shop does not say equals none. */
function sought(code: number): number {
  return code === 0 ? -1 : code
}

/** Available products most alike, at most `ALIKE_MAX`, from the narrowest group that holds enough of them. */
export function mostAlike(model: Model, item: number): TopList {
  const { alike } = sharedLists(model)
  const known = alike.get(item)
  if (known !== undefined) return known
  const top = findAlike(model, item)
  if (alike.size >= SHARED_MAX) alike.clear()
  alike.set(item, top)
  return top
}

function findAlike(model: Model, item: number): TopList {
  const { catalogue } = model
  const top = createTopList(ALIKE_MAX)
  if (C.stateOf(catalogue, item) === C.STATE_UNKNOWN) return top
  const search = { top, catalogue, item, alike: likenessTo(model, item) }
  if (catalogue.codes[C.ARTICLE_TYPE][item] !== 0) offerGroup(search, C.pairOf(catalogue, item))
  for (const dimension of C.LISTED) {
    if (top.size === ALIKE_MAX) break
    const code = catalogue.codes[dimension][item]
    if (code === 0) continue
    top.size = 0
    offerGroup(search, catalogue.listed[dimension][code])
  }
  return sortTop(top)
}

interface Search {
  readonly top: TopList
  readonly catalogue: C.Catalogue
  readonly item: number
  readonly alike: (other: number) => number
}

function offerGroup({ top, catalogue, item, alike }: Search, group: readonly number[]): void {
  const { state } = catalogue
  const end = Math.max(0, group.length - SCAN_MAX)
  for (let i = group.length - 1; i >= end; i--) {
    const other = group[i]
    if (other !== item && state[other] === C.STATE_AVAILABLE) offerTop(top, other, alike(other))
  }
}
