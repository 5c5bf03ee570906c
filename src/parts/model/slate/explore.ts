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
import { OUTCOME_GROUPS, outcomeValue } from '../state/outcomes.ts'
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

/** New products alike an item, most promising draw first. Flat loops: two hundred draws for each slate. */
function drawn(model: Model, session: Session, newestItem: number): number[] {
  const alike = mostAlike(model, newestItem)
  const expectedRate = expectedRates(model)
  const { shown, clicked } = model.outcomes.groups[0]
  const places: number[] = []
  const draws = new Float64Array(alike.size)
  for (let i = 0; i < alike.size; i++) {
    const item = alike.items[i]
    if (!isNewcomer(model, item)) continue
    const known = { shown: countOf(shown, item), clicked: countOf(clicked, item) }
    draws[i] = alike.scores[i] * drawnRate(expectedRate(item), known, normal(drawOf(session, item)))
    places.push(i)
  }
  return places.sort((a, b) => draws[b] - draws[a] || alike.items[a] - alike.items[b]).map((i) => alike.items[i])
}

/** Clicks per showing, drawn from what is known of the product and its kind. @param z a draw from a normal */
function drawnRate(prior: number, known: { readonly shown: number; readonly clicked: number }, z: number): number {
  const shape = PRODUCT_PRIOR + known.clicked
  const root = Math.max(0, 1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape)))
  return (prior * shape * root * root * root) / (PRODUCT_PRIOR + prior * known.shown)
}

/** Clicks per showing of the shop, times how much more each attribute value of an item gets than that. */
function expectedRates({ outcomes, catalogue }: Model): (item: number) => number {
  const base = (outcomes.totals.clicked + SHOP_CLICKED) / (outcomes.totals.shown + SHOP_SHOWN)
  return (item) => {
    let rate = base
    for (let group = 1; group < OUTCOME_GROUPS.length; group++) {
      const value = outcomeValue(catalogue, group, item)
      if (value === 0) continue
      const { shown, clicked } = outcomes.groups[group]
      rate *= (countOf(clicked, value) + VALUE_PRIOR) / (base * countOf(shown, value) + VALUE_PRIOR)
    }
    return Math.min(1, rate)
  }
}

/** 0 for what was never counted. */
function countOf(counts: Int32Array, value: number): number {
  return value < counts.length ? counts[value] : 0
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
