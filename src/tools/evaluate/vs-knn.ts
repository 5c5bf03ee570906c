/**
 * evaluate/vs-knn: vector session nearest neighbours, the strongest simple method in the literature.
 *
 * In: events and prefixes.
 * Out: items of the most similar recent sessions, by similarity, position and rarity.
 * Invariant: a session is never its own neighbour.
 */
import { best } from './baselines.ts'
import type { Contender, Prefix } from './contender.ts'

/** Most recent sessions kept per item. */
const RECENT_SESSIONS = 500
const NEIGHBOURS = 100
/** Own items looked at, newest last. */
const OWN_MAX = 100

interface State {
  readonly sessions: Map<number, string[]>
  readonly sessionsOf: Map<string, number[]>
  readonly counts: Map<string, number>
}

/** @source Ludewig and Jannach 2018, UMUAI 28; Kersbergen, Sprangers and Schelter 2022 (VMIS-kNN) */
export function vsKnn(): Contender {
  const state: State = { sessions: new Map(), sessionsOf: new Map(), counts: new Map() }
  return {
    name: 'vs-knn',
    learn({ session, item }) {
      const items = state.sessions.get(session) ?? []
      if (items.includes(item)) return
      items.push(item)
      state.sessions.set(session, items)
      let holders = state.sessionsOf.get(item) ?? []
      holders.push(session)
      if (holders.length > RECENT_SESSIONS * 2) holders = holders.slice(-RECENT_SESSIONS)
      state.sessionsOf.set(item, holders)
      state.counts.set(item, (state.counts.get(item) ?? 0) + 1)
    },
    suggest: (prefix) => suggest(state, prefix),
  }
}

function suggest(state: State, prefix: Prefix): string[] {
  const own = prefix.items.slice(-OWN_MAX)
  const placeOf = new Map(own.map((item, place) => [item, place + 1]))
  const neighbours = nearest(similarities(state, prefix.session, placeOf, own.length))
  const scores = new Map<string, number>()
  for (const [session, similarity] of neighbours) {
    const items = state.sessions.get(session) ?? []
    let newest = 0
    for (const item of items) newest = Math.max(newest, placeOf.get(item) ?? 0)
    const behind = own.length - newest
    const worth = similarity * (behind < 10 ? 1 - 0.1 * behind : 0)
    if (worth <= 0) continue
    for (const item of items) {
      const rarity = Math.log(state.sessions.size / (state.counts.get(item) ?? 1))
      scores.set(item, (scores.get(item) ?? 0) + worth * rarity)
    }
  }
  return best(scores)
}

function similarities(
  state: State,
  ownSession: number,
  placeOf: ReadonlyMap<string, number>,
  length: number,
): Map<number, number> {
  const found = new Map<number, number>()
  for (const [item, place] of placeOf) {
    const holders = state.sessionsOf.get(item) ?? []
    for (const session of holders.slice(-RECENT_SESSIONS)) {
      if (session !== ownSession) found.set(session, (found.get(session) ?? 0) + place / length)
    }
  }
  return found
}

function nearest(found: ReadonlyMap<number, number>): (readonly [number, number])[] {
  return [...found].sort((a, b) => b[1] - a[1] || b[0] - a[0]).slice(0, NEIGHBOURS)
}
