/**
 * model/model: the recommender's whole state.
 *
 * In: options.
 * Out: an empty model; `learn` fills it, `rank` and `slate` read it, `image` keeps it.
 * Invariant: the state is a function of the options and the log alone; `scratch`, `lists` and `shared` only save time.
 */
import { createCatalogue, putProduct, type Catalogue, type ProductFacts } from './state/catalogue.ts'
import { createChains, type Chains } from './state/chains.ts'
import { createEmbeddings, reserveEmbeddings, type Embeddings } from './state/embeddings.ts'
import { createItems, findItem, type Items } from './state/items.ts'
import { countOutcome, createOutcomes, type Outcome, type Outcomes } from './state/outcomes.ts'
import type { Generator } from './state/random.ts'
import { createRanker, type Ranker } from './state/ranker.ts'
import { createScratch, type Scratch } from './rank/scratch.ts'
import type { Recommendation } from './reasons.ts'
import type { Sessions } from './session/session.ts'
import type { TopList } from './slate/top-list.ts'
import { createTrend, type Trend } from './trend/trend.ts'
import { modelOptions, type ModelOptions } from './options.ts'

export interface Model {
  readonly options: ModelOptions
  readonly chains: Chains
  readonly items: Items
  readonly embeddings: Embeddings
  readonly ranker: Ranker
  readonly catalogue: Catalogue
  readonly trend: Trend
  readonly outcomes: Outcomes
  readonly sessions: Sessions
  /** User to the visitor keys seen for them, newest last. */
  readonly users: Map<string, readonly string[]>
  /** Visitor key to the user they last said to be. */
  readonly userOf: Map<string, string>
  readonly generator: Generator
  /** How far the log has been learned; null before the first record. */
  position: string | null
  /** Counts changes, so that lists kept in memory know when they are old. Not part of the image. */
  changes: number
  catalogueChanges: number
  readonly scratch: Scratch
  readonly lists: Map<string, KeptList>
  readonly shared: SharedLists
}

/** What slates made between two changes of the model share. */
export interface SharedLists {
  /** `Model.changes` when they were made. */
  changes: number
  /** Most alike products by item. */
  readonly alike: Map<number, TopList>
  /** The home slate made last. */
  home: { readonly visitorKey: string; readonly limit: number; readonly picks: readonly Recommendation[] } | null
}

/** A list over the whole catalogue, kept until the model changes. */
export interface KeptList {
  readonly changes: number
  readonly items: Int32Array
  readonly scores: Float64Array
}

export function createModel(given: Partial<ModelOptions> = {}): Model {
  const options = modelOptions(given)
  return {
    options,
    chains: createChains(),
    items: createItems(),
    embeddings: createEmbeddings(),
    ranker: createRanker(),
    catalogue: createCatalogue(),
    trend: createTrend(),
    outcomes: createOutcomes(),
    sessions: new Map(),
    users: new Map(),
    userOf: new Map(),
    generator: { state: options.seed },
    position: null,
    changes: 0,
    catalogueChanges: 0,
    scratch: createScratch(),
    lists: new Map(),
    shared: { changes: 0, alike: new Map(), home: null },
  }
}

/** Lists to share between slates of the model as it is; empty after a change. */
export function sharedLists(model: Model): SharedLists {
  const { shared } = model
  if (shared.changes !== model.changes) {
    shared.changes = model.changes
    shared.alike.clear()
    shared.home = null
  }
  return shared
}

/** Adds or changes a product; the next slate knows it. */
export function upsertProduct(model: Model, product: ProductFacts): void {
  putProduct(model.catalogue, model.items, product)
  reserveEmbeddings(model.embeddings, model.items.productIds.length)
  model.changes++
  model.catalogueChanges++
}

/** Counts what became of a product once it was shown. A product nobody has told of counts for nothing. */
export function noteOutcome(model: Model, productId: string, outcome: Outcome): void {
  const item = findItem(model.items, productId)
  if (item < 0) return
  countOutcome(model.outcomes, model.catalogue, { item, outcome })
  model.changes++
}

/** Forgets a visitor: session, cart, purchases, and users seen as them. What the index counted has no name. */
export function forgetVisitor(model: Model, visitorKey: string): void {
  model.sessions.delete(visitorKey)
  model.userOf.delete(visitorKey)
  for (const [userId, keys] of model.users) {
    const others = keys.filter((key) => key !== visitorKey)
    if (others.length === 0) model.users.delete(userId)
    else if (others.length < keys.length) model.users.set(userId, others)
  }
  model.changes++
}

/** Marks how far the log has been read where its newest record teaches nothing. Never goes back. */
export function markPosition(model: Model, position: string): void {
  if (model.position === null || position > model.position) model.position = position
}
