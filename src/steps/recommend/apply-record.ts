/**
 * recommend/apply-record: one record of the stream, learned from.
 *
 * In: a stored record and the model.
 * Out: which visitors, users, products and lists it touched.
 * Guarantee: effectively once, since the model knows its position; replay of older records is skipped.
 * Late events: learned in the order of the stream. Malformed: an unknown type or product teaches nothing; a record at which
 *   learning fails is told of and passed over.
 * Invariant: what is learned depends on the record alone, not on time or on slates.
 */
import type { HemlineEvent } from '../../parts/event/event.ts'
import { isBuyable, type Product } from '../../parts/event/product.ts'
import { learn } from '../../parts/model/learn/learn.ts'
import { noteOutcome, upsertProduct, type Model } from '../../parts/model/model.ts'
import { accountKey, identify, undoIdentify, visitorOf } from '../../parts/model/session/known-users.ts'
import type { ProductFacts } from '../../parts/model/state/catalogue.ts'
import type { Outcome } from '../../parts/model/state/outcomes.ts'
import { minorUnitsOf } from '../../parts/shopdb/money.ts'
import type { EventsRecord, RulesRecord, StoredRecord, StreamRecord } from '../../parts/stream/record.ts'
import { actOf, mayTeach } from './acts.ts'

export interface Touched {
  readonly visitors: Set<string>
  readonly visitorsOfUsers: Map<string, string>
  /** Products whose own lists are stale. */
  readonly productLists: Set<string>
  readonly products: Product[]
  /** Changes of rules, in the order of the stream. */
  readonly rules: RulesRecord[]
}

export function emptyTouched(): Touched {
  return { visitors: new Set(), visitorsOfUsers: new Map(), productLists: new Set(), products: [], rules: [] }
}

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  recommendation_view: 'shown',
  recommendation_click: 'clicked',
  purchase: 'ordered',
  refund: 'returned',
}

/**
 * A record that makes learning fail is left where it failed, and the log goes on: the same record fails in the same way
 * wherever the log is read, so that the model stays a function of it. To try again would only learn its first half twice.
 *
 * @param learns false where the model has learned from the record already and only slates are due
 * @returns what went wrong, or null
 */
export function applyRecord(model: Model, stored: StoredRecord, touched: Touched, learns: boolean): unknown {
  try {
    applyWhole(model, stored, touched, learns)
    return null
  } catch (fault) {
    touched.visitors.clear()
    return fault
  }
}

function applyWhole(model: Model, stored: StoredRecord, touched: Touched, learns: boolean): void {
  const { record, position } = stored
  if (record.kind === 'products') {
    for (const product of record.products) {
      if (learns) upsertProduct(model, factsOf(product))
      touched.products.push(product)
      touched.productLists.add(product.id)
    }
    return
  }
  if (record.kind === 'rules') {
    touched.rules.push(record)
    return
  }
  if (record.kind !== 'events') return
  // Bots neither learn nor count.
  const events = record.events.filter((event) => !event.is_bot)
  if (changesSlate(record)) touched.visitors.add(record.visitor_key)
  for (const event of events) {
    if (event.user_id !== null)
      applyIdentity(model, { event, userId: event.user_id, visitorKey: record.visitor_key }, touched, learns)
    const outcome = OUTCOMES[event.event_type]
    if (outcome !== undefined && event.product_id !== null && mayTeach(event) && learns) {
      noteOutcome(model, event.product_id, outcome)
    }
    const act = actOf(event)
    if (act === null) continue
    touched.productLists.add(act.productId)
    if (learns) learn(model, { visitorKey: record.visitor_key, position: position.sequence_number, ...act })
  }
}

interface Identity {
  readonly event: HemlineEvent
  readonly userId: string
  readonly visitorKey: string
}

/** Any event that names a user says who the visitor is; one of type `unidentify` says that this was wrong. */
function applyIdentity(model: Model, { event, userId, visitorKey }: Identity, touched: Touched, learns: boolean): void {
  if (event.event_type === 'unidentify') {
    if (learns) undoIdentify(model, visitorKey, userId)
    touched.visitorsOfUsers.set(userId, visitorOf(model, userId))
    return
  }
  touched.visitorsOfUsers.set(userId, visitorKey)
  const left = learns ? identify(model, visitorKey, userId) : null
  if (left === null) return
  touched.visitorsOfUsers.set(left, visitorOf(model, left))
  touched.visitors.add(accountKey(left))
}

/** Whether the record makes its visitor's slate another one. Bots count for nothing, and that a slate was shown changes none. */
export function changesSlate(record: StreamRecord): record is EventsRecord {
  return (
    record.kind === 'events' &&
    record.events.some((event) => !event.is_bot && event.event_type !== 'recommendation_view')
  )
}

export function factsOf(product: Product): ProductFacts {
  return {
    productId: product.id,
    styleId: product.style_id,
    gender: product.gender,
    articleType: product.article_type,
    subCategory: product.sub_category,
    masterCategory: product.master_category,
    baseColour: product.base_colour,
    season: product.season,
    usage: product.usage,
    priceMinor: product.price === null ? null : Number(minorUnitsOf(product.price)),
    available: isBuyable(product),
    launchedAtMs: product.launched_at === null ? null : Date.parse(product.launched_at),
  }
}
