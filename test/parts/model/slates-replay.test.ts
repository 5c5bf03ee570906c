import { describe, expect, test } from 'vitest'
import { learn, type Action, type Interaction } from '../../../src/parts/model/learn/learn.ts'
import { loadImage, saveImage } from '../../../src/parts/model/image.ts'
import { createModel, upsertProduct, type Model } from '../../../src/parts/model/model.ts'
import { cartSuggestions } from '../../../src/parts/model/slate/cart.ts'
import { recommend } from '../../../src/parts/model/slate/home.ts'
import { goesWith, similar } from '../../../src/parts/model/slate/product-lists.ts'
import { newIn, trending } from '../../../src/parts/model/slate/shop-slates.ts'
import { trendsBy } from '../../../src/parts/model/trend/trends.ts'
import { nextRandom } from '../../../src/parts/model/state/random.ts'
import { product, START_MS } from './shop.ts'

/** More than the lists of passing products look back. */
const EVENTS = 5000
const CUT = 4700
/** From here on, weeks later, every fourth act is on one of four products. */
const SURGE = 4000
const SURGE_AFTER_MS = 60 * 86_400_000
const PRODUCTS = 400
const VISITORS = 60
/** Visitors who come and go at a time. */
const ACTIVE = 6
const PRODUCT_CHANGE_EVERY = 97
const LIMIT = 60
const ACTIONS: readonly Action[] = ['view', 'view', 'view', 'view', 'cart', 'purchase', 'remove']
const GENDERS = ['Women', 'Men', 'Unisex']

type Change = { readonly put: ReturnType<typeof product> } | { readonly act: Interaction }

/** Products, then acts with a product change now and then. */
function shopLog(): readonly Change[] {
  const generator = { state: 5 }
  const draw = (count: number): number => nextRandom(generator) % count
  const put = (number: number): Change => ({
    put: product(`p${number}`, {
      gender: GENDERS[draw(3)],
      articleType: `type${number % 12}`,
      subCategory: `sub${number % 6}`,
      masterCategory: `master${number % 2}`,
      baseColour: `colour${draw(5)}`,
      available: draw(20) > 0,
      launchedAtMs: draw(2) === 0 ? null : START_MS + draw(1000),
    }),
  })
  const changes = Array.from({ length: PRODUCTS }, (_, number) => put(number))
  for (let place = 0; place < EVENTS; place++) {
    if (place % PRODUCT_CHANGE_EVERY === 0) changes.push(put(draw(PRODUCTS)))
    const isSurge = place >= SURGE
    const visitorKey = `v${draw(ACTIVE) + ACTIVE * (Math.floor(place / 300) % (VISITORS / ACTIVE))}`
    const drawn = isSurge && place % 4 === 0 ? PRODUCTS - 1 - draw(4) : Math.floor(draw(PRODUCTS) * (draw(100) / 100))
    const productId = `p${drawn}`
    const timeMs = START_MS + place * 90_000 + (isSurge ? SURGE_AFTER_MS : 0)
    const position = String(place).padStart(6, '0')
    changes.push({ act: { visitorKey, productId, action: ACTIONS[draw(ACTIONS.length)], timeMs, position } })
  }
  return changes
}

function apply(model: Model, change: Change): void {
  if ('put' in change) upsertProduct(model, change.put)
  else learn(model, change.act)
}

function slatesOf(model: Model, place: number): unknown {
  const visitorKey = `v${place % (VISITORS + 1)}`
  const productId = `p${(place * 7) % PRODUCTS}`
  return {
    home: recommend(model, visitorKey, { limit: LIMIT }),
    cart: cartSuggestions(model, visitorKey, LIMIT),
    similar: similar(model, productId, LIMIT),
    goesWith: goesWith(model, productId, LIMIT),
    trending: trending(model, LIMIT),
    newIn: newIn(model, LIMIT),
    trends: trendsBy(model, { dimension: 'product', window: 'now', limit: 50 }),
  }
}

describe('slates', () => {
  test('after an image and the rest of the log equal those of a run that never stopped', () => {
    const log = shopLog()
    const cut = log.length - (EVENTS - CUT)
    const unbroken = createModel()
    for (const [place, change] of log.slice(0, cut).entries()) {
      apply(unbroken, change)
      if (place > PRODUCTS && place % 50 === 0) slatesOf(unbroken, place)
    }
    const restarted = loadImage(saveImage(unbroken))
    const codes = new Set<string>()
    for (const [place, change] of log.slice(cut).entries()) {
      for (const model of [unbroken, restarted]) apply(model, change)
      if (place % 10 !== 0) slatesOf(unbroken, place)
      else {
        const slates = slatesOf(unbroken, place)
        expect(slatesOf(restarted, place)).toEqual(slates)
        for (const [, code] of JSON.stringify(slates).matchAll(/"code":"(\w+)"/g)) codes.add(code)
      }
    }
    expect([...codes].toSorted()).toEqual(
      expect.arrayContaining(['because_in_cart', 'because_you_viewed', 'completes_look', 'similar_style', 'trending']),
    )
  })

  test('made one after another equal those of a model that made no other', () => {
    const log = shopLog().slice(0, 2000)
    const busy = createModel()
    for (const change of log) apply(busy, change)
    const image = saveImage(busy)
    for (let place = 0; place < 40; place++) {
      expect(slatesOf(busy, place)).toEqual(slatesOf(loadImage(image), place))
    }
  })
})
