/**
 * model/image: the recommender's whole state as one versioned run of bytes.
 *
 * In: a model, or the bytes of one.
 * Out: the bytes, or the model.
 * Invariant: an image and the rest of the log give the model that the whole log gives, bit for bit.
 */
import { createImageReader, createImageWriter, type ImageReader, type ImageWriter } from './image-bytes.ts'
import { createModel, type Model } from './model.ts'
import type { ModelOptions } from './options.ts'
import { reserveItems } from './state/items.ts'
import { EVENT_SIZE } from './state/chains.ts'
import { CODED, LISTED, pairOf, STATE_UNKNOWN } from './state/catalogue.ts'
import { DIMENSIONS, reserveEmbeddings } from './state/embeddings.ts'
import type { Numbers } from './state/arrays.ts'
import { OUTCOMES, type Outcomes } from './state/outcomes.ts'
import { readSessions, writeSessions } from './session/session-image.ts'
import { readTrend, writeTrend } from './trend/trend-image.ts'

interface Scalars {
  readonly options: ModelOptions
  readonly position: string | null
  readonly events: number
  readonly dropped: number
  readonly sessions: number
  readonly lists: number
  readonly generator: number
}

export function saveImage(model: Model): Uint8Array {
  const writer = createImageWriter()
  const { chains } = model
  const scalars: Scalars = {
    options: model.options,
    position: model.position,
    events: chains.count,
    dropped: chains.dropped,
    sessions: chains.sessionCount,
    lists: model.ranker.lists,
    generator: model.generator.state,
  }
  writer.json(scalars)
  writer.json(model.items.productIds)
  writer.json([...model.users])
  writer.json([...model.userOf])
  writeIndex(writer, model)
  writeCatalogue(writer, model)
  writeTrend(writer, model.trend)
  writeOutcomes(writer, model.outcomes)
  writeSessions(writer, model.sessions)
  return writer.finish()
}

function writeIndex(writer: ImageWriter, model: Model): void {
  const { chains, items, embeddings, ranker } = model
  const count = items.productIds.length
  writer.numbers(chains.events, chains.count * EVENT_SIZE)
  writer.numbers(chains.sessionLast, chains.sessionCount)
  writer.numbers(chains.steps, chains.steps.length)
  for (const array of [items.head, items.events, items.repeats, items.recent, items.recentAt]) {
    writer.numbers(array, count)
  }
  reserveEmbeddings(embeddings, count)
  writer.numbers(embeddings.input, count * DIMENSIONS)
  writer.numbers(embeddings.output, count * DIMENSIONS)
  writer.numbers(embeddings.inputSquares, count)
  writer.numbers(embeddings.outputSquares, count)
  writer.numbers(embeddings.started, count)
  for (const array of [ranker.weights, ranker.average, ranker.squares]) writer.numbers(array, array.length)
}

/** Room behind the last value is not part of the state. */
function lastNonZero(array: Numbers): number {
  let at = array.length - 1
  while (at >= 0 && array[at] === 0) at--
  return at
}

function writeCatalogue(writer: ImageWriter, model: Model): void {
  const { catalogue } = model
  let length = catalogue.state.length
  while (length > 0 && catalogue.state[length - 1] === STATE_UNKNOWN) length--
  writer.json(catalogue.values)
  writer.numbers(catalogue.state, length)
  for (const codes of catalogue.codes) writer.numbers(codes, length)
  writer.numbers(catalogue.price, length)
  writer.numbers(catalogue.launched, length)
}

function writeOutcomes(writer: ImageWriter, outcomes: Outcomes): void {
  writer.json(outcomes.totals)
  for (const counts of outcomes.groups) {
    for (const outcome of OUTCOMES) writer.numbers(counts[outcome], lastNonZero(counts[outcome]) + 1)
  }
}

function readOutcomes(reader: ImageReader, outcomes: Outcomes): void {
  Object.assign(outcomes.totals, reader.json())
  for (const counts of outcomes.groups) for (const outcome of OUTCOMES) counts[outcome] = reader.int32()
}

/** @throws HEM_MODEL_IMAGE_NEWER, HEM_MODEL_IMAGE_BROKEN */
export function loadImage(image: Uint8Array): Model {
  const reader = createImageReader(image)
  const scalars = reader.json() as Scalars
  const model = createModel(scalars.options)
  model.position = scalars.position
  model.generator.state = scalars.generator
  const productIds = reader.json() as readonly string[]
  for (const productId of productIds) {
    model.items.numbers.set(productId, model.items.productIds.length)
    model.items.productIds.push(productId)
  }
  for (const [user, keys] of reader.json() as readonly (readonly [string, string[]])[]) model.users.set(user, keys)
  for (const [key, user] of reader.json() as readonly (readonly [string, string])[]) model.userOf.set(key, user)
  readIndex(reader, model, scalars)
  readCatalogue(reader, model)
  readTrend(reader, model.trend)
  readOutcomes(reader, model.outcomes)
  readSessions(reader, model.sessions)
  return model
}

function readIndex(reader: ImageReader, model: Model, scalars: Scalars): void {
  const { chains, items, embeddings, ranker } = model
  chains.count = scalars.events
  chains.dropped = scalars.dropped
  chains.sessionCount = scalars.sessions
  chains.events = reader.int32()
  chains.sessionLast = reader.int32()
  chains.steps = reader.uint16()
  items.head = reader.int32()
  items.events = reader.int32()
  items.repeats = reader.int32()
  items.recent = reader.float64()
  items.recentAt = reader.int32()
  reserveItems(items, items.productIds.length)
  embeddings.input = reader.float32()
  embeddings.output = reader.float32()
  embeddings.inputSquares = reader.float32()
  embeddings.outputSquares = reader.float32()
  embeddings.started = reader.uint8()
  ranker.lists = scalars.lists
  for (const array of [ranker.weights, ranker.average, ranker.squares]) array.set(reader.float64())
}

function readCatalogue(reader: ImageReader, model: Model): void {
  const { catalogue } = model
  const values = reader.json() as readonly (readonly string[])[]
  for (let dimension = 0; dimension < CODED.length; dimension++) {
    for (const [code, value] of values[dimension].entries()) {
      if (code === 0) continue
      catalogue.values[dimension].push(value)
      catalogue.codeOf[dimension].set(value, code)
      catalogue.listed[dimension].push([])
    }
  }
  catalogue.state = reader.uint8()
  catalogue.codes = catalogue.codes.map(() => reader.int32())
  catalogue.price = reader.float64()
  catalogue.launched = reader.float64()
  for (let item = 0; item < catalogue.state.length; item++) {
    if (catalogue.state[item] === STATE_UNKNOWN) continue
    catalogue.size++
    for (const dimension of LISTED) catalogue.listed[dimension][catalogue.codes[dimension][item]].push(item)
    pairOf(catalogue, item).push(item)
  }
}
