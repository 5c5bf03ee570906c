/**
 * simulate/shown-slates: recommendations in the history, shown to two groups, and what shoppers click on them.
 *
 * In: a visit in a shop with a story.
 * Out: a slate seen, perhaps a click: what stands higher is clicked more, whatever it is.
 * Invariant: a visitor belongs to one group for good; one in ten sees products drawn at random.
 */
import type { Chooser, Mood } from './choice.ts'
import type { DemoShop } from './demo-shop.ts'
import { gumbel } from './draw-book.ts'
import { pickAny } from './market.ts'
import { hashOf, type Random } from './random.ts'
import type { Shopper } from './shoppers.ts'
import type { ShownSlate } from './wire.ts'

export type Arm = 'model' | 'random'

const RANDOM_SHARE = 0.1
const SLATE_SHOWN = 6
/** Log odds of no click on a slate, and what each further place costs. */
const NO_CLICK = 2
const PLACE_COST = 0.15

export function armOf(shop: DemoShop, shopper: Shopper): Arm {
  return hashOf(shop.seed, ['arm', shopper.visitorId]) / 2 ** 32 < RANDOM_SHARE ? 'random' : 'model'
}

export interface Viewer {
  readonly shopper: Shopper
  readonly mood: Mood
  readonly random: Random
}

/** Positions of the products shown to a visitor of the arm. */
export function drawSlate(shop: DemoShop, arm: Arm, { shopper, mood, random }: Viewer): readonly number[] {
  const shown = new Set<number>()
  for (let draw = 0; draw < SLATE_SHOWN; draw++) {
    shown.add(arm === 'model' ? shop.chooser.choose(shopper, mood, -1, random) : pickAny(shop.market, random))
  }
  return [...shown]
}

export function slateOf(shop: DemoShop, arm: Arm, shown: readonly number[], id: string): ShownSlate {
  return { slateId: id, placement: 'home', productIds: shown.map((position) => shop.products[position].id), arm }
}

/** The place clicked, or -1 where nothing on the slate is better than leaving it. @param shown positions, or undefined */
export function choosePlace(chooser: Chooser, viewer: Viewer, shown: readonly (number | undefined)[]): number {
  let best = -1
  let bestScore = NO_CLICK + gumbel(viewer.random)
  for (const [place, position] of shown.entries()) {
    if (position === undefined) continue
    const appeal = chooser.appeal(viewer.shopper, viewer.mood, position)
    const score = appeal - PLACE_COST * place + gumbel(viewer.random)
    if (score > bestScore) {
      bestScore = score
      best = place
    }
  }
  return best
}
