/**
 * backtest/shadow-shop: the shop as it would have run under one configuration.
 *
 * In: records of the log, in order.
 * Out: the products a visitor would have been shown on the next page after each of their records.
 * Invariant: the code that learns, ranks and answers is that of the running shop; only the configuration differs.
 */
import type { Product } from '../../parts/event/product.ts'
import type { Rule } from '../../parts/event/rule.ts'
import { createModel, markPosition } from '../../parts/model/model.ts'
import type { ListKind, ServingReader } from '../../parts/serving/port.ts'
import type { StoredList, VisitorEntry } from '../../parts/serving/slate.ts'
import { embeddedPosition, type Position } from '../../parts/stream/position.ts'
import type { StoredRecord } from '../../parts/stream/record.ts'
import { applyRecord, emptyTouched } from '../../steps/recommend/apply-record.ts'
import { changedRules } from '../../steps/recommend/changed-rules.ts'
import { SHOP_LISTS, visitorEntry, type ListContext } from '../../steps/recommend/lists.ts'
import { readSlate } from '../../steps/respond/recommendations.ts'
import type { Configuration } from './configuration.ts'

export interface ShadowShop {
  apply(stored: StoredRecord): void
  /** Product ids that the visitor's next page shows, first to last; none while the catalogue is empty. */
  page(visitorKey: string, nowMs: number): readonly string[]
}

/** A running shop makes its own lists anew every second or so; here it is after so many records. */
const SHOP_LISTS_EVERY_RECORDS = 500

export function openShadowShop(configuration: Configuration): ShadowShop {
  const model = createModel(configuration.model)
  const products = new Map<string, Product>()
  let rules: readonly Rule[] = configuration.rules ?? []
  let position: Position = embeddedPosition(0)
  let records = 0
  const made = { at: Number.NEGATIVE_INFINITY, lists: new Map<string, StoredList>() }

  const context = (): ListContext => ({ model, asOf: position, computedAt: '' })
  const shopList = (kind: ListKind): StoredList | null => {
    if (records - made.at >= SHOP_LISTS_EVERY_RECORDS) {
      made.at = records
      for (const make of SHOP_LISTS.slice(0, 2)) make(context(), { lists: made.lists, trends: new Map() })
    }
    return made.lists.get(`${kind}:`) ?? null
  }
  const serving: ServingReader = {
    visitor: (visitorKey): VisitorEntry => visitorEntry(context(), visitorKey),
    visitorOfUser: () => null,
    product: (productId) => products.get(productId) ?? null,
    list: (kind) => shopList(kind),
    trend: () => [],
    rules: () => rules,
    checkpoint: () => ({ slates: position, lists: position }),
    productCount: () => products.size,
  }

  return {
    apply(stored) {
      const touched = emptyTouched()
      applyRecord(model, stored, touched, true)
      markPosition(model, stored.position.sequence_number)
      position = stored.position
      records++
      for (const product of touched.products) products.set(product.id, product)
      if (configuration.rules === null && touched.rules.length > 0) rules = changedRules(rules, touched.rules)
    },
    page(visitorKey, nowMs) {
      if (products.size === 0) return []
      const { placement, limit } = configuration
      const request = { placements: [placement], visitorKey, productId: null, limit, locale: null }
      return readSlate(serving, request, { nowMs }).items.map((item) => item.product_id)
    },
  }
}
