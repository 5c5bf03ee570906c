/**
 * model/state/attention: how much shoppers look at each value of each dimension, lately and usually.
 *
 * In: a value, a weight and the event's time.
 * Out: sums that halve every 5 days (recent) and every 56 days (usual), for values and for the whole dimension.
 * Invariant: sums are kept as of one landmark time, so reading them changes nothing and late events enter with their age.
 */
import { grown } from './arrays.ts'

const RECENT_HALF_LIFE_MS = 5 * 86_400_000
const USUAL_HALF_LIFE_MS = 56 * 86_400_000
/** Sums are brought to a new landmark before they grow past 2^40. */
const HALVINGS_MAX = 40

export interface Attention {
  /** Time at which stored sums are worth their face value, epoch ms; NaN before the first event. */
  landmarkMs: number
  /** Newest event time, epoch ms. */
  newestMs: number
  readonly dimensions: DimensionAttention[]
}

export interface DimensionAttention {
  recent: Float64Array
  usual: Float64Array
  recentTotal: number
  usualTotal: number
}

export function createAttention(dimensions: number): Attention {
  return {
    landmarkMs: Number.NaN,
    newestMs: Number.NaN,
    dimensions: Array.from({ length: dimensions }, () => ({
      recent: new Float64Array(0),
      usual: new Float64Array(0),
      recentTotal: 0,
      usualTotal: 0,
    })),
  }
}

/** Moves time forward; call once an event, before `attend`. */
export function passTime(attention: Attention, timeMs: number): void {
  if (Number.isNaN(attention.landmarkMs)) {
    attention.landmarkMs = timeMs
    attention.newestMs = timeMs
    return
  }
  if (timeMs > attention.newestMs) attention.newestMs = timeMs
  if (attention.newestMs - attention.landmarkMs > HALVINGS_MAX * RECENT_HALF_LIFE_MS) moveLandmark(attention)
}

function moveLandmark(attention: Attention): void {
  const passedMs = attention.newestMs - attention.landmarkMs
  const recentShare = 2 ** (-passedMs / RECENT_HALF_LIFE_MS)
  const usualShare = 2 ** (-passedMs / USUAL_HALF_LIFE_MS)
  for (const sums of attention.dimensions) {
    for (let i = 0; i < sums.recent.length; i++) {
      sums.recent[i] *= recentShare
      sums.usual[i] *= usualShare
    }
    sums.recentTotal *= recentShare
    sums.usualTotal *= usualShare
  }
  attention.landmarkMs = attention.newestMs
}

export interface Attended {
  readonly dimension: number
  readonly value: number
  readonly weight: number
  /** Event time less the landmark, as factors of both half-lives. */
  readonly growth: Growth
}

export interface Growth {
  readonly recent: number
  readonly usual: number
}

/** What an event of this time is worth at the landmark. */
export function growthAt(attention: Attention, timeMs: number): Growth {
  const passedMs = timeMs - attention.landmarkMs
  return { recent: 2 ** (passedMs / RECENT_HALF_LIFE_MS), usual: 2 ** (passedMs / USUAL_HALF_LIFE_MS) }
}

export function attend(attention: Attention, event: Attended): void {
  const sums = attention.dimensions[event.dimension]
  if (event.value >= sums.recent.length) {
    sums.recent = grown(sums.recent, event.value + 1)
    sums.usual = grown(sums.usual, event.value + 1)
  }
  const recent = event.weight * event.growth.recent
  const usual = event.weight * event.growth.usual
  sums.recent[event.value] += recent
  sums.usual[event.value] += usual
  sums.recentTotal += recent
  sums.usualTotal += usual
}
