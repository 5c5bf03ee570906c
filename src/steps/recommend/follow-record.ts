/**
 * recommend/follow-record: what a visitor's memory becomes with one more record, where it rests apart from the model.
 *
 * In: the memory, or none, and a record of the visitor.
 * Out: the next memory; sessions of users who left the device; where each user is seen now.
 * Guarantee: effectively once: an event whose id the memory has seen lately changes nothing, wherever a retry put it.
 * Invariant: pure, and the same as what `apply-record.ts` does to the model's own sessions.
 */
import { hash } from 'node:crypto'
import type { HemlineEvent } from '../../parts/event/event.ts'
import { accountKey } from '../../parts/model/session/known-users.ts'
import {
  emptyState,
  followVisitor,
  type VisitorMemory,
  type VisitorState,
} from '../../parts/model/session/visitor-state.ts'
import type { EventsRecord } from '../../parts/stream/record.ts'
import { actOf } from './acts.ts'

/** A record holds 20 events at most, so a whole record that comes twice in a row is known. */
const SEEN_MAX = 40
/** Of 40 ids, that two share so many bits is a matter of some thousand million years of clicks. */
const SEEN_CHARACTERS = 10

export const NO_MEMORY: VisitorMemory = { state: null, userId: null, seen: [] }

export interface Followed {
  readonly memory: VisitorMemory
  /** Sessions that users left behind as another account took the device over, by user id. */
  readonly left: ReadonlyMap<string, VisitorState>
  /** The visitor key that each user was seen as last. */
  readonly visitorsOfUsers: ReadonlyMap<string, string>
}

interface Following {
  readonly visitorKey: string
  memory: VisitorMemory
  readonly left: Map<string, VisitorState>
  readonly visitorsOfUsers: Map<string, string>
}

export function followRecord(before: VisitorMemory, record: EventsRecord): Followed {
  const following: Following = {
    visitorKey: record.visitor_key,
    memory: before,
    left: new Map(),
    visitorsOfUsers: new Map(),
  }
  for (const event of record.events) {
    // Bots neither learn nor count.
    if (event.is_bot) continue
    const mark = hash('sha256', event.event_id, 'base64url').slice(0, SEEN_CHARACTERS)
    const { seen } = following.memory
    if (seen.includes(mark)) continue
    following.memory = { ...following.memory, seen: [...seen, mark].slice(-SEEN_MAX) }
    if (event.user_id !== null) followUser(following, event, event.user_id)
    const act = actOf(event)
    if (act === null) continue
    following.memory = { ...following.memory, state: followVisitor(following.memory.state, act) }
  }
  return following
}

/** Two accounts on one device never see each other: what the first did there goes with the first. */
function followUser(following: Following, event: HemlineEvent, userId: string): void {
  const { memory, visitorKey, left, visitorsOfUsers } = following
  if (event.event_type === 'unidentify') {
    if (memory.userId === userId) following.memory = { ...memory, userId: null }
    visitorsOfUsers.set(userId, accountKey(userId))
    return
  }
  visitorsOfUsers.set(userId, visitorKey)
  const leaving = memory.userId
  if (leaving === null || leaving === userId) {
    following.memory = { ...memory, userId }
    return
  }
  visitorsOfUsers.set(leaving, accountKey(leaving))
  if (memory.state !== null) left.set(leaving, memory.state)
  following.memory = { ...memory, userId, state: emptyState(Date.parse(event.corrected_at)) }
}
