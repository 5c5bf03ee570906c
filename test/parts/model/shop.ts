/**
 * test/parts/model/shop: a tiny shop and its visitors, for the model's tests.
 *
 * In: nothing.
 * Out: products, and one-line ways to view, put in the cart and buy.
 * Invariant: times and positions count up by themselves.
 */
import { learn, type Action } from '../../../src/parts/model/learn/learn.ts'
import { createModel, upsertProduct, type Model } from '../../../src/parts/model/model.ts'
import type { ModelOptions } from '../../../src/parts/model/options.ts'
import type { ProductFacts } from '../../../src/parts/model/state/catalogue.ts'

export const START_MS = Date.UTC(2026, 10, 2, 9)

export function product(productId: string, facts: Partial<ProductFacts> = {}): ProductFacts {
  return {
    productId,
    styleId: productId,
    gender: 'Women',
    articleType: 'Tshirts',
    subCategory: 'Topwear',
    masterCategory: 'Apparel',
    baseColour: 'Blue',
    season: 'Summer',
    usage: 'Casual',
    priceMinor: 1990,
    available: true,
    launchedAtMs: null,
    ...facts,
  }
}

export interface TestShop {
  readonly model: Model
  /** One act a product, a minute apart. */
  act(visitorKey: string, action: Action, ...productIds: string[]): void
  view(visitorKey: string, ...productIds: string[]): void
  pass(minutes: number): void
}

export function openShop(products: readonly ProductFacts[], options: Partial<ModelOptions> = {}): TestShop {
  const model = createModel(options)
  for (const facts of products) upsertProduct(model, facts)
  let timeMs = START_MS
  let place = 0
  const act = (visitorKey: string, action: Action, ...productIds: string[]): void => {
    for (const productId of productIds) {
      timeMs += 60_000
      learn(model, { visitorKey, productId, action, timeMs, position: String(++place).padStart(8, '0') })
    }
  }
  return {
    model,
    act,
    view: (visitorKey, ...productIds) => act(visitorKey, 'view', ...productIds),
    pass(minutes) {
      timeMs += minutes * 60_000
    },
  }
}

/** Twelve women's shirts, twelve men's shoes, six unisex bags. */
export const PRODUCTS: readonly ProductFacts[] = [
  ...Array.from({ length: 12 }, (_, i) => product(`shirt${i}`, { baseColour: i % 2 === 0 ? 'Blue' : 'Red' })),
  ...Array.from({ length: 12 }, (_, i) =>
    product(`shoe${i}`, {
      gender: 'Men',
      articleType: 'Casual Shoes',
      subCategory: 'Shoes',
      masterCategory: 'Footwear',
    }),
  ),
  ...Array.from({ length: 6 }, (_, i) =>
    product(`bag${i}`, {
      gender: 'Unisex',
      articleType: 'Handbags',
      subCategory: 'Bags',
      masterCategory: 'Accessories',
    }),
  ),
]

export function idsOf(list: readonly { readonly productId: string }[]): string[] {
  return list.map((entry) => entry.productId)
}
