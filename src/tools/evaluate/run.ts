/**
 * evaluate/run: one contender through one trial.
 *
 * In: a contender, a trial and a monotonic clock.
 * Out: the tally of what it foresaw and what its lists were like.
 * Invariant: an event is predicted before it is learned, and every contender sees the same.
 */
import { SUGGESTIONS, type Contender, type EvaluatedEvent } from './contender.ts'
import { countPlace, countSuggestion, createTally, NEW_BELOW_CLICKS, type Tally } from './figures.ts'
import type { Trial } from './trial.ts'

export interface EvaluationProgress {
  /** Who does what, as "ours: learning". */
  readonly label: string
  readonly done: number
  readonly total: number
}

export interface RunOptions {
  /** A monotonic clock, nanoseconds. */
  readonly nowNs: () => bigint
  readonly onProgress?: (progress: EvaluationProgress) => void
}

const PROGRESS_EVERY = 4096

export function run(contender: Contender, trial: Trial, options: RunOptions): Tally {
  const state = createRun(contender, options)
  const { train, pairs, test } = trial
  for (const [place, event] of train.entries()) {
    report(state, 'learning', place, train.length)
    learn(state, event)
  }
  for (const [place, { prefix, next }] of pairs.entries()) {
    report(state, 'predicting', place, pairs.length)
    predict(state, { session: -1 - place, items: prefix, next })
  }
  const prefixes = new Map<number, Visit>()
  for (const event of trial.protocol === 'live' ? tailOfTrain(trial) : []) remember(prefixes, event)
  for (const [place, event] of test.entries()) {
    report(state, 'predicting', place, test.length)
    foresee(state, prefixes, event, trial.shortestPrefix)
    learn(state, event)
    remember(prefixes, event)
  }
  state.tally.products = state.clicks.size
  return state.tally
}

interface Run {
  readonly contender: Contender
  readonly options: RunOptions
  readonly tally: Tally
  /** Events by product, and of all. */
  readonly clicks: Map<string, number>
  /** The list made last, and for which session. */
  before: { readonly session: number; readonly items: readonly string[] } | null
}

function createRun(contender: Contender, options: RunOptions): Run {
  return { contender, options, tally: createTally(), clicks: new Map(), before: null }
}

function report(state: Run, phase: 'learning' | 'predicting', done: number, total: number): void {
  if (done % PROGRESS_EVERY !== 0) return
  state.options.onProgress?.({ label: `${state.contender.name}: ${phase}`, done, total })
}

function learn(state: Run, event: EvaluatedEvent): void {
  const { contender, tally, clicks, options } = state
  const startNs = options.nowNs()
  contender.learn(event)
  tally.learnNs += Number(options.nowNs() - startNs)
  tally.events++
  clicks.set(event.item, (clicks.get(event.item) ?? 0) + 1)
}

/** A session of the test as far as it has been seen. */
interface Visit {
  readonly items: string[]
  /** Place on the newest list when the session first met a product. */
  readonly firstPlaces: Map<string, number>
}

/** Events of sessions that the cut between train and test divides. */
function tailOfTrain({ train, test }: Trial): EvaluatedEvent[] {
  const divided = new Set(test.map((event) => event.session))
  return train.filter((event) => divided.has(event.session))
}

/** The same product again, as when it goes into the cart, is no new step of the visit. */
function remember(visits: Map<number, Visit>, event: EvaluatedEvent): void {
  let visit = visits.get(event.session)
  if (visit === undefined) visits.set(event.session, (visit = { items: [], firstPlaces: new Map() }))
  if (event.action === 'view' || visit.items.at(-1) !== event.item) visit.items.push(event.item)
}

function foresee(state: Run, visits: ReadonlyMap<number, Visit>, event: EvaluatedEvent, shortest: number): void {
  const visit = visits.get(event.session)
  if (visit === undefined || visit.items.length < shortest) return
  const { session, item: next } = event
  if (event.action === 'view') {
    const place = predict(state, { session, items: visit.items, next })
    if (!visit.items.includes(next)) visit.firstPlaces.set(next, place)
    return
  }
  const act = state.tally.acts[event.action]
  countPlace(act.justBefore, state.contender.suggest({ session, items: visit.items }).indexOf(next))
  const firstPlace = visit.firstPlaces.get(next)
  if (firstPlace !== undefined) countPlace(act.beforeFirstSeen, firstPlace)
}

interface Question {
  readonly session: number
  readonly items: readonly string[]
  readonly next: string
}

/** @returns place of the next item on the list, or -1 */
function predict(state: Run, { session, items, next }: Question): number {
  const { contender, tally, clicks, options } = state
  const startNs = options.nowNs()
  const suggestions = contender.suggest({ session: Math.max(-1, session), items })
  const tookNs = Number(options.nowNs() - startNs)
  const outcome = { suggestions, next, tookNs, sessionClicks: items.length, nextClicks: clicks.get(next) ?? 0 }
  countSuggestion(tally, outcome)
  describeList(state, session, suggestions)
  return suggestions.indexOf(next)
}

function describeList(state: Run, session: number, suggestions: readonly string[]): void {
  const { tally, clicks, before } = state
  if (before !== null && before.session !== session && suggestions.length > 0) {
    const shared = suggestions.filter((item) => before.items.includes(item)).length
    tally.overlapSum += shared / suggestions.length
    tally.overlaps++
  }
  state.before = { session, items: suggestions.slice(0, SUGGESTIONS) }
  const all = tally.events + clicks.size
  for (const item of suggestions) {
    const had = clicks.get(item) ?? 0
    tally.shown.add(item)
    tally.places++
    if (had < NEW_BELOW_CLICKS) tally.newPlaces++
    tally.noveltyBits -= Math.log2((had + 1) / all)
  }
}
