/**
 * recommend/recommender: reads the stream, learns from every event at once, and keeps slates ready.
 *
 * In: records of the stream.
 * Out: slates, product lists, trends and the checkpoint, in the serving store; the model image now and then.
 * Guarantee: at least once from the stream, effectively once in the serving store, whose checkpoint moves with the slates.
 * Replay: the model starts from its image and learns the rest; a lost image or store is rebuilt from the stream alone.
 * Invariant: learning never waits for slates; a burst costs freshness of slates, one per visitor, newest first.
 */
import { loadImage, saveImage } from '../../parts/model/image.ts'
import { createModel, markPosition, type Model } from '../../parts/model/model.ts'
import type { ModelImageStore } from '../../parts/model/port.ts'
import type { Product } from '../../parts/event/product.ts'
import type { ServingStore } from '../../parts/serving/port.ts'
import type { StoredList, TrendEntry, VisitorEntry } from '../../parts/serving/slate.ts'
import { isAfter } from '../../parts/stream/checkpoint.ts'
import { embeddedPosition, type Position } from '../../parts/stream/position.ts'
import type { StreamReader } from '../../parts/stream/port.ts'
import type { StoredRecord } from '../../parts/stream/record.ts'
import type { Clock } from '../../std/clock.ts'
import { HemlineError } from '../../std/errors.ts'
import { applyRecord, type Touched } from './apply-record.ts'
import { productLists, SHOP_LISTS, visitorEntry, type ListContext } from './lists.ts'
import { createPendingLists } from './pending-lists.ts'
import { createPendingSlates } from './pending-slates.ts'
import { createShopListTimer } from './shop-list-timer.ts'

/** Records read at once: small enough that the newest visitor never waits long. */
const READ_RECORDS = 256
/** Slates computed between two reads while records wait. */
const SLATES_PER_TURN = 16
const IMAGE_EVERY_RECORDS = 100_000

export interface RecommenderOptions {
  readonly reader: StreamReader
  readonly serving: ServingStore
  readonly images: ModelImageStore
  readonly clock: Clock
  /** Told which visitors' slates are new in the store. */
  readonly onSlates: (visitorKeys: readonly string[]) => void
  /** Told that an image cannot be used and the stream is replayed from its start instead. */
  readonly onBrokenImage: (error: HemlineError) => void
}

export interface Recommender {
  /**
   * Does one turn of work: reads, learns, computes, writes.
   *
   * @returns whether there may be more to do at once
   */
  turn(): Promise<boolean>
  /** Whether the last turn read all there was. */
  isCaughtUp(): boolean
  /** Resolves when the stream grew, or after `timeoutMs`. */
  wait(timeoutMs: number): Promise<void>
  /** Newest position learned from, or null. */
  learned(): Position | null
  /** Slates and product lists that are still to be computed. */
  pending(): { readonly slates: number; readonly productLists: number }
  /** Saves the model image; a restart then replays only what comes after. */
  saveImage(): Promise<void>
}

export async function createRecommender(options: RecommenderOptions): Promise<Recommender> {
  const { reader, serving, clock } = options
  const model = await loadModel(options)
  const served = serving.checkpoint()?.slates ?? null
  const pendingSlates = createPendingSlates()
  const pendingLists = createPendingLists(clock)
  for (const productId of productsWithoutLists(model, serving)) pendingLists.add(productId, served)
  // The model may be ahead of the slates or behind them; reading starts at the older of the two.
  let read = olderPosition(modelPosition(model), served)
  let learnedSinceImage = 0
  let isCaughtUp = false
  const shopLists = createShopListTimer(clock, SHOP_LISTS.length, serving.list('trending', '') === null)

  const learn = (records: readonly StoredRecord[], touched: Touched): void => {
    for (const stored of records) {
      const before = read
      touched.visitors.clear()
      touched.productLists.clear()
      applyRecord(model, stored, touched, isAfter(stored.position, modelPosition(model)))
      if (isAfter(stored.position, modelPosition(model))) markPosition(model, stored.position.sequence_number)
      read = stored.position
      for (const productId of touched.productLists) pendingLists.add(productId, before)
      if (!isAfter(stored.position, served)) continue
      for (const visitorKey of touched.visitors) pendingSlates.add(visitorKey, before)
    }
    learnedSinceImage += records.length
  }

  const turn = async (): Promise<boolean> => {
    const records = await reader.read(read, READ_RECORDS)
    isCaughtUp = records.length < READ_RECORDS
    const touched = emptyTouched()
    learn(records, touched)
    if (records.length > 0) shopLists.touch()
    const context: ListContext = { model, asOf: read ?? embeddedPosition(0), computedAt: isoTime(clock) }
    const visitors = new Map<string, VisitorEntry>()
    for (const key of pendingSlates.take(SLATES_PER_TURN)) visitors.set(key, visitorEntry(context, key))
    const lists = new Map<string, StoredList>()
    const isIdle = records.length === 0 && pendingSlates.size === 0
    // One product a turn, so that the next click never waits long for it.
    const product = isIdle ? pendingLists.take() : null
    if (product !== null) for (const [key, list] of productLists(context, product)) lists.set(key, list)
    const trends = new Map<string, readonly TrendEntry[]>()
    for (const number of shopLists.take({ isIdle, catalogueChanged: touched.products.length > 0 })) {
      SHOP_LISTS[number]?.(context, { lists, trends })
    }
    if (records.length + visitors.size + lists.size + trends.size > 0) {
      const checkpoint = {
        slates: pendingSlates.checkpoint(read) ?? embeddedPosition(0),
        lists: pendingLists.checkpoint(read) ?? embeddedPosition(0),
      }
      const { visitorsOfUsers, products } = touched
      await serving.write({ visitors, visitorsOfUsers, products: newest(products), lists, trends, checkpoint })
      if (visitors.size > 0) options.onSlates([...visitors.keys()])
    }
    if (learnedSinceImage >= IMAGE_EVERY_RECORDS) {
      await options.images.publish(saveImage(model))
      learnedSinceImage = 0
    }
    return records.length > 0 || pendingSlates.size > 0 || product !== null
  }

  return {
    turn,
    isCaughtUp: () => isCaughtUp,
    wait: async (timeoutMs) => void (await reader.waitForMore(read, timeoutMs)),
    learned: () => read,
    pending: () => ({ slates: pendingSlates.size, productLists: pendingLists.size }),
    saveImage: () => options.images.publish(saveImage(model)),
  }
}

/** A broken image costs time, not knowledge: the stream alone rebuilds the model. */
async function loadModel({ images, onBrokenImage }: RecommenderOptions): Promise<Model> {
  const image = await images.load()
  if (image === null) return createModel()
  try {
    return loadImage(image)
  } catch (error) {
    if (!(error instanceof HemlineError) || error.code !== 'HEM_MODEL_IMAGE_BROKEN') throw error
    onBrokenImage(error)
    return createModel()
  }
}

/** Products whose lists a stop or a lost store left unmade. */
function productsWithoutLists(model: Model, serving: ServingStore): readonly string[] {
  return model.items.productIds.filter(
    (productId) => serving.list('similar', productId) === null && serving.product(productId) !== null,
  )
}

function emptyTouched(): Touched {
  return { visitors: new Set(), visitorsOfUsers: new Map(), productLists: new Set(), products: [] }
}

/** One entry a product: the newest. */
function newest(products: readonly Product[]): readonly Product[] {
  return [...new Map(products.map((product) => [product.id, product])).values()]
}

function modelPosition(model: Model): Position | null {
  return model.position === null ? null : { ...embeddedPosition(0), sequence_number: model.position }
}

function olderPosition(a: Position | null, b: Position | null): Position | null {
  if (a === null || b === null) return null
  return isAfter(a, b) ? b : a
}

function isoTime(clock: Clock): string {
  return new Date(clock.nowMs()).toISOString()
}
