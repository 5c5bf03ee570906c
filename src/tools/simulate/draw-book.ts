/**
 * simulate/draw-book: many draws made beforehand, to be read from any page.
 *
 * In: items and their weights, or a distribution.
 * Out: runs of draws that stand side by side, for little more than one draw of chance.
 * Invariant: every item stands in its book in proportion to its weight, and at least once.
 */
import type { Random } from './random.ts'

/** Longest run that is read at once. */
export const RUN_MAXIMUM = 16
/** Mean times an item stands in its book. */
const COPIES = 32
const GUMBELS = 2 ** 16

export interface DrawBook {
  /** How many places a run may begin at, a power of two; RUN_MAXIMUM draws more follow them. */
  readonly places: number
  readonly items: Uint32Array
}

/** @param weights of the items, none below 0, at least one above */
export function drawBook(items: readonly number[], weights: readonly number[], random: Random): DrawBook {
  const places = 2 ** Math.ceil(Math.log2(COPIES * items.length))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const drawn = new Uint32Array(places + RUN_MAXIMUM)
  const room = places - items.length
  let used = 0
  let passed = 0
  for (const [index, item] of items.entries()) {
    passed += weights[index] / total
    const end = Math.round(passed * room) + index + 1
    drawn.fill(item, used, end)
    used = end
  }
  for (let place = places - 1; place > 0; place--) {
    const other = random.int(place + 1)
    const kept = drawn[place]
    drawn[place] = drawn[other]
    drawn[other] = kept
  }
  drawn.copyWithin(places, 0, RUN_MAXIMUM)
  return { places, items: drawn }
}

export function drawFrom({ items, places }: DrawBook, random: Random): number {
  return items[random.bits() & (places - 1)]
}

export interface NoiseBook {
  readonly places: number
  readonly values: Float32Array
}

export function gumbelBook(random: Random): NoiseBook {
  const values = new Float32Array(GUMBELS + RUN_MAXIMUM)
  for (let place = 0; place < GUMBELS; place++) values[place] = gumbel(random)
  values.copyWithin(GUMBELS, 0, RUN_MAXIMUM)
  return { places: GUMBELS, values }
}

/** Standard Gumbel. */
export function gumbel(random: Random): number {
  return -Math.log(-Math.log(random.next()))
}
