/**
 * evaluate/exploration: how well new products find their shoppers.
 *
 * In: a made-up shop of 8 article types in 5 colours, whose shoppers click by hidden tastes; half-way in, new products.
 * Out: how many places new products get, how many of them are shown, and how often the chosen ones are clicked, beside a
 *   choice by chance and the best possible one among the same products.
 * Invariant: what is shown and clicked reaches the recommender as a shop's events do; the hidden rates never.
 */
import { learn } from '../../parts/model/learn/learn.ts'
import { createModel, noteOutcome, upsertProduct, type Model } from '../../parts/model/model.ts'
import { isNewcomer, newcomersIn } from '../../parts/model/slate/explore.ts'
import { recommend } from '../../parts/model/slate/home.ts'
import { findItem } from '../../parts/model/state/items.ts'
import { nextRandom, type Generator } from '../../parts/model/state/random.ts'

export interface ExplorationFigures {
  readonly visits: number
  readonly newProducts: number
  /** Share of all places that showed a product the ranker did not know yet, 0 to 1; a tenth at most. */
  readonly placesShare: number
  /** Share of new products shown at least `SHOWN_OFTEN` times. */
  readonly shownShare: number
  /** Share of new products that the ranker knows at the end. */
  readonly learnedShare: number
  /** Clicks per showing of new products: as chosen, by chance among the same, and of the best among them. */
  readonly chosenRate: number
  readonly chanceRate: number
  readonly bestRate: number
}

const TYPES = 8
const COLOURS = 5
const KNOWN_PRODUCTS = 400
const NEW_PRODUCTS = 80
const WARM_VISITS = 2000
const PLACES = 20
const SHOWN_OFTEN = 10
const START_MS = Date.UTC(2026, 0, 1)
const VISIT_MS = 60_000
const BASE_RATE = 0.05

interface Shopping {
  readonly model: Model
  readonly generator: Generator
  /** Hidden click rate by product id. */
  readonly rates: Map<string, number>
  readonly taste: Taste
  /** Product ids by article type, the first looked at most. */
  readonly byType: string[][]
  visit: number
}

/** @param visits visits after the new products came, 1 to 1,000,000 */
export function measureExploration({
  seed,
  visits,
}: {
  readonly seed: number
  readonly visits: number
}): ExplorationFigures {
  const shopping = openShop(seed)
  for (let i = 0; i < WARM_VISITS; i++) look(shopping)
  const fresh = new Set(Array.from({ length: NEW_PRODUCTS }, (_, n) => addProduct(shopping, `new${n}`)))
  const shown = new Map<string, number>()
  let places = 0
  let chosen = 0
  let chance = 0
  let best = 0
  for (let i = 0; i < visits; i++) {
    const visitorKey = look(shopping)
    const eligible = new Set(newcomersIn(shopping.model, visitorKey).filter((id) => fresh.has(id)))
    for (const { productId } of recommend(shopping.model, visitorKey, { limit: PLACES })) {
      noteOutcome(shopping.model, productId, 'shown')
      const rate = shopping.rates.get(productId) ?? 0
      if (eligible.has(productId)) {
        places++
        shown.set(productId, (shown.get(productId) ?? 0) + 1)
        const rates = Array.from(eligible, (id) => shopping.rates.get(id) ?? 0)
        chosen += rate
        chance += rates.reduce((sum, one) => sum + one, 0) / rates.length
        best += Math.max(...rates)
      }
      if (uniform(shopping.generator) < rate) click(shopping, visitorKey, productId)
    }
  }
  return {
    visits,
    newProducts: NEW_PRODUCTS,
    placesShare: places / (visits * PLACES),
    shownShare: [...shown.values()].filter((count) => count >= SHOWN_OFTEN).length / NEW_PRODUCTS,
    learnedShare:
      [...fresh].filter((id) => !isNewcomer(shopping.model, findItem(shopping.model.items, id))).length / NEW_PRODUCTS,
    chosenRate: chosen / places,
    chanceRate: chance / places,
    bestRate: best / places,
  }
}

export function formatExploration(figures: ExplorationFigures): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  const { visits, newProducts, placesShare, shownShare, learnedShare, chosenRate, chanceRate, bestRate } = figures
  return [
    `exploration in a made-up shop: ${newProducts} new products, ${visits} visits of ${PLACES} places`,
    `places given to products nobody knows     ${percent(placesShare)} (at most 10 %)`,
    `new products shown ${SHOWN_OFTEN} times or more       ${percent(shownShare)}`,
    `new products known to the ranker by then  ${percent(learnedShare)}`,
    `clicks a showing: as chosen               ${percent(chosenRate)}`,
    `                  by chance               ${percent(chanceRate)}`,
    `                  the best there is       ${percent(bestRate)}`,
  ].join('\n')
}

function openShop(seed: number): Shopping {
  const generator = { state: seed }
  const shopping: Shopping = {
    model: createModel(),
    generator,
    rates: new Map(),
    taste: tastes(generator),
    byType: Array.from({ length: TYPES }, () => []),
    visit: 0,
  }
  for (let n = 0; n < KNOWN_PRODUCTS; n++) {
    const productId = addProduct(shopping, `known${n}`)
    shopping.byType[n % TYPES].push(productId)
  }
  return shopping
}

/** What shoppers like, as factors by article type and colour. */
interface Taste {
  readonly types: readonly number[]
  readonly colours: readonly number[]
}

function tastes(generator: Generator): Taste {
  const factors = (count: number) => Array.from({ length: count }, () => 4 ** (uniform(generator) - 0.5))
  return { types: factors(TYPES), colours: factors(COLOURS) }
}

function addProduct(shopping: Shopping, productId: string): string {
  const { model, generator, rates, taste } = shopping
  const number = Number(productId.replace(/\D+/, ''))
  const type = number % TYPES
  const colour = nextRandom(generator) % COLOURS
  const own = 9 ** (uniform(generator) - 0.5)
  rates.set(productId, Math.min(1, BASE_RATE * taste.types[type] * taste.colours[colour] * own))
  upsertProduct(model, {
    productId,
    styleId: productId,
    gender: 'Women',
    articleType: `Type ${type}`,
    subCategory: `Kind ${type % 4}`,
    masterCategory: 'Apparel',
    baseColour: `Colour ${colour}`,
    season: null,
    usage: null,
    priceMinor: 2000 + (nextRandom(generator) % 2000),
    available: true,
    launchedAtMs: START_MS + shopping.visit * VISIT_MS,
  })
  return productId
}

/** A visit: two known products of one type, the more popular the likelier. */
function look(shopping: Shopping): string {
  const { byType, generator } = shopping
  const visitorKey = `v${shopping.visit++}`
  const products = byType[nextRandom(generator) % TYPES]
  for (let i = 0; i < 2; i++) {
    view(shopping, visitorKey, products[Math.floor(products.length * uniform(generator) ** 2)])
  }
  return visitorKey
}

function click(shopping: Shopping, visitorKey: string, productId: string): void {
  noteOutcome(shopping.model, productId, 'clicked')
  view(shopping, visitorKey, productId)
}

function view({ model, visit }: Shopping, visitorKey: string, productId: string): void {
  const timeMs = START_MS + visit * VISIT_MS
  learn(model, { visitorKey, productId, action: 'view', timeMs, position: String(visit).padStart(12, '0') })
}

function uniform(generator: Generator): number {
  return nextRandom(generator) / 2 ** 32
}
