/**
 * recommend/recommender: reads the stream, learns from every event at once, and keeps slates ready.
 *
 * In: records of the stream.
 * Out: slates, product lists, trends and the checkpoint, in the serving store; the model image now and then.
 * Guarantee: at least once from the stream, effectively once in the serving store, whose checkpoint moves with the slates.
 * Replay: the model starts from its image and learns the rest; a lost image or store is rebuilt from the stream, or from the base
 *   that stands for what the stream no longer holds.
 * Invariant: a visitor's slate is a function of the log up to their newest record. Learning never waits long for slates, nor
 *   slates for lists that are not a visitor's.
 */
import { loadImage, saveImage } from '../../parts/model/image.ts'
import { createModel, forgetVisitor, type Model } from '../../parts/model/model.ts'
import type { ModelImageStore } from '../../parts/model/port.ts'
import { accountKey } from '../../parts/model/session/known-users.ts'
import type { Product } from '../../parts/event/product.ts'
import type { ServedPeople, ServingStore } from '../../parts/serving/port.ts'
import type { StoredList, TrendEntry } from '../../parts/serving/slate.ts'
import { isAfter } from '../../parts/stream/checkpoint.ts'
import { embeddedPosition, type Position } from '../../parts/stream/position.ts'
import type { StreamReader } from '../../parts/stream/port.ts'
import type { StoredRecord } from '../../parts/stream/record.ts'
import type { Clock } from '../../std/clock.ts'
import { HemlineError } from '../../std/errors.ts'
import { emptyTouched, type Touched } from './apply-record.ts'
import { changedRules } from './changed-rules.ts'
import { createLearner, type Learner } from './learner.ts'
import { productLists, SHOP_LISTS, type ListContext } from './lists.ts'
import type { OwedSlates } from './owed-slates.ts'
import { createPendingLists } from './pending-lists.ts'
import { positionOf } from './settle-slates.ts'
import { createShopListTimer } from './shop-list-timer.ts'

const IMAGE_EVERY_RECORDS = 100_000
/** An image that knows of owed slates costs their settling a replay from the start; so it waits, but not for ever. */
const IMAGE_AT_LATEST_RECORDS = 1_000_000

export interface RecommenderOptions {
  readonly reader: StreamReader
  readonly serving: ServingStore
  readonly images: ModelImageStore
  /** Image of the model as of the base of a log that has been trimmed; null where the log is whole. */
  readonly loadBase: () => Promise<Uint8Array | null>
  readonly clock: Clock
  /** Told which visitors' slates are new in the store. */
  readonly onSlates: (visitorKeys: readonly string[]) => void
  /** Told that an image cannot be used; an older one is, or the stream is replayed from its start. */
  readonly onBrokenImage: (error: HemlineError) => void
  /** Told of a record at which learning failed; a restart may tell of it again. */
  readonly onNotLearned: (stored: StoredRecord, fault: unknown) => void
}

export type KeepBase = (image: Uint8Array, position: Position) => Promise<void>

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
  /** Slates that lack their visitor's newest record, slates owed as the log defines them, and product lists. */
  pending(): { readonly slates: number; readonly owed: number; readonly productLists: number }
  /** The model as it is now, to rank on demand. */
  context(): ListContext
  /** Saves the model image, unless slates are owed; a restart then replays only what comes after. */
  saveImage(): Promise<void>
  /**
   * To be called between two turns: gives the model as it is now to `keep`, for a base up to which the log may be trimmed.
   * Turns may go on while it is kept, since the serving store never knows less than the model did.
   *
   * @returns its position; null while slates are owed, which need the records that a base would stand for
   */
  saveBase(keep: KeepBase): Promise<Position | null>
  /**
   * To be called between two turns: forgets people, as if they had never come. What the index counted of them has no name.
   *
   * @returns all keys under which they were known
   */
  forget(people: ServedPeople): { readonly visitorKeys: readonly string[]; readonly sessions: number }
  /** Saves the model image although slates may be owed: an older image may know people who are forgotten. */
  replaceImage(): Promise<void>
}

export async function createRecommender(options: RecommenderOptions): Promise<Recommender> {
  const { reader, serving, clock, images } = options
  const model = await loadModel(options, null)
  const served = serving.checkpoint()?.slates ?? null
  const pendingLists = createPendingLists(clock)
  for (const productId of productsWithoutLists(model, serving)) pendingLists.add(productId, served)
  const shopLists = createShopListTimer(clock, SHOP_LISTS.length, serving.list('trending', '') === null)
  const learner = createLearner({
    reader,
    clock,
    model,
    served,
    pendingLists,
    onNotLearned: options.onNotLearned,
    loadModel: (before) => loadModel(options, before),
  })
  const { owed } = learner
  let learnedSinceImage = 0

  const makeLists = (isIdle: boolean, catalogueChanged: boolean) => {
    const context = learner.context()
    const lists = new Map<string, StoredList>()
    const trends = new Map<string, readonly TrendEntry[]>()
    // One product a turn, so that the next click never waits long for it.
    const product = isIdle ? pendingLists.take() : null
    if (product !== null) for (const [key, list] of productLists(context, product)) lists.set(key, list)
    for (const number of shopLists.take({ isIdle, catalogueChanged })) SHOP_LISTS[number]?.(context, { lists, trends })
    return { lists, trends, product }
  }

  const turn = async (): Promise<boolean> => {
    const touched = emptyTouched()
    const { records, visitors } = await learner.learnSome(touched)
    learnedSinceImage += records
    if (records > 0) shopLists.touch()
    const isIdle = records === 0 && visitors.size === 0
    const { lists, trends, product } = makeLists(isIdle, touched.products.length > 0)
    const settled = isIdle && product === null ? await learner.settleSome() : null
    for (const [key, entry] of settled ?? []) visitors.set(key, entry)
    if (records + visitors.size + lists.size + trends.size > 0) {
      const checkpoint = {
        slates: owed.checkpoint(learner.learned()) ?? embeddedPosition(0),
        lists: pendingLists.checkpoint(learner.learned()) ?? embeddedPosition(0),
      }
      await serving.write({ ...shopChanges(touched, serving), visitors, lists, trends, checkpoint })
      if (visitors.size > 0) options.onSlates([...visitors.keys()])
    }
    if (learnedSinceImage >= (owed.size === 0 ? IMAGE_EVERY_RECORDS : IMAGE_AT_LATEST_RECORDS)) {
      await images.publish(saveImage(model))
      learnedSinceImage = 0
    }
    return !isIdle || product !== null || settled !== null
  }

  return {
    turn,
    isCaughtUp: learner.isCaughtUp,
    wait: async (timeoutMs) => void (await reader.waitForMore(learner.learned(), timeoutMs)),
    learned: learner.learned,
    context: learner.context,
    pending: () => ({ slates: owed.waiting, owed: owed.size, productLists: pendingLists.size }),
    forget: (people) => forget(model, learner, people),
    ...imageKeeping(model, images, owed),
  }
}

function imageKeeping(
  model: Model,
  images: ModelImageStore,
  owed: OwedSlates,
): Pick<Recommender, 'saveImage' | 'replaceImage' | 'saveBase'> {
  return {
    async saveImage() {
      if (owed.size === 0) await images.publish(saveImage(model))
    },
    replaceImage: () => images.publish(saveImage(model)),
    async saveBase(keep) {
      const position = positionOf(model)
      if (owed.size > 0 || position === null) return null
      const image = saveImage(model)
      // First, since an image older than the base could not be brought up to date any more.
      await images.publish(image)
      await keep(image, position)
      return position
    },
  }
}

function forget(model: Model, learner: Learner, { userIds, visitorKeys }: ServedPeople) {
  const keys = new Set(visitorKeys)
  for (const userId of userIds) {
    keys.add(accountKey(userId))
    for (const key of model.users.get(userId) ?? []) if (model.userOf.get(key) === userId) keys.add(key)
  }
  const before = model.sessions.size
  for (const key of keys) forgetVisitor(model, key)
  for (const userId of userIds) model.users.delete(userId)
  learner.forget(keys)
  return { visitorKeys: [...keys], sessions: before - model.sessions.size }
}

/** What the records said of users, products and rules. */
function shopChanges({ visitorsOfUsers, products, rules }: Touched, serving: ServingStore) {
  return {
    visitorsOfUsers,
    products: newest(products),
    ...(rules.length > 0 ? { rules: changedRules(serving.rules(), rules) } : {}),
  }
}

/**
 * The newest model kept that knows nothing of a record: the image, else the base, else an empty one. A broken image costs time,
 * not knowledge.
 *
 * @param before the record; null where any will do
 */
async function loadModel(options: RecommenderOptions, before: Position | null): Promise<Model> {
  for (const load of [() => options.images.load(), options.loadBase]) {
    const image = await load()
    const model = image === null ? null : readImage(image, options)
    if (model === null) continue
    const position = positionOf(model)
    if (before === null || (position !== null && isAfter(before, position))) return model
  }
  return createModel()
}

function readImage(image: Uint8Array, { onBrokenImage }: RecommenderOptions): Model | null {
  try {
    return loadImage(image)
  } catch (error) {
    if (!(error instanceof HemlineError) || error.code !== 'HEM_MODEL_IMAGE_BROKEN') throw error
    onBrokenImage(error)
    return null
  }
}

/** Products whose lists a stop or a lost store left unmade. */
function productsWithoutLists(model: Model, serving: ServingStore): readonly string[] {
  return model.items.productIds.filter(
    (productId) => serving.list('similar', productId) === null && serving.product(productId) !== null,
  )
}

/** One entry a product: the newest. */
function newest(products: readonly Product[]): readonly Product[] {
  return [...new Map(products.map((product) => [product.id, product])).values()]
}
