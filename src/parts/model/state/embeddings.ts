/**
 * model/state/embeddings: small vectors per item, learned from the same stream.
 *
 * In: the number of an item that is seen for the first time.
 * Out: 32 numbers as context (`input`) and 32 as candidate (`output`).
 * Invariant: vectors start from the model's own generator, in the order of first events.
 */
import { grown } from './arrays.ts'
import { nextRandom, type Generator } from './random.ts'

export const DIMENSIONS = 32
const START_SPREAD = 0.3
const TWO_POW_32 = 4_294_967_296

export interface Embeddings {
  input: Float32Array
  output: Float32Array
  /** AdaGrad's sums of squares, one an item. */
  inputSquares: Float32Array
  outputSquares: Float32Array
  /** 1 where the item's vectors have been started. */
  started: Uint8Array
}

export function createEmbeddings(): Embeddings {
  return {
    input: new Float32Array(0),
    output: new Float32Array(0),
    inputSquares: new Float32Array(0),
    outputSquares: new Float32Array(0),
    started: new Uint8Array(0),
  }
}

export function reserveEmbeddings(embeddings: Embeddings, items: number): void {
  if (items <= embeddings.started.length) return
  embeddings.started = grown(embeddings.started, items)
  const room = embeddings.started.length
  embeddings.input = grown(embeddings.input, room * DIMENSIONS)
  embeddings.output = grown(embeddings.output, room * DIMENSIONS)
  embeddings.inputSquares = grown(embeddings.inputSquares, room)
  embeddings.outputSquares = grown(embeddings.outputSquares, room)
}

/** Gives an item its first vectors, uniform within 0.15 of zero. */
export function startEmbedding(embeddings: Embeddings, item: number, generator: Generator): void {
  if (embeddings.started[item] === 1) return
  embeddings.started[item] = 1
  const from = item * DIMENSIONS
  for (let d = 0; d < DIMENSIONS; d++) {
    embeddings.input[from + d] = (nextRandom(generator) / TWO_POW_32 - 0.5) * START_SPREAD
    embeddings.output[from + d] = (nextRandom(generator) / TWO_POW_32 - 0.5) * START_SPREAD
  }
}
