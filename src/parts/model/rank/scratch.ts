/**
 * model/rank/scratch: room for one list, allocated once and reused for every list.
 *
 * In: how many items and sessions the index has.
 * Out: arrays for own items, neighbour pairs, candidates and features.
 * Invariant: nothing here outlives a query; stamps with the query's number stand in for clearing.
 */
import { grown } from '../state/arrays.ts'
import { ACTIVE_VECTORS } from '../state/ranker.ts'
import { DIMENSIONS } from '../state/embeddings.ts'
import { FEATURES } from './feature-names.ts'

/** Own items that look for neighbours. */
export const SOURCES = 10
/** Own items kept, distinct, newest first. */
export const OWN_MAX = 20
/** Neighbour sessions looked for per own item, at most. */
export const NEIGHBOURS = 100
/** Steps walked in a neighbour session, each way. */
export const WALK = 8
/** Candidates that are ranked. */
const LIST_MAX = 100
export const SEEDS = 16
export const SEED_EVENTS = 20
export const SEED_WALK = 3

const PAIRS = SOURCES * NEIGHBOURS
const CANDIDATES_MAX = OWN_MAX + PAIRS * WALK * 2 + SEEDS * SEED_EVENTS * SEED_WALK * 2

/** What is gathered of a candidate fills one line of the processor's cache, 64 bytes, seen as numbers of three widths. */
const LINE_BYTES = 64
/** Places among the `figures`, `FIGURES` float64 a candidate. */
export const FIGURES = LINE_BYTES / 8
export const MASS = 0
export const MASS_MATCHED = 1
export const MASS_FRESH = 2
export const SIMILARITY_MAX = 3
export const OLDER_MASS = 4
/** Places among the `ages`, `AGES` int32 a candidate: the age of the newest event met, and the bits of own items. */
export const AGES = LINE_BYTES / 4
export const AGE_MIN = 10
export const LINKS = 11
/** Places among the `counts`, `COUNTS` uint16 a candidate. */
export const COUNTS = LINE_BYTES / 2
export const LAST_VISITS = 24
export const LAST_NEXT = 25
export const LAST_BEFORE = 26
export const BOTH_VISITS = 27
export const BOTH_NEXT = 28
export const SECOND_VISITS = 29
export const SECOND_NEXT = 30
export const PAIR_NEXT = 31

export interface Scratch {
  query: number
  /** Per item: the query that met it, and its candidate slot. */
  itemMark: Int32Array
  /** Per session: the query that met it, and its neighbour slot. */
  sessionMark: Int32Array

  ownSize: number
  readonly ownItem: Int32Array
  readonly ownDistance: Int32Array
  readonly ownOccurrences: Int32Array
  /** Counts without the shopper's own events. */
  readonly ownEvents: Float64Array
  readonly ownRepeats: Float64Array
  readonly ownRecent: Float64Array
  readonly ownWeight: Float64Array
  /** Times it came right after, and right before, an earlier look at the last item. */
  readonly ownFollowed: Int32Array
  readonly ownPreceded: Int32Array
  /** Times in a row that the session ends with its last item. */
  run: number
  /** Share of the last 4 events that repeated an earlier one. */
  repeating: number
  /** Item before the last event, or -1. */
  second: number
  /** Neighbour sessions found per own item. */
  readonly found: Int32Array
  foundBoth: number
  /** Neighbour sessions in which the last item came right after the one before it here. */
  foundPair: number

  pairCount: number
  readonly pairOwn: Uint8Array
  readonly pairEvent: Int32Array
  readonly pairNeighbour: Int32Array
  neighbourCount: number
  readonly similarity: Float64Array
  /** Bit r is set where the session holds own item r. */
  readonly matched: Int32Array

  candidateCount: number
  readonly candidateItem: Int32Array
  /** One buffer, `LINE_BYTES` a candidate, as numbers of three widths. */
  readonly figures: Float64Array
  readonly ages: Int32Array
  readonly counts: Uint16Array
  /** What the list is cut by; apart from the figures, since it is read far more often. */
  readonly key: Float64Array
  /** Mass from one session further away. */
  readonly hop: Float64Array
  massMax: number
  /** Keys of the candidates kept so far while the best are looked for. */
  readonly heapKeys: Float64Array

  readonly seeds: Int32Array
  /** Newest events of each seed, newest first: `SEEDS` numbers a step back. */
  readonly seedEvents: Int32Array
  listSize: number
  /** Candidate slots, best key first. */
  readonly list: Int32Array
  readonly features: Float32Array
  readonly scores: Float64Array
  /** Places in `list`, best score first. */
  readonly order: Int32Array

  readonly context: Float64Array
  /** Both vectors of the last item. */
  readonly lastInput: Float64Array
  readonly lastOutput: Float64Array
  readonly active: Int32Array
  readonly vectorOther: Float64Array
  readonly vectorOwn: Float64Array
}

export function createScratch(): Scratch {
  const lines = new ArrayBuffer(CANDIDATES_MAX * LINE_BYTES)
  return {
    query: 0,
    itemMark: new Int32Array(0),
    sessionMark: new Int32Array(0),
    ownSize: 0,
    ownItem: new Int32Array(OWN_MAX),
    ownDistance: new Int32Array(OWN_MAX),
    ownOccurrences: new Int32Array(OWN_MAX),
    ownEvents: new Float64Array(OWN_MAX),
    ownRepeats: new Float64Array(OWN_MAX),
    ownRecent: new Float64Array(OWN_MAX),
    ownWeight: new Float64Array(OWN_MAX),
    ownFollowed: new Int32Array(OWN_MAX),
    ownPreceded: new Int32Array(OWN_MAX),
    run: 0,
    repeating: 0,
    second: -1,
    found: new Int32Array(OWN_MAX),
    foundBoth: 0,
    foundPair: 0,
    pairCount: 0,
    pairOwn: new Uint8Array(PAIRS),
    pairEvent: new Int32Array(PAIRS),
    pairNeighbour: new Int32Array(PAIRS),
    neighbourCount: 0,
    similarity: new Float64Array(PAIRS),
    matched: new Int32Array(PAIRS),
    candidateCount: 0,
    candidateItem: new Int32Array(CANDIDATES_MAX),
    figures: new Float64Array(lines),
    ages: new Int32Array(lines),
    counts: new Uint16Array(lines),
    key: new Float64Array(CANDIDATES_MAX),
    hop: new Float64Array(CANDIDATES_MAX),
    massMax: 1,
    heapKeys: new Float64Array(LIST_MAX),
    seeds: new Int32Array(SEEDS),
    seedEvents: new Int32Array(SEEDS * SEED_EVENTS),
    listSize: 0,
    list: new Int32Array(LIST_MAX),
    features: new Float32Array(LIST_MAX * FEATURES),
    scores: new Float64Array(LIST_MAX),
    order: new Int32Array(LIST_MAX),
    context: new Float64Array(DIMENSIONS),
    lastInput: new Float64Array(DIMENSIONS),
    lastOutput: new Float64Array(DIMENSIONS),
    active: new Int32Array(ACTIVE_VECTORS),
    vectorOther: new Float64Array(FEATURES),
    vectorOwn: new Float64Array(FEATURES),
  }
}

const QUERY_MAX = 2_147_483_646

/** Starts a query: room for every item and session, and a stamp nobody has used. */
export function startQuery(scratch: Scratch, items: number, sessions: number): void {
  scratch.itemMark = grown(scratch.itemMark, items * 2)
  scratch.sessionMark = grown(scratch.sessionMark, sessions * 2)
  if (scratch.query >= QUERY_MAX) {
    scratch.itemMark.fill(0)
    scratch.sessionMark.fill(0)
    scratch.query = 0
  }
  scratch.query++
  scratch.pairCount = 0
  scratch.neighbourCount = 0
  scratch.foundBoth = 0
  scratch.foundPair = 0
  scratch.candidateCount = 0
  scratch.ownSize = 0
  scratch.listSize = 0
}

/** The candidate's slot, made with empty figures where the query has not met the item. */
export function candidateSlot(scratch: Scratch, item: number): number {
  const mark = scratch.itemMark
  if (mark[item * 2] === scratch.query) return mark[item * 2 + 1]
  const slot = scratch.candidateCount++
  mark[item * 2] = scratch.query
  mark[item * 2 + 1] = slot
  scratch.candidateItem[slot] = item
  const figures = scratch.figures
  const from = slot * FIGURES
  for (let i = 0; i < FIGURES; i++) figures[from + i] = 0
  scratch.ages[slot * AGES + AGE_MIN] = AGE_NEVER
  scratch.key[slot] = 0
  scratch.hop[slot] = 0
  return slot
}

/** Age of a candidate that no neighbour session holds. */
export const AGE_NEVER = 1_000_000
