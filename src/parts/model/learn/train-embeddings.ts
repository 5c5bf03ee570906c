/**
 * model/learn/train-embeddings: teaches the item vectors by what came next.
 *
 * In: up to 8 items before an event, and the event's item.
 * Out: vectors moved by one step of AdaGrad on a softmax over the item and 16 drawn others.
 * Invariant: draws depend on the number of events alone, and four events share them, whose vectors are then near at hand.
 */
import type { Model } from '../model.ts'
import { itemOf } from '../state/chains.ts'
import { DIMENSIONS } from '../state/embeddings.ts'
import { hash32 } from '../state/random.ts'

const CONTEXT_EVENTS = 8
const NEGATIVES = 16
/** Events that share their draws, as a power of two. */
const SHARING_BITS = 2
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
      const value = output[from + d]
      gradient[d] += error * value
      output[from + d] = value + pace * context[d]
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
  const { chains } = model
  const block = (chains.dropped + chains.count) >>> SHARING_BITS
  const events = Math.max(1, chains.count & ~((1 << SHARING_BITS) - 1))
  drawn[0] = target
  let size = 1
  for (let i = 0; i < NEGATIVES; i++) {
    const item = itemOf(chains, hash32(block * NEGATIVES + i) % events)
    if (item !== target) drawn[size++] = item
  }
  return size
}

function scoreDrawn(output: Float32Array, size: number): void {
  let best = -Infinity
  for (let j = 0; j < size; j++) {
    const from = drawn[j] * DIMENSIONS
    // Two sums at a time, since each addition waits for the one before it.
    let even = 0
    let odd = 0
    for (let d = 0; d < DIMENSIONS; d += 2) {
      even += context[d] * output[from + d]
      odd += context[d + 1] * output[from + d + 1]
    }
    scores[j] = even + odd
    if (scores[j] > best) best = scores[j]
  }
  let total = 0
  for (let j = 0; j < size; j++) total += scores[j] = Math.exp(scores[j] - best)
  for (let j = 0; j < size; j++) scores[j] /= total
}
