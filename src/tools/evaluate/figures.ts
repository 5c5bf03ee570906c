/**
 * evaluate/figures: hits, ranks and times of one contender.
 *
 * In: the suggestions made for a prefix, what came next, and how long it took.
 * Out: P@20, MRR@20 and hit@5 in percent, times of a suggestion and of an event.
 * Invariant: an item that is not among the suggestions counts 0, never nothing.
 */
export interface Figures {
  /** Share of pairs whose next item is among 20 suggestions, percent. */
  readonly p20: number
  /** Mean of 1 / place among 20 suggestions, percent. */
  readonly mrr20: number
  readonly hit5: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Microseconds to learn one event. */
  readonly ingestUs: number
  readonly pairs: number
}

export interface Tally {
  hits: number
  reciprocals: number
  hitsOf5: number
  readonly suggestNs: number[]
  learnNs: number
  events: number
}

export function createTally(): Tally {
  return { hits: 0, reciprocals: 0, hitsOf5: 0, suggestNs: [], learnNs: 0, events: 0 }
}

export function countSuggestion(tally: Tally, outcome: Outcome): void {
  tally.suggestNs.push(outcome.tookNs)
  const place = outcome.suggestions.indexOf(outcome.next)
  if (place < 0) return
  tally.hits++
  tally.reciprocals += 1 / (place + 1)
  if (place < 5) tally.hitsOf5++
}

export interface Outcome {
  readonly suggestions: readonly string[]
  readonly next: string
  readonly tookNs: number
}

export function figuresOf(tally: Tally): Figures {
  const pairs = tally.suggestNs.length
  const sorted = Float64Array.from(tally.suggestNs).sort()
  const percent = (sum: number): number => (pairs === 0 ? 0 : rounded((100 * sum) / pairs))
  const quantileMs = (share: number): number =>
    pairs === 0 ? 0 : rounded(sorted[Math.min(pairs - 1, Math.floor(pairs * share))] / 1e6)
  return {
    p20: percent(tally.hits),
    mrr20: percent(tally.reciprocals),
    hit5: percent(tally.hitsOf5),
    p50Ms: quantileMs(0.5),
    p99Ms: quantileMs(0.99),
    ingestUs: tally.events === 0 ? 0 : rounded(tally.learnNs / tally.events / 1000),
    pairs,
  }
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
