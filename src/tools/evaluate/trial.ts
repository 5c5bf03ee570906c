/**
 * evaluate/trial: what is learned, what is to be foreseen, and in which order.
 *
 * In: files, by their form.
 * Out: events to learn first, then pairs (static) or more events (live).
 * Invariant: nothing to be foreseen is among what is learned first.
 */
import type { EvaluatedAction, EvaluatedEvent } from './contender.ts'
import { readRows, type RowForm } from './event-rows.ts'
import { readPairs, readSessions, readTimedSessions, type Session, type TestPair } from './session-files.ts'
import { SESSION_IDLE_MS } from '../../parts/event/session-rules.ts'

export interface Trial {
  readonly protocol: 'static' | 'live'
  readonly train: readonly EvaluatedEvent[]
  /** Events predicted and then learned, in order; empty where static. */
  readonly test: readonly EvaluatedEvent[]
  /** Predicted and never learned; empty where live. */
  readonly pairs: readonly TestPair[]
  /** Items that a session needs before its next one is foreseen. */
  readonly shortestPrefix: number
}

/** Where test pairs carry no time, train ends before this one: 2015-09-01, epoch ms. */
const UNTIMED_TEST_MS = 1_441_065_600_000
const TRAIN_STEP_MS = 1000
/** The published pairs start at the third item of a session. */
const PUBLISHED_PREFIX = 2
const TEST_SHARE = 0.2

/** Pairs of a published split. @throws HEM_FILE_UNREADABLE */
export function staticTrial(files: { readonly train: string; readonly test: string }): Trial {
  const train = eventsOf(readSessions(files.train), UNTIMED_TEST_MS)
  return { protocol: 'static', train, test: [], pairs: readPairs(files.test), shortestPrefix: PUBLISHED_PREFIX }
}

/** Timed sessions of a published split, by time; equal times keep the order of the file. @throws HEM_FILE_UNREADABLE */
export function liveTrial(files: { readonly train: string; readonly test: string }): Trial {
  const sessions = readSessions(files.train)
  const test = readTimedSessions(files.test)
    .flatMap((items, place) =>
      items.map((event) => ({ ...event, session: sessions.length + place, action: 'view' as const })),
    )
    .sort((a, b) => a.timeMs - b.timeMs)
  const train = eventsOf(sessions, test[0].timeMs)
  return { protocol: 'live', train, test, pairs: [], shortestPrefix: PUBLISHED_PREFIX }
}

/** Sessions one after another, at times that end before `endMs`. */
function eventsOf(sessions: readonly Session[], endMs: number): EvaluatedEvent[] {
  const events: EvaluatedEvent[] = []
  const total = sessions.reduce((sum, session) => sum + session.length, 0)
  let timeMs = endMs - (total + 1) * TRAIN_STEP_MS
  for (const [session, items] of sessions.entries()) {
    for (const item of items) events.push({ session, item, timeMs: (timeMs += TRAIN_STEP_MS), action: 'view' })
  }
  return events
}

/** The newest fifth of the sessions, in the order of the file, one session after another. @throws HEM_FILE_UNREADABLE */
export function sessionsTrial(path: string, form: RowForm): Trial {
  const sessions = new Map<string, EvaluatedEvent[]>()
  for (const { visitor, item, timeMs, action } of readRows(path, form)) {
    let events = sessions.get(visitor)
    if (events === undefined) sessions.set(visitor, (events = []))
    events.push({ session: sessions.size - 1, item, timeMs, action })
  }
  const all = [...sessions.values()]
  const cut = all.length - Math.floor(all.length * TEST_SHARE)
  return {
    protocol: 'live',
    train: all.slice(0, cut).flat(),
    test: all.slice(cut).flat(),
    pairs: [],
    shortestPrefix: 1,
  }
}

export interface TimedAct {
  readonly visitor: string
  readonly item: string
  readonly timeMs: number
  readonly action: EvaluatedAction
}

/** The newest fifth of the events, by time; a visitor's session ends after 30 idle minutes. */
export function timeTrial(acts: readonly TimedAct[]): Trial {
  const sorted = acts.toSorted((a, b) => a.timeMs - b.timeMs)
  const open = new Map<string, { session: number; timeMs: number }>()
  let count = 0
  const events = sorted.map(({ visitor, item, timeMs, action }): EvaluatedEvent => {
    let visit = open.get(visitor)
    if (visit === undefined || timeMs - visit.timeMs > SESSION_IDLE_MS)
      open.set(visitor, (visit = { session: count++, timeMs }))
    visit.timeMs = timeMs
    return { session: visit.session, item, timeMs, action }
  })
  const cut = events.length - Math.floor(events.length * TEST_SHARE)
  return { protocol: 'live', train: events.slice(0, cut), test: events.slice(cut), pairs: [], shortestPrefix: 1 }
}
