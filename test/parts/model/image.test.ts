import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { learn, type Action, type Interaction } from '../../../src/parts/model/learn/learn.ts'
import { loadImage, saveImage } from '../../../src/parts/model/image.ts'
import { createModel, noteOutcome, upsertProduct, type Model } from '../../../src/parts/model/model.ts'
import { identify } from '../../../src/parts/model/session/known-users.ts'
import { recommend } from '../../../src/parts/model/slate/home.ts'
import { OUTCOMES } from '../../../src/parts/model/state/outcomes.ts'
import { HemlineError } from '../../../src/std/errors.ts'
import { hasRetailRocket, retailRocketLines, SKIP_REASON } from './retailrocket.ts'
import { openShop, product, PRODUCTS, START_MS } from './shop.ts'

type Change = (model: Model) => void

function replay(model: Model, changes: readonly Change[]): Model {
  for (const change of changes) change(model)
  return model
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof HemlineError) return error.code
    throw error
  }
  return 'nothing thrown'
}

const anyAct = fc
  .record({
    visitor: fc.integer({ min: 0, max: 4 }),
    product: fc.integer({ min: 0, max: 9 }),
    action: fc.constantFrom<Action>('view', 'view', 'view', 'cart', 'purchase', 'remove'),
    minute: fc.integer({ min: -20, max: 60 }),
  })
  .map(({ visitor, product: number, action, minute }): ((place: number) => Change) => (place) => (model) => {
    learn(model, {
      visitorKey: `v${visitor}`,
      productId: `p${number}`,
      action,
      timeMs: START_MS + (place * 10 + minute) * 60_000,
      position: String(place).padStart(6, '0'),
    })
  })
const anyProduct = fc
  .record({
    product: fc.integer({ min: 0, max: 9 }),
    type: fc.constantFrom('Tshirts', 'Shoes', null),
    sold: fc.boolean(),
  })
  .map(({ product: number, type, sold }): ((place: number) => Change) => () => (model) => {
    upsertProduct(model, product(`p${number}`, { articleType: type, available: sold }))
  })
const anyIdentify = fc
  .record({ visitor: fc.integer({ min: 0, max: 4 }), user: fc.integer({ min: 0, max: 2 }) })
  .map(({ visitor, user }): ((place: number) => Change) => () => (model) => {
    identify(model, `v${visitor}`, `u${user}`)
  })
const anyOutcome = fc
  .record({ product: fc.integer({ min: 0, max: 9 }), outcome: fc.constantFrom(...OUTCOMES) })
  .map(({ product: number, outcome }): ((place: number) => Change) => () => (model) => {
    noteOutcome(model, `p${number}`, outcome)
  })
const anyLog = fc
  .array(fc.oneof({ weight: 8, arbitrary: anyAct }, anyProduct, anyIdentify, anyOutcome), { maxLength: 120 })
  .map((makers) => makers.map((make, place) => make(place)))

const SMALL = { maxEvents: 24, maxVisitors: 4 }

describe('a model image', () => {
  test('and the rest of any log equal the whole log, bit for bit', () => {
    fc.assert(
      fc.property(anyLog, fc.double({ min: 0, max: 1, noNaN: true }), (log, share) => {
        const cut = Math.floor(log.length * share)
        const whole = saveImage(replay(createModel(SMALL), log))
        const part = loadImage(saveImage(replay(createModel(SMALL), log.slice(0, cut))))
        expect(isEqual(saveImage(replay(part, log.slice(cut))), whole)).toBe(true)
      }),
      { numRuns: 150, seed: 11 },
    )
  })

  test('does not depend on which slates were computed', () => {
    fc.assert(
      fc.property(anyLog, (log) => {
        const quiet = replay(createModel(SMALL), log)
        const asked = createModel(SMALL)
        for (const change of log) {
          change(asked)
          recommend(asked, 'v1', { limit: 5 })
        }
        expect(isEqual(saveImage(asked), saveImage(quiet))).toBe(true)
        expect(recommend(asked, 'v2', { limit: 5 })).toEqual(recommend(quiet, 'v2', { limit: 5 }))
      }),
      { numRuns: 60, seed: 12 },
    )
  })

  test('gives the same slates after it is loaded', () => {
    const shop = openShop(PRODUCTS)
    for (let i = 0; i < 9; i++) shop.view(`other${i}`, `shirt${i}`, `shirt${i + 1}`, `bag${i % 6}`)
    shop.act('ann', 'cart', 'shirt2')
    const loaded = loadImage(saveImage(shop.model))
    expect(recommend(loaded, 'ann', { limit: 20 })).toEqual(recommend(shop.model, 'ann', { limit: 20 }))
    expect(loaded.position).toBe(shop.model.position)
  })

  test('is refused where a byte was changed, bytes are missing, or it is something else', () => {
    const shop = openShop(PRODUCTS)
    shop.view('ann', 'shirt1')
    const image = saveImage(shop.model)
    const changed = image.slice()
    changed[image.length >> 1] ^= 1
    expect(codeOf(() => loadImage(changed))).toBe('HEM_MODEL_IMAGE_BROKEN')
    expect(codeOf(() => loadImage(image.subarray(0, -8)))).toBe('HEM_MODEL_IMAGE_BROKEN')
    expect(codeOf(() => loadImage(new Uint8Array(3)))).toBe('HEM_MODEL_IMAGE_BROKEN')
    expect(codeOf(() => loadImage(new TextEncoder().encode('not a model image')))).toBe('HEM_MODEL_IMAGE_BROKEN')
  })

  test('of a newer version is refused as such', () => {
    const image = saveImage(createModel())
    new DataView(image.buffer).setUint32(4, 99, true)
    expect(codeOf(() => loadImage(image))).toBe('HEM_MODEL_IMAGE_NEWER')
  })
})

describe.skipIf(!hasRetailRocket)(`a model image on real events (skipped: needs ${SKIP_REASON})`, () => {
  const ACTIONS: Readonly<Record<string, Action>> = { view: 'view', addtocart: 'cart', transaction: 'purchase' }

  /** Enough to fill the index below several times. */
  const REAL_EVENTS = 16_000

  function realEvents(): Interaction[] {
    return retailRocketLines('events-8-days.tsv.gz')
      .slice(1, 1 + REAL_EVENTS)
      .map((line, place) => {
        const [seconds, visitorKey, event, productId] = line.split('\t')
        const position = String(place).padStart(8, '0')
        return { visitorKey, productId, action: ACTIONS[event], timeMs: Number(seconds) * 1000, position }
      })
  }

  test('and the rest of the log equal the whole log at every cut, also when the index is full', () => {
    const events = realEvents()
    const options = { maxEvents: 6000, maxVisitors: 1000 }
    const cuts = new Map<number, Uint8Array>([1, 1999, 5950, 11_000, 15_500].map((cut) => [cut, new Uint8Array(0)]))
    const whole = createModel(options)
    for (const [place, event] of events.entries()) {
      if (cuts.has(place)) cuts.set(place, saveImage(whole))
      learn(whole, event)
    }
    const expected = saveImage(whole)
    expect(whole.chains.dropped).toBeGreaterThan(0)
    expect(whole.sessions.size).toBe(1000)
    for (const [cut, image] of cuts) {
      const part = loadImage(image)
      for (const event of events.slice(cut)) learn(part, event)
      expect(isEqual(saveImage(part), expected), `cut at ${cut}`).toBe(true)
    }
  })
})
