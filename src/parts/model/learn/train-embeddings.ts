/**
 * model/learn/train-embeddings: teaches the item vectors by what came next.
 *
 * In: up to 8 items before an event, and the event's item.
 * Out: vectors moved by one step of AdaGrad on a softmax over the item and 16 drawn others.
 * Invariant: the draws come from the model's own generator, so the log alone decides them.
 */
import type { Model } from '../model.ts'
import { DIMENSIONS } from '../state/embeddings.ts'
import { nextRandom } from '../state/random.ts'

const CONTEXT_EVENTS = 8
const NEGATIVES = 16
const RATE = 0.1
const FLOOR = 0.01
const CONTEXT_DECAYS = Float64Array.from({ length: CONTEXT_EVENTS }, (_, j) => 0.7 ** j)

const context = new Float64Array(DIMENSIONS)
const gradient = new Float64Array(DIMENSIONS)
const drawn = new Int32Array(NEGATIVES + 1)
const scores = new Float64Array(NEGATIVES + 1)

/** @param before items of the session before the event, newest last, at least one */
export function trainEmbeddings(model: Model, before: readonly number[], target: number): void {
  const { input, output, inputSquares, outputSquares } = model.embeddings
  const count = Math.min(CONTEXT_EVENTS, before.length)
  let weightSum = 0
  for (let j = 0; j < count; j++) weightSum += CONTEXT_DECAYS[j]
  const contextSquares = fillContext(input, before, count, weightSum)
  const size = draw(model, target)
  scoreDrawn(output, size)

  gradient.fill(0)
  for (let j = 0; j < size; j++) {
    const item = drawn[j]
    const from = item * DIMENSIONS
    const error = (j === 0 ? 1 : 0) - scores[j]
    outputSquares[item] += (error * error * contextSquares) / DIMENSIONS
    const pace = (RATE * error) / Math.sqrt(outputSquares[item] + FLOOR)
    for (let d = 0; d < DIMENSIONS; d++) {
      gradient[d] += error * output[from + d]
      output[from + d] += pace * context[d]
    }
  }
  let gradientSquares = 0
  for (let d = 0; d < DIMENSIONS; d++) gradientSquares += gradient[d] * gradient[d]
  for (let j = 0; j < count; j++) {
    const item = before[before.length - 1 - j]
    const share = CONTEXT_DECAYS[j] / weightSum
    inputSquares[item] += (share * share * gradientSquares) / DIMENSIONS
    const pace = (RATE * share) / Math.sqrt(inputSquares[item] + FLOOR)
    const from = item * DIMENSIONS
    for (let d = 0; d < DIMENSIONS; d++) input[from + d] += pace * gradient[d]
  }
}

function fillContext(input: Float32Array, before: readonly number[], count: number, weightSum: number): number {
  context.fill(0)
  for (let j = 0; j < count; j++) {
    const from = before[before.length - 1 - j] * DIMENSIONS
    const share = CONTEXT_DECAYS[j] / weightSum
    for (let d = 0; d < DIMENSIONS; d++) context[d] += share * input[from + d]
  }
  let squares = 0
  for (let d = 0; d < DIMENSIONS; d++) squares += context[d] * context[d]
  return squares
}

/** The target first, then negatives drawn by how often items occur. @returns how many */
function draw(model: Model, target: number): number {
  const { chains, generator } = model
  drawn[0] = target
  let size = 1
  for (let i = 0; i < NEGATIVES; i++) {
    const item = chains.item[nextRandom(generator) % chains.count]
    if (item !== target) drawn[size++] = item
  }
  return size
}

function scoreDrawn(output: Float32Array, size: number): void {
  let best = -Infinity
  for (let j = 0; j < size; j++) {
    const from = drawn[j] * DIMENSIONS
    let sum = 0
    for (let d = 0; d < DIMENSIONS; d++) sum += context[d] * output[from + d]
    scores[j] = sum
    if (sum > best) best = sum
  }
  let total = 0
  for (let j = 0; j < size; j++) total += scores[j] = Math.exp(scores[j] - best)
  for (let j = 0; j < size; j++) scores[j] /= total
}
