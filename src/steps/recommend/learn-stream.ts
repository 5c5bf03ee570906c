/**
 * recommend/learn-stream: teaches a shared model what has come since, and lays out what all pages share.
 *
 * In: the model's image, which says how far it has learned; the stream from there.
 * Out: products, rules, lists and trends on the shelf; the next image.
 * Guarantee: effectively once: the image is published only in place of the one it was made from, so of two learners one is
 *   refused; the shelf is written before it, and again by the next run where this one ended in between.
 * Replay: a lost image is learned again from what the stream holds.
 * Invariant: shards are read in one order, and the image says where each of them stands.
 */
import { personHash } from '../../parts/access/suppression.ts'
import { loadImage, saveImage } from '../../parts/model/image.ts'
import { createModel, forgetVisitor, type Model } from '../../parts/model/model.ts'
import { accountKey } from '../../parts/model/session/known-users.ts'
import type { ModelImageStore } from '../../parts/model/port.ts'
import type { ShopShelf } from '../../parts/serving/shelf.ts'
import type { StoredList, TrendEntry } from '../../parts/serving/slate.ts'
import { formatCheckpoint, parseCheckpoint } from '../../parts/stream/checkpoint.ts'
import type { Position } from '../../parts/stream/position.ts'
import type { StreamReader } from '../../parts/stream/port.ts'
import type { ErasureRecord, StoredRecord } from '../../parts/stream/record.ts'
import { formatTime } from '../../parts/event/time.ts'
import type { Clock } from '../../std/clock.ts'
import { applyRecord, emptyTouched, type Touched } from './apply-record.ts'
import { changedRules } from './changed-rules.ts'
import { productLists, SHOP_LISTS } from './lists.ts'

const READ_RECORDS = 1000
/** A retry of the collector comes within seconds. */
const REMEMBERED_IDS_MAX = 500_000
/** Of a millisecond each; products that wait are made once they are looked at again. */
const PRODUCT_LISTS_MAX = 100_000

export interface LearnOptions {
  readonly reader: StreamReader
  readonly images: ModelImageStore
  readonly shelf: ShopShelf
  readonly clock: Clock
  /** Hex; tells whom the record of an erasure means. */
  readonly hashKey: string
  /** Ends reading, so that there is time to publish. */
  readonly until: () => boolean
}

export interface Learned {
  readonly records: number
  /** Events that stood in the stream twice. */
  readonly repeated: number
  readonly position: Position | null
}

/** @throws HEM_MODEL_IMAGE_SUPERSEDED where another has learned meanwhile; nothing is lost */
export async function learnStream(options: LearnOptions): Promise<Learned> {
  const { reader, images, shelf, clock, hashKey, until } = options
  const image = await images.load()
  const model = image === null ? createModel() : loadImage(image)
  const touched = emptyTouched()
  const once = createOnce()
  let position = parseCheckpoint(model.position)
  let records = 0
  // The next page is on its way while this one is learned.
  let reading: ReturnType<StreamReader['read']> | null = reader.read(position, READ_RECORDS)
  while (reading !== null) {
    const read: readonly StoredRecord[] = await reading
    position = read.at(-1)?.position ?? position
    reading = read.length === 0 || until() ? null : reader.read(position, READ_RECORDS)
    reading?.catch(() => undefined)
    for (const stored of read) {
      applyRecord(model, once.withoutKnown(stored), touched, true)
      if (stored.record.kind === 'erasure') forgetErased(model, stored.record, hashKey)
    }
    records += read.length
  }
  if (position === null || records === 0) return { records, repeated: 0, position }
  // Every shard's place, where a model of one process keeps a single number.
  model.position = formatCheckpoint(position)
  await layOut(model, touched, { shelf, position, computedAt: formatTime(clock.nowMs()) })
  await images.publish(saveImage(model))
  return { records, repeated: once.repeated(), position }
}

async function layOut(
  model: Model,
  touched: Touched,
  {
    shelf,
    position,
    computedAt,
  }: { readonly shelf: ShopShelf; readonly position: Position; readonly computedAt: string },
): Promise<void> {
  const context = { model, asOf: position, computedAt }
  const lists = new Map<string, StoredList>()
  const trends = new Map<string, readonly TrendEntry[]>()
  // Those touched last are looked at next.
  for (const productId of [...touched.productLists].slice(-PRODUCT_LISTS_MAX)) {
    for (const [key, list] of productLists(context, productId)) lists.set(key, list)
  }
  for (const make of SHOP_LISTS) make(context, { lists, trends })
  await shelf.write({
    products: [...new Map(touched.products.map((product) => [product.id, product])).values()],
    lists,
    trends,
    rules: changedRules((await shelf.facts())?.rules ?? [], touched.rules),
    // Visitors' lists are another's work: how far that is stands with each of them.
    checkpoint: { slates: { shard: '', sequence_number: '' }, lists: position },
    productCount: model.catalogue.size,
  })
}

/** Ids stand in no record; those the model holds are hashed and compared. */
function forgetErased(model: Model, { people }: ErasureRecord, hashKey: string): void {
  const erased = new Set(people)
  const users = [...model.users.keys()].filter((userId) => erased.has(personHash('user', userId, hashKey)))
  const visitors = [...model.sessions.keys()].filter((key) => erased.has(personHash('visitor', key, hashKey)))
  for (const userId of users) {
    const keys = (model.users.get(userId) ?? []).filter((key) => model.userOf.get(key) === userId)
    visitors.push(accountKey(userId), ...keys)
    model.users.delete(userId)
  }
  for (const key of visitors) forgetVisitor(model, key)
}

/** A stream that takes a record twice when an answer is lost teaches it once. */
function createOnce() {
  const known = new Set<string>()
  let repeated = 0
  return {
    repeated: () => repeated,
    withoutKnown(stored: StoredRecord): StoredRecord {
      const { record, position } = stored
      if (record.kind !== 'events') return stored
      const events = record.events.filter(({ event_id: id }) => !known.has(id))
      repeated += record.events.length - events.length
      if (known.size > REMEMBERED_IDS_MAX) known.clear()
      for (const { event_id: id } of events) known.add(id)
      return events.length === record.events.length ? stored : { position, record: { ...record, events } }
    },
  }
}
