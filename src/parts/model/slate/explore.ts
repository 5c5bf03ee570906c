/**
 * model/slate/explore: which product that hardly anyone knows gets a place.
 *
 * In: products alike what the shopper looks at; how often they and their kind were shown and clicked.
 * Out: the new ones among them, in an order drawn for this shopper at this moment.
 * Invariant: at most one place in ten; the draw depends on the log alone, so the same log gives the same slate.
 *
 * @source Thompson 1933, Biometrika 25; here a Gamma posterior of the click rate over what the product's article type,
 *   colour and gender let expect, drawn by the Wilson-Hilferty approximation
 */
import type { Model } from '../model.ts'
import type { Session } from '../session/session.ts'
import { hash32 } from '../state/random.ts'
import { OUTCOME_GROUPS, outcomesOf, outcomeValue } from '../state/outcomes.ts'
import type { Suits } from './fit.ts'
import { mostAlike } from './likeness.ts'
import type { Newcomers } from './slate.ts'

/** With fewer events than this the ranker knows nothing of a product. */
const NEW_EVENTS_MAX = 5
/** Of each ten places one is for something new; never one of the first two. */
const EVERY = 10
const FIRST_PLACE = 2
/** Expected clicks that what the kind lets expect counts for, of one product and of one attribute value. */
const PRODUCT_PRIOR = 2
const VALUE_PRIOR = 20
/** Clicks and showings that a shop without any is taken to have had. */
const SHOP_CLICKED = 1
const SHOP_SHOWN = 20

/** Whether too few have looked at a product for the ranker to judge it. */
export function isNewcomer(model: Model, item: number): boolean {
  return model.items.events[item] < NEW_EVENTS_MAX
}

/** Ids of the new products that a visitor's next slate would choose from, in no order of merit. */
export function newcomersIn(model: Model, visitorKey: string): readonly string[] {
  const newest = model.sessions.get(visitorKey)?.items.at(-1)
  if (newest === undefined) return []
  const { items, size } = mostAlike(model, newest)
  const found = Array.from(items.subarray(0, size)).filter((item) => isNewcomer(model, item))
  return found.map((item) => model.items.productIds[item])
}

/** Newcomers for a shopper who looks at `context`, and the places that are theirs. */
export function newcomersFor(
  model: Model,
  session: Session,
  shopper: { readonly context: readonly number[]; readonly suits: Suits; readonly limit: number },
): Newcomers {
  const newestItem = shopper.context[shopper.context.length - 1]
  return {
    places: placesFor(session, shopper.limit),
    queue: drawn(model, session, newestItem).filter(shopper.suits),
    reason: { code: 'similar_style', params: { product_id: model.items.productIds[newestItem] } },
  }
}

/** At most one place in each ten. */
function placesFor(session: Session, limit: number): ReadonlySet<number> {
  const places = new Set<number>()
  for (let block = 0; block * EVERY < limit; block++) {
    places.add(block * EVERY + FIRST_PLACE + (drawOf(session, -1 - block) % (EVERY - FIRST_PLACE)))
  }
  return places
}

/** New products alike an item, most promising draw first. */
function drawn(model: Model, session: Session, newestItem: number): number[] {
  const alike = mostAlike(model, newestItem)
  const found: { readonly item: number; readonly draw: number }[] = []
  for (let i = 0; i < alike.size; i++) {
    const item = alike.items[i]
    if (!isNewcomer(model, item)) continue
    found.push({ item, draw: alike.scores[i] * drawnRate(model, item, normal(drawOf(session, item))) })
  }
  return found.sort((a, b) => b.draw - a.draw || a.item - b.item).map(({ item }) => item)
}

/** Clicks per showing, drawn from what is known of the product and its kind. @param z a draw from a normal */
function drawnRate(model: Model, item: number, z: number): number {
  const { outcomes } = model
  const prior = expectedRate(model, item)
  const shape = PRODUCT_PRIOR + outcomesOf(outcomes, 0, { value: item, outcome: 'clicked' })
  const root = Math.max(0, 1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape)))
  const expected = prior * outcomesOf(outcomes, 0, { value: item, outcome: 'shown' })
  return (prior * shape * root * root * root) / (PRODUCT_PRIOR + expected)
}

/** Clicks per showing of the shop, times how much more each attribute value gets than that. */
function expectedRate({ outcomes, catalogue }: Model, item: number): number {
  const base = (outcomes.totals.clicked + SHOP_CLICKED) / (outcomes.totals.shown + SHOP_SHOWN)
  let rate = base
  for (let group = 1; group < OUTCOME_GROUPS.length; group++) {
    const value = outcomeValue(catalogue, group, item)
    if (value === 0) continue
    const clicked = outcomesOf(outcomes, group, { value, outcome: 'clicked' })
    const shown = outcomesOf(outcomes, group, { value, outcome: 'shown' })
    rate *= (clicked + VALUE_PRIOR) / (base * shown + VALUE_PRIOR)
  }
  return Math.min(1, rate)
}

/** 32 bits that this shopper's place in the log fixes. */
function drawOf(session: Session, item: number): number {
  return hash32(hash32(session.number * 251 + session.itemCount) + item)
}

/** A draw from a normal by the sum of four bytes: a bell of variance 1 that ends at 3.5. */
function normal(bits: number): number {
  const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24)
  return (sum / 255 - 2) * Math.sqrt(3)
}
