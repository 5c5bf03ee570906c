/**
 * evaluate/tastes: how soon lists fit what shoppers like, where that is known.
 *
 * In: a shop whose made-up shoppers hide a taste, with its own or a given catalogue.
 * Out: per contender, how many suggested products are to the shopper's true taste, and how often the next click is among them.
 * Invariant: contenders see clicks and the catalogue alone; only the oracle and the counting know the tastes.
 */
import { upsertProduct } from '../../parts/model/model.ts'
import { recommend } from '../../parts/model/slate/home.ts'
import { factsOf } from '../../steps/recommend/apply-record.ts'
import { chanceOf, demoShop, type DemoShop } from '../simulate/demo-shop.ts'
import type { Mood } from '../simulate/choice.ts'
import type { Shopper } from '../simulate/shoppers.ts'
import type { Product } from '../../parts/event/product.ts'
import { itemToItem, popularity, randomOfSubCategory } from './baselines.ts'
import { SUGGESTIONS, type Contender, type EvaluatedEvent } from './contender.ts'
import { ours } from './ours.ts'
import type { EvaluationProgress } from './run.ts'
import { vsKnn } from './vs-knn.ts'

export interface TasteFigures {
  /** Share of suggested products that are among the twentieth of the range the shopper likes most, percent; 5 by chance. */
  readonly fit: number
  /** The same after one click, and after five. */
  readonly fitAfter1: number
  readonly fitAfter5: number
  /** Share of lists of 20 that hold the next click, percent. */
  readonly p20: number
  readonly lists: number
}

export interface TastesInput {
  readonly seed: number
  /** A catalogue to use instead of the demo's own 2,000 products. */
  readonly catalogue?: readonly Product[]
  /** Visits learned first, then visits predicted. */
  readonly trainVisits: number
  readonly testVisits: number
  readonly onProgress?: (progress: EvaluationProgress) => void
}

/** Any moment does; trends and seasons hang on it. */
const NOW_MS = Date.UTC(2026, 0, 15, 12)
const VISIT_MS = 60_000
const CLICK_MS = 10_000
const MEAN_CLICKS = 6
const CLICKS_MAXIMUM = 40
const LIKED_SHARE = 0.05
/** Seasons and trends move by the day; a mood looks at every product. */
const MOOD_MS = 3_600_000
const PROGRESS_EVERY = 100

export function measureTastes(input: TastesInput): Readonly<Record<string, TasteFigures>> {
  const { seed, catalogue, trainVisits, testVisits, onProgress } = input
  const visits = trainVisits + testVisits
  const shop = demoShop({ seed, nowMs: NOW_MS, timeZone: 'UTC', ...(catalogue === undefined ? {} : { catalogue }) })
  const contenders = makeContenders(shop)
  const sums = new Map([...contenders.map(({ name }) => name), 'oracle'].map((name) => [name, createSums()]))
  let mood = shop.moodAt(NOW_MS - visits * VISIT_MS)
  for (let visit = 0; visit < visits; visit++) {
    const startMs = NOW_MS - (visits - visit) * VISIT_MS
    if (startMs - mood.atMs >= MOOD_MS) mood = shop.moodAt(startMs)
    if (visit % PROGRESS_EVERY === 0) onProgress?.({ label: 'shoppers with hidden tastes', done: visit, total: visits })
    const story = visitOf(shop, mood, { visit, startMs })
    const truth = visit < trainVisits ? null : truthOf(shop, story)
    for (const [place, event] of story.events.entries()) {
      if (truth !== null && place > 0) {
        const items = story.events.slice(0, place).map(({ item }) => item)
        const lists = contenders.map((contender) => contender.suggest({ session: visit, items }))
        for (const [at, { name }] of contenders.entries()) count(sums.get(name)!, lists[at], { truth, place, event })
        count(sums.get('oracle')!, truth.best, { truth, place, event })
      }
      for (const contender of contenders) contender.learn(event)
    }
  }
  onProgress?.({ label: 'shoppers with hidden tastes', done: visits, total: visits })
  return Object.fromEntries([...sums].map(([name, sum]) => [name, figuresOf(sum)]))
}

function makeContenders(shop: DemoShop): Contender[] {
  const ranker = ours()
  for (const product of shop.products) upsertProduct(ranker.model, factsOf(product))
  const home: Contender = {
    name: 'ours-home',
    learn: () => undefined,
    suggest: ({ session }) =>
      recommend(ranker.model, String(session), { limit: SUGGESTIONS }).map(({ productId }) => productId),
  }
  const subCategories = new Map(shop.products.map(({ id, sub_category }) => [id, sub_category ?? '']))
  return [ranker, home, vsKnn(), itemToItem(), popularity(), randomOfSubCategory(subCategories, shop.seed)]
}

interface Story {
  readonly shopper: Shopper
  readonly mood: Mood
  readonly events: readonly EvaluatedEvent[]
}

function visitOf(shop: DemoShop, mood: Mood, { visit, startMs }: { visit: number; startMs: number }): Story {
  const random = chanceOf(shop, 'taste visit', visit)
  const shopper = shop.shoppers[shop.pickShopper(0, random)]
  const clicks = 2 + Math.min(CLICKS_MAXIMUM, Math.floor(random.exponential(MEAN_CLICKS - 2)))
  let before = -1
  const events = Array.from({ length: clicks }, (_, click): EvaluatedEvent => {
    before = shop.chooser.choose(shopper, mood, before, random)
    return { session: visit, item: shop.products[before].id, timeMs: startMs + click * CLICK_MS, action: 'view' }
  })
  return { shopper, mood, events }
}

interface Truth {
  /** The shopper's twentieth of the range. */
  readonly liked: ReadonlySet<string>
  readonly best: readonly string[]
}

function truthOf(shop: DemoShop, { shopper, mood }: Story): Truth {
  const appeal = Float64Array.from(shop.products, (_, position) => shop.chooser.appeal(shopper, mood, position))
  const size = Math.max(SUGGESTIONS, Math.floor(appeal.length * LIKED_SHARE))
  const bar = appeal.toSorted()[Math.max(0, appeal.length - size)]
  const above = Array.from(appeal.keys()).filter((position) => appeal[position] >= bar)
  const liked = above.sort((a, b) => appeal[b] - appeal[a]).slice(0, size)
  const ids = liked.map((position) => shop.products[position].id)
  return { liked: new Set(ids), best: ids.slice(0, SUGGESTIONS) }
}

interface Sums {
  readonly fit: number[]
  readonly fitAfter1: number[]
  readonly fitAfter5: number[]
  hits: number
}

function createSums(): Sums {
  return { fit: [], fitAfter1: [], fitAfter5: [], hits: 0 }
}

interface Case {
  readonly truth: Truth
  /** Clicks of the visit so far. */
  readonly place: number
  readonly event: EvaluatedEvent
}

function count(sums: Sums, list: readonly string[], { truth, place, event }: Case): void {
  const fit = list.filter((item) => truth.liked.has(item)).length / SUGGESTIONS
  sums.fit.push(fit)
  if (place === 1) sums.fitAfter1.push(fit)
  if (place === 5) sums.fitAfter5.push(fit)
  if (list.includes(event.item)) sums.hits++
}

function figuresOf({ fit, fitAfter1, fitAfter5, hits }: Sums): TasteFigures {
  const percent = (values: readonly number[]): number =>
    values.length === 0 ? 0 : (100 * values.reduce((sum, value) => sum + value, 0)) / values.length
  return {
    fit: percent(fit),
    fitAfter1: percent(fitAfter1),
    fitAfter5: percent(fitAfter5),
    p20: fit.length === 0 ? 0 : (100 * hits) / fit.length,
    lists: fit.length,
  }
}

const NAME_WIDTH = 22
const COLUMN_WIDTH = 12

export function formatTastes(figures: Readonly<Record<string, TasteFigures>>): string {
  const rows = Object.entries(figures)
  const line = (name: string, cells: readonly string[]): string =>
    name.padEnd(NAME_WIDTH) + cells.map((cell) => cell.padStart(COLUMN_WIDTH)).join('')
  return [
    `shoppers with hidden tastes: share of suggested products to the shopper's taste, ${rows[0]?.[1].lists ?? 0} lists of ${SUGGESTIONS}`,
    line('', ['to taste %', 'after 1', 'after 5', 'P@20 %']),
    ...rows.map(([name, { fit, fitAfter1, fitAfter5, p20 }]) =>
      line(
        name,
        [fit, fitAfter1, fitAfter5, p20].map((value) => value.toFixed(2)),
      ),
    ),
    'To taste: among the twentieth of the range that this shopper likes most (5 % by chance). The oracle knows the taste, not the next click.',
  ].join('\n')
}
