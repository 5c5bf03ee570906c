/**
 * evaluate/evaluate: how good the recommender is, beside simple methods, on sessions kept from it.
 *
 * In: a file of sessions to learn from, and one of pairs (static) or of timed sessions (live).
 * Out: figures per contender. Static: learn, freeze, predict every pair. Live: predict each prefix of two or
 *   more items, then learn from what came, in time order.
 * Invariant: nothing is learned before it was predicted.
 */
import { setImmediate } from 'node:timers/promises'
import { itemToItem, popularity, randomOfSubCategory } from './baselines.ts'
import { readSubCategories } from './catalogue-file.ts'
import type { Contender } from './contender.ts'
import { countSuggestion, createTally, figuresOf, type Figures, type Tally } from './figures.ts'
import { ours } from './ours.ts'
import {
  readPairs,
  readSessions,
  readTimedSessions,
  type Session,
  type TestPair,
  type TimedEvent,
} from './session-files.ts'
import { vsKnn } from './vs-knn.ts'

export const CONTENDERS = ['ours', 'vs-knn', 'item-item', 'popularity', 'random-sub-category'] as const
export type ContenderName = (typeof CONTENDERS)[number]

export interface EvaluationInput {
  /** Path of the sessions to learn from; packed with gzip or not. */
  readonly train: string
  /** Path of the test pairs, or of the timed test sessions where `live`. */
  readonly test: string
  readonly live?: boolean
  /** Path of a catalogue with columns `id` and `sub_category` (or Kaggle's), for the random contender. */
  readonly catalog?: string | null
  /** Contenders to run; all where absent. */
  readonly only?: readonly ContenderName[]
  /** A monotonic clock, nanoseconds. */
  readonly nowNs: () => bigint
  readonly seed?: number
  readonly onProgress?: (progress: EvaluationProgress) => void
}

export interface EvaluationProgress {
  /** Who does what, as "ours: learning". */
  readonly label: string
  readonly done: number
  readonly total: number
}

export type EvaluationReport = Partial<Record<'static' | 'live', Partial<Record<ContenderName, Figures>>>>

const SEED = 7
const PROGRESS_EVERY = 2000
/** Where test pairs carry no time, train ends before this one: 2015-09-01, epoch ms. */
const UNTIMED_TEST_MS = 1_441_065_600_000
const TRAIN_STEP_MS = 1000
/** The published pairs start at the third item of a session. */
const SHORTEST_PREFIX = 2

/** @throws HEM_FILE_UNREADABLE where a file is missing or not of its form */
export async function evaluate(input: EvaluationInput): Promise<EvaluationReport> {
  const sessions = readSessions(input.train)
  if (input.live === true) {
    const timed = inTimeOrder(readTimedSessions(input.test), sessions.length)
    return { live: await runAll(input, (contender) => runLive(input, contender, { sessions, timed })) }
  }
  const pairs = readPairs(input.test)
  return { static: await runAll(input, (contender) => runStatic(input, contender, { sessions, pairs })) }
}

/** One contender at a time, so that the memory of one is free before the next. */
async function runAll(
  input: EvaluationInput,
  run: (contender: Contender) => Tally,
): Promise<Partial<Record<ContenderName, Figures>>> {
  const figures: Partial<Record<ContenderName, Figures>> = {}
  for (const name of CONTENDERS) {
    if (input.only !== undefined && !input.only.includes(name)) continue
    const contender = makeContender(name, input)
    if (contender === null) continue
    figures[name] = figuresOf(run(contender))
    await setImmediate()
  }
  return figures
}

function makeContender(name: ContenderName, input: EvaluationInput): Contender | null {
  switch (name) {
    case 'ours':
      return ours()
    case 'vs-knn':
      return vsKnn()
    case 'item-item':
      return itemToItem()
    case 'popularity':
      return popularity()
    case 'random-sub-category':
      return input.catalog === undefined || input.catalog === null
        ? null
        : randomOfSubCategory(readSubCategories(input.catalog), input.seed ?? SEED)
  }
}

interface StaticData {
  readonly sessions: readonly Session[]
  readonly pairs: readonly TestPair[]
}

function runStatic(input: EvaluationInput, contender: Contender, data: StaticData): Tally {
  const tally = createTally()
  learnSessions(input, contender, { sessions: data.sessions, endMs: UNTIMED_TEST_MS, tally })
  for (const [place, pair] of data.pairs.entries()) {
    report(input, contender, 'predicting', place, data.pairs.length)
    const startNs = input.nowNs()
    const suggestions = contender.suggest({ session: -1, items: pair.prefix })
    countSuggestion(tally, { suggestions, next: pair.next, tookNs: Number(input.nowNs() - startNs) })
  }
  return tally
}

interface LiveData {
  readonly sessions: readonly Session[]
  readonly timed: readonly TimedTestEvent[]
}

function runLive(input: EvaluationInput, contender: Contender, data: LiveData): Tally {
  const tally = createTally()
  learnSessions(input, contender, { sessions: data.sessions, endMs: data.timed[0].timeMs, tally })
  const prefixes = new Map<number, string[]>()
  for (const [place, event] of data.timed.entries()) {
    report(input, contender, 'predicting', place, data.timed.length)
    const items = prefixes.get(event.session) ?? []
    const startNs = input.nowNs()
    if (items.length >= SHORTEST_PREFIX) {
      const suggestions = contender.suggest({ session: event.session, items })
      countSuggestion(tally, { suggestions, next: event.item, tookNs: Number(input.nowNs() - startNs) })
    }
    const learnNs = input.nowNs()
    contender.learn(event)
    tally.learnNs += Number(input.nowNs() - learnNs)
    tally.events++
    items.push(event.item)
    prefixes.set(event.session, items)
  }
  return tally
}

interface Learning {
  readonly sessions: readonly Session[]
  readonly endMs: number
  readonly tally: Tally
}

/** Replays sessions one after another, at times that end before `endMs`. */
function learnSessions(input: EvaluationInput, contender: Contender, learning: Learning): void {
  const { sessions, tally } = learning
  const events = sessions.reduce((sum, session) => sum + session.length, 0)
  let timeMs = learning.endMs - (events + 1) * TRAIN_STEP_MS
  for (const [session, items] of sessions.entries()) {
    report(input, contender, 'learning', session, sessions.length)
    const startNs = input.nowNs()
    for (const item of items) {
      timeMs += TRAIN_STEP_MS
      contender.learn({ session, item, timeMs })
    }
    tally.learnNs += Number(input.nowNs() - startNs)
    tally.events += items.length
  }
}

interface TimedTestEvent extends TimedEvent {
  readonly session: number
}

/** All test events by time; sessions are numbered after those of train. Equal times keep the order of the file. */
function inTimeOrder(sessions: readonly (readonly TimedEvent[])[], firstSession: number): TimedTestEvent[] {
  const events = sessions.flatMap((items, place) => items.map((event) => ({ ...event, session: firstSession + place })))
  return events.sort((a, b) => a.timeMs - b.timeMs)
}

function report(
  input: EvaluationInput,
  contender: Contender,
  phase: 'learning' | 'predicting',
  done: number,
  total: number,
): void {
  if (done % PROGRESS_EVERY === 0) input.onProgress?.({ label: `${contender.name}: ${phase}`, done, total })
}
