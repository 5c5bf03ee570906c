/**
 * model/trend/attend: counts an event towards the trends.
 *
 * In: an item, what the visitor did with it, and the session before the event.
 * Out: attention per product and attribute value, each value once a session, at the strongest act.
 * Invariant: looking at ten shirts counts "shirts" once, so a session cannot make a trend by itself.
 */
import { TREND_DIMENSIONS } from '../../event/product.ts'
import type { Model } from '../model.ts'
import type { Session } from '../session/session.ts'
import { passTime } from './close-day.ts'
import { count, momentOf } from './counters.ts'
import { PAIR_PLACE, readValues, valueAt } from './values.ts'

/** View 1, cart 3, order 6. */
const ATTENTION_BY_WEIGHT = [0, 1, 3, 6]
/** Items of the session looked through for an earlier act. */
const LOOK_BACK = 50

const TYPE_PLACE = TREND_DIMENSIONS.indexOf('article_type')
const COLOUR_PLACE = TREND_DIMENSIONS.indexOf('base_colour')

const values = new Int32Array(TREND_DIMENSIONS.length)
const strongest = new Uint8Array(TREND_DIMENSIONS.length)

export interface Act {
  readonly item: number
  readonly weight: number
  readonly timeMs: number
}

export function attend(model: Model, session: Session, act: Act): void {
  const { counters } = model.trend
  passTime(counters, act.timeMs)
  const moment = momentOf(counters, act.timeMs)
  readValues(model, act.item, values)
  lookBack(model, session, act.weight)
  for (let place = 0; place < values.length; place++) {
    const weight = ATTENTION_BY_WEIGHT[act.weight] - ATTENTION_BY_WEIGHT[strongest[place]]
    if (weight > 0 && values[place] >= 0) count(counters.dimensions[place], values[place], weight, moment)
  }
}

/** The strongest earlier act of the session by dimension; ends when none can matter any more. */
function lookBack(model: Model, session: Session, weight: number): void {
  const { items, weights } = session
  const end = Math.max(0, items.length - LOOK_BACK)
  strongest.fill(0)
  let open = 0
  for (let place = 0; place < values.length; place++) if (values[place] >= 0) open++
  for (let i = items.length - 1; i >= end && open > 0; i--) {
    for (let place = 0; place < values.length; place++) {
      if (values[place] < 0 || strongest[place] >= weight || strongest[place] >= weights[i]) continue
      if (!hasValue(model, place, items[i])) continue
      strongest[place] = weights[i]
      if (weights[i] >= weight) open--
    }
  }
}

/** Whether an earlier item has the value of the item attended to; pairs are not looked up, which would take longer. */
function hasValue(model: Model, place: number, item: number): boolean {
  if (place === PAIR_PLACE) return hasValue(model, TYPE_PLACE, item) && hasValue(model, COLOUR_PLACE, item)
  return valueAt(model, place, item) === values[place]
}
