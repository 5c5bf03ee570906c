/**
 * evaluate/figures: hits and ranks of one contender, and what its lists are like.
 *
 * In: the suggestions made for a prefix, what came next, and how long it took.
 * Out: P@20, MRR@20 and hit@5 in percent, whole and by circumstances; times of a suggestion and of an event.
 * Invariant: an item that is not among the suggestions counts 0, never nothing.
 */
export interface RankFigures {
  /** Share of pairs whose next item is among 20 suggestions, percent. */
  readonly p20: number
  /** Mean of 1 / place among 20 suggestions, percent. */
  readonly mrr20: number
  readonly hit5: number
  readonly pairs: number
}

export interface Figures extends RankFigures {
  readonly p50Ms: number
  readonly p99Ms: number
  /** Microseconds to learn one event. */
  readonly ingestUs: number
  /** Share of the products met so far that stood on any list, percent. */
  readonly coverage: number
  /** Share of a list that also stood on the list made before it for another session, percent. */
  readonly overlap: number
  /** Mean of -log2 of the share of clicks that a suggested product has had, bits. */
  readonly novelty: number
  /** Share of places given to products with fewer than 5 clicks, percent. */
  readonly newShare: number
  /** By how many clicks the session had. */
  readonly afterClicks: Readonly<Record<string, RankFigures>>
  /** By how many clicks the product that came next had had. */
  readonly nextHadClicks: Readonly<Record<string, RankFigures>>
  /** What was put in the cart or bought; absent where the data has no such events. */
  readonly cart?: ActFigures
  readonly purchase?: ActFigures
}

/** How well the products of an act were foreseen. */
export interface ActFigures {
  /** On the list just before the act. */
  readonly justBefore: RankFigures
  /** On the list just before the session first met the product. */
  readonly beforeFirstSeen: RankFigures
}

/** Sums of a set of pairs. */
export interface Ranks {
  pairs: number
  hits: number
  reciprocals: number
  hitsOf5: number
}

export interface ActRanks {
  readonly justBefore: Ranks
  readonly beforeFirstSeen: Ranks
}

export interface Tally {
  readonly all: Ranks
  readonly afterClicks: ReadonlyMap<string, Ranks>
  readonly nextHadClicks: ReadonlyMap<string, Ranks>
  readonly acts: Readonly<Record<'cart' | 'purchase', ActRanks>>
  readonly suggestNs: number[]
  learnNs: number
  events: number
  readonly shown: Set<string>
  products: number
  places: number
  newPlaces: number
  noveltyBits: number
  overlaps: number
  overlapSum: number
}

/** Lower ends of the groups of session lengths and of click counts. */
const SESSION_GROUPS = [1, 2, 3, 5, 10] as const
const CLICK_GROUPS = [0, 1, 2, 5, 20, 100] as const
/** A product with fewer clicks is new to the recommender. */
export const NEW_BELOW_CLICKS = 5

function createRanks(): Ranks {
  return { pairs: 0, hits: 0, reciprocals: 0, hitsOf5: 0 }
}

export function createTally(): Tally {
  const groups = (starts: readonly number[]): Map<string, Ranks> =>
    new Map(starts.map((_, at) => [groupName(starts, at), createRanks()]))
  const act = (): ActRanks => ({ justBefore: createRanks(), beforeFirstSeen: createRanks() })
  return {
    all: createRanks(),
    afterClicks: groups(SESSION_GROUPS),
    nextHadClicks: groups(CLICK_GROUPS),
    acts: { cart: act(), purchase: act() },
    suggestNs: [],
    learnNs: 0,
    events: 0,
    shown: new Set(),
    products: 0,
    places: 0,
    newPlaces: 0,
    noveltyBits: 0,
    overlaps: 0,
    overlapSum: 0,
  }
}

function groupName(starts: readonly number[], at: number): string {
  const next = starts[at + 1]
  if (next === undefined) return `${starts[at]}+`
  return next === starts[at] + 1 ? `${starts[at]}` : `${starts[at]}-${next - 1}`
}

function groupOf(groups: ReadonlyMap<string, Ranks>, starts: readonly number[], value: number): Ranks {
  const at = starts.findLastIndex((start) => value >= start)
  return groups.get(groupName(starts, Math.max(0, at)))!
}

export interface Outcome {
  readonly suggestions: readonly string[]
  readonly next: string
  readonly tookNs: number
  /** Clicks of the session before this one. */
  readonly sessionClicks: number
  /** Clicks that the next product has had. */
  readonly nextClicks: number
}

export function countSuggestion(tally: Tally, outcome: Outcome): void {
  tally.suggestNs.push(outcome.tookNs)
  const place = outcome.suggestions.indexOf(outcome.next)
  countPlace(tally.all, place)
  countPlace(groupOf(tally.afterClicks, SESSION_GROUPS, outcome.sessionClicks), place)
  countPlace(groupOf(tally.nextHadClicks, CLICK_GROUPS, outcome.nextClicks), place)
}

/** @param place from 0, or -1 where the item is not on the list */
export function countPlace(ranks: Ranks, place: number): void {
  ranks.pairs++
  if (place < 0) return
  ranks.hits++
  ranks.reciprocals += 1 / (place + 1)
  if (place < 5) ranks.hitsOf5++
}

export function figuresOf(tally: Tally): Figures {
  const sorted = Float64Array.from(tally.suggestNs).sort()
  const quantileMs = (share: number): number =>
    sorted.length === 0 ? 0 : mean(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] / 1e6, 1)
  const { cart, purchase } = tally.acts
  const { p20, mrr20, hit5, pairs } = rankFigures(tally.all)
  return {
    p20,
    mrr20,
    hit5,
    p50Ms: quantileMs(0.5),
    p99Ms: quantileMs(0.99),
    ingestUs: mean(tally.learnNs / 1000, tally.events),
    pairs,
    coverage: mean(100 * tally.shown.size, tally.products),
    overlap: mean(100 * tally.overlapSum, tally.overlaps),
    novelty: mean(tally.noveltyBits, tally.places),
    newShare: mean(100 * tally.newPlaces, tally.places),
    afterClicks: groupFigures(tally.afterClicks),
    nextHadClicks: groupFigures(tally.nextHadClicks),
    ...(cart.justBefore.pairs > 0 ? { cart: actFigures(cart) } : {}),
    ...(purchase.justBefore.pairs > 0 ? { purchase: actFigures(purchase) } : {}),
  }
}

function groupFigures(groups: ReadonlyMap<string, Ranks>): Record<string, RankFigures> {
  return Object.fromEntries(
    [...groups].filter(([, ranks]) => ranks.pairs > 0).map(([name, ranks]) => [name, rankFigures(ranks)]),
  )
}

function actFigures(act: ActRanks): ActFigures {
  return { justBefore: rankFigures(act.justBefore), beforeFirstSeen: rankFigures(act.beforeFirstSeen) }
}

function rankFigures({ pairs, hits, reciprocals, hitsOf5 }: Ranks): RankFigures {
  const percent = (sum: number): number => mean(100 * sum, pairs)
  return { p20: percent(hits), mrr20: percent(reciprocals), hit5: percent(hitsOf5), pairs }
}

function mean(sum: number, count: number): number {
  return count === 0 ? 0 : Math.round((sum / count) * 1000) / 1000
}
