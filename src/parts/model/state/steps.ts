/**
 * model/state/steps: how often one item followed another, over the whole log.
 *
 * In: steps from an item to the next of a session.
 * Out: a count that is never too low, and seldom too high.
 * Invariant: room depends on the number of events alone, never on how many products there are.
 */
import { hash32 } from './random.ts'

/** A count-min sketch, two cells a pair; its length is a power of two. */
export type Steps = Uint16Array<ArrayBuffer>

const SMALLEST_CELLS = 1 << 14
const LARGEST_CELLS = 1 << 22
const CELLS_PER_EVENT = 8
const LARGEST_COUNT = 65_535
const LINE_CELLS = 32
const GOLDEN = 0x9e3779b1

export function createSteps(): Steps {
  return new Uint16Array(SMALLEST_CELLS)
}

/** Eight cells for each event, up to 8 MiB. A longer sketch starts with both halves as the shorter one was. */
export function grownSteps(steps: Steps, events: number): Steps {
  if (steps.length >= events * CELLS_PER_EVENT || steps.length >= LARGEST_CELLS) return steps
  const longer = new Uint16Array(steps.length * 2)
  longer.set(steps)
  longer.set(steps, steps.length)
  return longer
}

/** @source Cormode and Muthukrishnan 2005; only the lower of both cells grows (Estan and Varghese 2003) */
export function countStep(steps: Steps, from: number, to: number): void {
  const hash = hash32(Math.imul(from, GOLDEN) ^ to)
  const first = hash & (steps.length - 1)
  const second = partner(first, hash)
  const count = Math.min(steps[first], steps[second], LARGEST_COUNT - 1) + 1
  if (steps[first] < count) steps[first] = count
  if (steps[second] < count) steps[second] = count
}

export function stepsBetween(steps: Steps, from: number, to: number): number {
  const hash = hash32(Math.imul(from, GOLDEN) ^ to)
  const first = hash & (steps.length - 1)
  return Math.min(steps[first], steps[partner(first, hash)])
}

/** Another of the 32 cells around one, by the hash's highest bits: both lie in one line of the processor's cache. */
function partner(cell: number, hash: number): number {
  return cell ^ (1 + ((hash >>> 27) % (LINE_CELLS - 1)))
}

/** Lets older steps count half, when the index drops its older half. */
export function halveSteps(steps: Steps): void {
  for (let cell = 0; cell < steps.length; cell++) steps[cell] >>= 1
}
